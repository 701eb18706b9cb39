/* Writing outside a block: SIZE WHERE COUNT BYTE, for example "24 past-request 1 A".
 *
 * SIZE is what malloc was asked for; WHERE is past-request, past-usable (behind malloc_usable_size) or
 * before; COUNT bytes of the value A or NUL are written there. Then the block, its two successors and its
 * predecessor are freed, and more blocks allocated, so that reached tells who noticed. With "keep" as fifth
 * argument the block is never freed, with "realloc" it is resized. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "heap_block.h"
#include "observation.h"

static void allocate_more(size_t size)
{
	step("allocate again");
	for (int i = 0; i < 1000; i++) block(i % 2 ? size : 3000);
	step("end");
}

int main(int argc, char **argv)
{
	if (argc < 5) return 99;
	size_t size = strtoul(argv[1], 0, 10), count = strtoul(argv[3], 0, 10);
	const char *where = argv[2], *then = argc > 5 ? argv[5] : "free";
	neighbours(size);
	char *previous = block(size), *middle = block(size), *next = block(size), *second = block(size);
	neighbours(size);
	char *at = middle + size;
	if (!strcmp(where, "past-usable")) at = middle + malloc_usable_size(middle);
	else if (!strcmp(where, "before")) at = middle - count;
	else if (strcmp(where, "past-request")) return 99;
	step("write");
	memset(at, !strcmp(argv[4], "NUL") ? 0 : argv[4][0], count);
	if (!strcmp(then, "realloc")) {
		step("realloc");
		middle = hide(realloc(middle, size * 10));
	}
	if (strcmp(then, "keep")) {
		step("free the block");
		free(middle);
		step("free the next");
		free(next);
		step("free the previous");
		free(previous);
		step("free the second next");
		free(second);
	}
	allocate_more(size);
	return 0;
}
