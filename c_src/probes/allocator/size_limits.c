/* Requests that no allocator can serve, and what is left of the memory after the refusal.
 *
 * returned: "pointer" or "NULL"; errno: its value afterwards, from 0. content_kept: the block that could not
 * be resized still holds its bytes. allocates_again: a block can be had once the others are freed. */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

static volatile size_t beyond = (size_t)PTRDIFF_MAX + 1, third = SIZE_MAX / 2;

static void record(void *returned)
{
	fact_text("errno", errno_name(errno));
	fact_text("returned", returned ? "pointer" : "NULL");
}

static void calloc_overflow(void)
{
	errno = 0;
	record(calloc(third, 3));
}

static void malloc_beyond(void)
{
	errno = 0;
	record(malloc(beyond));
}

static void unable_to_resize(int array)
{
	char *old = block_among(100), expected[100];
	memset(old, 7, 100);
	memset(expected, 7, 100);
	errno = 0;
	record(hide(array ? reallocarray(old, third, 3) : realloc(old, beyond)));
	fact_bool("content_kept", !memcmp(old, expected, 100));
	step("free");
	free(old);
	step("end");
}

static void realloc_beyond(void)
{
	unable_to_resize(0);
}

static void reallocarray_overflow(void)
{
	unable_to_resize(1);
}

static void posix_memalign_beyond(void)
{
	void *memory = hide("untouched"), *before = memory;
	step("posix_memalign");
	fact_text("result", errno_name(posix_memalign(&memory, 64, beyond - 1)));
	fact_bool("pointer_kept", memory == before);
	step("end");
}

static void until_refused(size_t size)
{
	void **last = 0, **next;
	int64_t blocks = 0;
	errno = 0;
	while ((next = hide(malloc(size)))) {
		*next = last;
		last = next;
		blocks++;
	}
	fact_text("errno", errno_name(errno));
	info_int("blocks", blocks);
	for (; last; last = next) {
		next = *last;
		free(last);
	}
	fact_bool("allocates_again", block(size) != 0);
}

static void until_refused_small(void)
{
	until_refused(64);
}

static void until_refused_large(void)
{
	until_refused(1 << 20);
}

PATTERNS({"calloc-overflow", calloc_overflow}, {"malloc-beyond", malloc_beyond},
	{"realloc-beyond", realloc_beyond}, {"reallocarray-overflow", reallocarray_overflow},
	{"posix-memalign-beyond", posix_memalign_beyond}, {"until-refused-small", until_refused_small},
	{"until-refused-large", until_refused_large})
