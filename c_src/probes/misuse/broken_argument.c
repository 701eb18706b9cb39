/* Arguments that the standards leave undefined: overlapping copies, comparison functions that contradict
 * themselves, states that were never set.
 *
 * written: what a text function produced. returned: what a call said. permutation: qsort left every element
 * exactly once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

enum { ELEMENTS = 100000 };

static void append_by_sprintf(void)
{
	char text[40] = "abc";
	sprintf(text, "%s!", (char *)hide(text));
	fact_text("written", text);
}

static int always_less(const void *first, const void *second)
{
	(void)first;
	(void)second;
	return -1;
}

static int cyclic(const void *first, const void *second)
{
	int difference = *(const int *)first % 3 - *(const int *)second % 3;
	return difference == 2 ? -1 : difference == -2 ? 1 : difference;
}

static void sort(int (*compare)(const void *, const void *))
{
	static int number[ELEMENTS], seen[ELEMENTS];
	int once = 1;
	for (int i = 0; i < ELEMENTS; i++) number[i] = (int)((unsigned)i * 7919u % ELEMENTS);
	step("qsort");
	qsort(number, ELEMENTS, sizeof *number, compare);
	step("end");
	for (int i = 0; i < ELEMENTS; i++) if (number[i] >= 0 && number[i] < ELEMENTS) seen[number[i]]++;
	for (int i = 0; i < ELEMENTS; i++) once &= seen[i] == 1;
	fact_bool("permutation", once);
}

static void sort_always_less(void) { sort(always_less); }
static void sort_cyclic(void) { sort(cyclic); }

/* From now on every request for memory fails. */
static void sort_without_memory(void)
{
	setrlimit(RLIMIT_AS, &(struct rlimit){1, 1});
	sort(always_less);
}

static void strtok_without_string(void)
{
	step("strtok");
	fact_text("returned", strtok(hide(0), ",") ? "token" : "NULL");
	step("end");
}

PATTERNS({"append-by-sprintf", append_by_sprintf}, {"sort-always-less", sort_always_less},
	{"sort-cyclic", sort_cyclic}, {"sort-without-memory", sort_without_memory},
	{"strtok-without-string", strtok_without_string})
