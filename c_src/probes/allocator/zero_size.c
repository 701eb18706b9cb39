/* What the allocation functions give for a size of zero.
 *
 * returned: "pointer" or "NULL". distinct: two such pointers differ, and differ from a live block.
 * errno: what it was after the call, from 0. */
#include <malloc.h>
#include <stdlib.h>

#include "errno_name.h"
#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

static volatile size_t zero;

static void record(void *first, void *second)
{
	fact_text("returned", first ? "pointer" : "NULL");
	if (first) fact_bool("distinct", first != second);
	free(first);
	free(second);
}

static void resized(size_t size)
{
	char *old = block_among(size);
	errno = 0;
	void *new = hide(realloc(old, zero));
	fact_text("errno", errno_name(errno));
	fact_text("returned", new ? "pointer" : "NULL");
}

static void malloc_zero(void)
{
	record(malloc(zero), malloc(zero));
}

static void calloc_zero(void)
{
	record(calloc(zero, 8), calloc(8, zero));
}

static void realloc_null(void)
{
	record(realloc(hide(0), zero), realloc(hide(0), zero));
}

static void realloc_small(void)
{
	resized(40);
}

static void realloc_large(void)
{
	resized(1 << 20);
}

static void reallocarray_zero(void)
{
	void *new = hide(reallocarray(block_among(40), zero, 8));
	fact_text("returned", new ? "pointer" : "NULL");
}

static void aligned(void)
{
	record(aligned_alloc(64, zero), aligned_alloc(64, zero));
}

static void realloc_then_free(void)
{
	char *old = block_among(40);
	void *new = hide(realloc(old, zero));
	fact_text("returned", new ? "pointer" : "NULL");
	step("free");
	if (!new) free(old);
	step("end");
}

PATTERNS({"malloc", malloc_zero}, {"calloc", calloc_zero}, {"realloc-null", realloc_null},
	{"realloc-small", realloc_small}, {"realloc-large", realloc_large},
	{"reallocarray", reallocarray_zero}, {"aligned-alloc", aligned}, {"realloc-then-free", realloc_then_free})
