/* Alignments, good and bad: aligned_alloc ALIGNMENT SIZE, posix_memalign ALIGNMENT SIZE, memalign ALIGNMENT
 * SIZE, or malloc alone.
 *
 * returned: "pointer" or "NULL"; errno: its value afterwards, from 0. always_aligned: all of 50 blocks lie
 * on a multiple of the alignment (an unaligned answer may be right by luck, so one block would not tell).
 * posix_memalign: result; errno_kept and pointer_kept when it fails. */
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "heap_block.h"
#include "observation.h"

static void several(void *(*allocate)(size_t, size_t), size_t alignment, size_t size)
{
	int aligned = 1;
	errno = 0;
	void *first = hide(allocate(alignment, size));
	fact_text("errno", errno_name(errno));
	fact_text("returned", first ? "pointer" : "NULL");
	if (!first || !alignment) return;
	for (int i = 0; i < 50; i++) aligned &= (uintptr_t)allocate(alignment, size) % alignment == 0;
	fact_bool("always_aligned", aligned);
}

static void posix(size_t alignment, size_t size)
{
	void *before = hide("untouched"), *memory = before;
	errno = ENOTTY;
	int result = posix_memalign(&memory, alignment, size);
	fact_text("result", errno_name(result));
	fact_bool("errno_kept", errno == ENOTTY);
	if (result) fact_bool("pointer_kept", memory == before);
	else fact_bool("aligned", (uintptr_t)memory % alignment == 0);
}

static void every_size(void)
{
	int aligned = 1;
	for (size_t size = 1; size < 8192; size++) {
		uintptr_t at = (uintptr_t)block(size);
		if (size >= sizeof(max_align_t)) aligned &= at % _Alignof(max_align_t) == 0;
		else if (size >= sizeof(long)) aligned &= at % _Alignof(long) == 0;
	}
	fact_bool("always_aligned", aligned);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "malloc")) return every_size(), 0;
	if (argc != 4) return 99;
	volatile size_t alignment = strtoull(argv[2], 0, 0), size = strtoull(argv[3], 0, 0);
	if (!strcmp(argv[1], "aligned_alloc")) several(aligned_alloc, alignment, size);
	else if (!strcmp(argv[1], "memalign")) several(memalign, alignment, size);
	else if (!strcmp(argv[1], "posix_memalign")) posix(alignment, size);
	else return 99;
	return 0;
}
