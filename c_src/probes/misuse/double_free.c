/* The same block freed twice by one thread: at once, or after something else happened in between.
 *
 * handed_out_twice: two later mallocs gave the same address while both blocks were live. The crash itself is
 * the outcome; reached tells at which call. */
#include <stdlib.h>
#include <string.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

enum { SIZE = 40, LATER = 200 };

static void free_again(void *pointer)
{
	step("second free");
	free(pointer);
	step("allocate again");
}

static void handed_out_twice(const void *owned)
{
	const void *later[LATER];
	int twice = 0;
	for (int i = 0; i < LATER; i++) {
		later[i] = block(SIZE);
		twice |= later[i] == owned;
		for (int j = 0; j < i; j++) twice |= later[i] == later[j];
	}
	step("end");
	fact_bool("handed_out_twice", twice);
}

static void free_twice(void *pointer)
{
	step("first free");
	free(pointer);
	free_again(pointer);
	handed_out_twice(0);
}

static void at_once(void) { free_twice(block_among(SIZE)); }
static void alone(void) { free_twice(block(SIZE)); }
static void medium(void) { free_twice(block_among(2000)); }
static void large(void) { free_twice(block(1 << 20)); }

static void aligned(void)
{
	char *pointer = hide(aligned_alloc(256, 512));
	hide(aligned_alloc(256, 512));
	free_twice(pointer);
}

/* first, second, first: the second free of a block does not find it as the one freed last. */
static void after_frees(int before)
{
	void *filler[16];
	for (int i = 0; i < before; i++) filler[i] = block(SIZE);
	neighbours(SIZE);
	char *first = block(SIZE), *second = block(SIZE);
	neighbours(SIZE);
	for (int i = 0; i < before; i++) free(filler[i]);
	step("first free");
	free(first);
	free(second);
	free_again(first);
	handed_out_twice(0);
}

static void after_another(void) { after_frees(0); }
static void after_eight(void) { after_frees(7); }
static void after_seventeen(void) { after_frees(16); }

static void after_malloc(void)
{
	char *pointer = block_among(SIZE);
	step("first free");
	free(pointer);
	void *owner = block(SIZE);
	free_again(pointer);
	handed_out_twice(owner);
}

static void after_reuse(void)
{
	char *pointer = block_among(SIZE);
	step("first free");
	free(pointer);
	void *owner = block(SIZE);
	while (owner != pointer) owner = block(SIZE);
	free_again(pointer);
	handed_out_twice(owner);
}

static void after_overwrite(void)
{
	char *pointer = block_among(SIZE);
	step("first free");
	free(pointer);
	memset(pointer, 0, 16);
	free_again(pointer);
	handed_out_twice(0);
}

static void after_realloc(void)
{
	char *pointer = block_among(SIZE);
	step("first free");
	hide(realloc(pointer, 4000));
	free_again(pointer);
	handed_out_twice(0);
}

PATTERNS({"at-once", at_once}, {"alone", alone}, {"medium", medium}, {"large", large}, {"aligned", aligned},
	{"after-another", after_another}, {"after-eight", after_eight}, {"after-seventeen", after_seventeen},
	{"after-malloc", after_malloc}, {"after-reuse", after_reuse}, {"after-overwrite", after_overwrite},
	{"after-realloc", after_realloc})
