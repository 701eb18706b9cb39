/* How much of the memory that a program freed goes back to the system.
 *
 * returned: "most" (at least nine tenths), "little" (at most a fifth), or "part". trim: what malloc_trim
 * said, or "absent". Resident memory is compared, so the blocks are written to and their table is touched
 * before. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"
#include "resident.h"

enum { SMALL = 64, MEDIUM = 1000, LARGE = 1 << 20, TOTAL = 40 << 20 };

static void **table;
static size_t count, size;
static long before, peak;

/* The first free of a process may allocate for the allocator's own use, above everything else. */
static void prepare(size_t block_size)
{
	size = block_size;
	count = TOTAL / size;
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	free(block(24));
	free(block(2000));
	table = mmap(0, count * sizeof *table, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		-1, 0);
	before = resident_kilobytes();
}

static void *fill(void *unused)
{
	for (size_t i = 0; i < count; i++) memset(table[i] = block(size), 1, size);
	peak = resident_kilobytes();
	return unused;
}

static void *drain(void *unused)
{
	for (size_t i = 0; i < count; i++) free(table[i]);
	return unused;
}

static void report(void)
{
	long held = resident_kilobytes() - before, used = peak - before;
	info_int("percent held", held * 100 / used);
	fact_text("returned", held * 10 <= used ? "most" : held * 5 >= used * 4 ? "little" : "part");
}

static void on_thread(void *(*run)(void *))
{
	pthread_t thread;
	if (pthread_create(&thread, 0, run, 0) || pthread_join(thread, 0)) abort();
}

static void in_order(size_t block_size)
{
	prepare(block_size);
	fill(0);
	drain(0);
	report();
}

static void all_but(size_t block_size, size_t every)
{
	prepare(block_size);
	fill(0);
	for (size_t i = 0; i < count; i++) if ((i + 1) % every) free(table[i]);
	report();
}

static void small(void) { in_order(SMALL); }
static void medium(void) { in_order(MEDIUM); }
static void large(void) { in_order(LARGE); }
static void small_but_last(void) { all_but(SMALL, TOTAL / SMALL); }
static void medium_but_last(void) { all_but(MEDIUM, TOTAL / MEDIUM); }
static void small_sparse(void) { all_but(SMALL, 100); }
static void medium_sparse(void) { all_but(MEDIUM, 100); }

static void small_reverse(void)
{
	prepare(SMALL);
	fill(0);
	for (size_t i = count; i; i--) free(table[i - 1]);
	report();
}

static void large_again(void)
{
	prepare(LARGE);
	fill(0);
	drain(0);
	fill(0);
	memset(block(100000), 1, 100000);
	drain(0);
	report();
}

static void freed_by_other(void)
{
	prepare(MEDIUM);
	fill(0);
	on_thread(drain);
	report();
}

static void owner_exited(void)
{
	prepare(MEDIUM);
	on_thread(fill);
	drain(0);
	report();
}

static void trim(void)
{
	int (*malloc_trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
	prepare(SMALL);
	fill(0);
	for (size_t i = 0; i + 1 < count; i++) free(table[i]);
	if (malloc_trim) fact_int("trim", malloc_trim(0));
	else fact_text("trim", "absent");
	report();
}

PATTERNS({"small", small}, {"medium", medium}, {"large", large}, {"small-reverse", small_reverse},
	{"small-but-last", small_but_last}, {"medium-but-last", medium_but_last}, {"small-sparse", small_sparse},
	{"medium-sparse", medium_sparse}, {"large-again", large_again}, {"freed-by-other", freed_by_other},
	{"owner-exited", owner_exited}, {"trim", trim})
