/* What a block is like: how much may be stored in it, when it comes back after free, what it contains then.
 *
 * usable: malloc_usable_size of blocks of these sizes. mallocs_until_reused: how many blocks of its class
 * are handed out until a freed one comes back. stale_kept: its old bytes are still there (most of them: an
 * allocator may keep a link in it). nonzero: bytes of calloc blocks that are not zero. first_byte: of a
 * fresh one. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

static void usable(void)
{
	static const size_t size[] = {1, 8, 12, 13, 24, 25, 40, 100, 1000, 1032, 1033, 4096, 100000};
	for (unsigned i = 0; i < sizeof size / sizeof *size; i++)
		item_int("usable", (int64_t)malloc_usable_size(block(size[i])));
}

static void usable_null(void)
{
	fact_int("usable", (int64_t)malloc_usable_size(hide(0)));
}

static void usable_written(void)
{
	int64_t too_small = 0;
	for (size_t size = 1; size < 3000; size++) {
		char *bytes = block(size);
		size_t usable = malloc_usable_size(bytes);
		too_small += usable < size;
		memset(bytes, 'A', usable);
		free(realloc(bytes, size + 1));
	}
	fact_int("too_small", too_small);
}

static int mallocs_until(const void *wanted, size_t size)
{
	for (int i = 1; i <= 1000; i++) if (block(size) == wanted) return i;
	return 0;
}

static void reused(void)
{
	char *bytes = block_among(40);
	free(bytes);
	fact_int("mallocs_until_reused", mallocs_until(bytes, 40));
}

static void stale(void)
{
	int kept = 0;
	char *bytes = block_among(1000);
	memset(bytes, 'Z', 1000);
	free(bytes);
	fact_bool("reused", mallocs_until(bytes, 1000) > 0);
	for (int i = 0; i < 1000; i++) kept += bytes[i] == 'Z';
	fact_bool("stale_kept", kept >= 960);
}

static void calloc_cleared(void)
{
	int64_t nonzero = 0;
	for (size_t i = 0; i < 2000; i++) {
		size_t size = i * 37 % 3000 + 1;
		char *dirty = block(size);
		memset(dirty, 0xff, size);
		free(dirty);
		char *clear = hide(calloc(1, size));
		for (size_t at = 0; at < size; at++) nonzero += clear[at] != 0;
		if (i % 2) free(clear);
	}
	fact_int("nonzero", nonzero);
}

static void first_byte(void)
{
	fact_int("first_byte", *(unsigned char *)block(40));
}

PATTERNS({"usable", usable}, {"usable-null", usable_null}, {"usable-written", usable_written},
	{"reused", reused}, {"stale", stale}, {"calloc-cleared", calloc_cleared}, {"first-byte", first_byte})
