/* free of a pointer that malloc never gave: into a block, to other memory, or to nothing.
 *
 * hands_out_inside: a later malloc returned memory inside the block that is still live. The crash is the
 * outcome. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

enum { SIZE = 200 };

static void free_wrong(void *pointer)
{
	step("free");
	free(pointer);
	step("end");
}

static void inside(int offset, int fill)
{
	char *whole = block_among(SIZE);
	memset(whole, fill, SIZE);
	free_wrong(whole + offset);
}

static void inside_1(void) { inside(1, 'A'); }
static void inside_8(void) { inside(8, 'A'); }
static void inside_16(void) { inside(16, 'A'); }
static void inside_16_zero(void) { inside(16, 0); }

static void inside_large(void)
{
	char *whole = block(1 << 20);
	memset(whole, 'A', 1 << 20);
	free_wrong(whole + 4096);
}

/* Two words that look like the sizes of two neighbouring blocks of 64 bytes. */
static void forge(size_t *words)
{
	words[1] = words[9] = 0x41;
}

static void inside_forged(void)
{
	size_t *whole = (size_t *)block_among(400);
	memset(whole, 0, 400);
	forge(whole);
	free_wrong(whole + 2);
	fact_bool("hands_out_inside", (size_t *)block(56) == whole + 2);
}

static void before_block(void)
{
	free_wrong(block_among(SIZE) - 16);
}

static void stack(void)
{
	_Alignas(16) char memory[256];
	memset(memory, 0, sizeof memory);
	free_wrong(hide(memory + 64));
}

static void stack_odd(void)
{
	_Alignas(16) char memory[256];
	memset(memory, 0, sizeof memory);
	free_wrong(hide(memory + 65));
}

static void stack_filled(void)
{
	_Alignas(16) char memory[256];
	memset(memory, 'A', sizeof memory);
	free_wrong(hide(memory + 64));
}

static void static_object(void)
{
	static _Alignas(16) char memory[256];
	free_wrong(hide(memory + 64));
}

static void mapping(int offset)
{
	char *pages = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	free_wrong(hide(pages + offset));
}

static void mapping_start(void) { mapping(0); }
static void mapping_inside(void) { mapping(64); }
static void one(void) { free_wrong(hide((void *)1)); }
static void sixteen(void) { free_wrong(hide((void *)16)); }
static void non_canonical(void) { free_wrong(hide((void *)0x4141414141414140)); }

static void realloc_inside(void)
{
	char *whole = block_among(SIZE);
	memset(whole, 0, SIZE);
	step("realloc");
	hide(realloc(whole + 16, 500));
	step("end");
}

PATTERNS({"inside-1", inside_1}, {"inside-8", inside_8}, {"inside-16", inside_16},
	{"inside-16-zero", inside_16_zero}, {"inside-large", inside_large}, {"inside-forged", inside_forged},
	{"before-block", before_block}, {"stack", stack}, {"stack-odd", stack_odd}, {"stack-filled", stack_filled},
	{"static-object", static_object}, {"mapping-start", mapping_start}, {"mapping-inside", mapping_inside},
	{"one", one}, {"sixteen", sixteen}, {"non-canonical", non_canonical}, {"realloc-inside", realloc_inside})
