/* Blocks used after free: read, written to, resized, asked for their size.
 *
 * contents: what of a freed block's bytes is left ("kept", or "start changed": at most its first 16 bytes).
 * returned: "pointer" or "NULL". usable: what malloc_usable_size said. */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

enum { SMALL = 40, MEDIUM = 2000, LARGE = 1 << 20 };

static char *freed(size_t size)
{
	char *pointer = block_among(size);
	memset(pointer, 'Z', size);
	free(pointer);
	return pointer;
}

static void read_small(void)
{
	int start = 0, rest = 0;
	char *pointer = freed(SMALL);
	for (int i = 0; i < 16; i++) start += pointer[i] != 'Z';
	for (int i = 16; i < SMALL; i++) rest += pointer[i] != 'Z';
	fact_text("contents", rest ? "changed" : start ? "start changed" : "kept");
}

static void read_large(void)
{
	volatile char *pointer = freed(LARGE);
	step("read");
	(void)*pointer;
	step("end");
}

static void allocate_more(size_t size)
{
	step("first malloc");
	block(size);
	step("second malloc");
	block(size);
	step("allocate again");
	for (int i = 0; i < 100; i++) block(size);
	step("end");
}

/* However the allocator disguises its link, this value comes out as an address that no block can have. */
static void write_link(void)
{
	neighbours(SMALL);
	char *first = block(SMALL), *second = block(SMALL);
	neighbours(SMALL);
	free(first);
	free(second);
	uintptr_t link = ((uintptr_t)second >> 12) ^ 0x4141414141414148;
	memcpy(second, &link, sizeof link);
	allocate_more(SMALL);
}

static void write_medium(void)
{
	memset(freed(MEDIUM), 'A', 32);
	allocate_more(MEDIUM);
}

static void write_large(void)
{
	char *pointer = freed(LARGE);
	step("write");
	*pointer = 'A';
	step("end");
}

static void resize(void)
{
	char *pointer = freed(SMALL);
	step("realloc");
	fact_text("returned", hide(realloc(pointer, 400)) ? "pointer" : "NULL");
	step("end");
}

static void usable(void)
{
	char *pointer = freed(SMALL);
	step("malloc_usable_size");
	fact_int("usable", (int64_t)malloc_usable_size(pointer));
	step("end");
}

PATTERNS({"read-small", read_small}, {"read-large", read_large}, {"write-link", write_link},
	{"write-medium", write_medium}, {"write-large", write_large}, {"realloc", resize}, {"usable", usable})
