/* Blocks that one thread allocates and another frees or resizes, one owner at a time.
 *
 * freed: how many blocks went that way. damaged: bytes that were not what the first owner had written. */
#include <pthread.h>
#include <stdlib.h>

#include "observation.h"
#include "pattern.h"

enum { BLOCKS = 200, STEP = 50 };

static int64_t damaged;

static void *on_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	void *result = 0;
	if (pthread_create(&thread, 0, run, argument) || pthread_join(thread, &result)) abort();
	return result;
}

static void *allocate(void *size)
{
	unsigned char *bytes = malloc((size_t)size);
	for (size_t i = 0; i < (size_t)size; i++) bytes[i] = (unsigned char)((size_t)size + i);
	return bytes;
}

static void check(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) damaged += bytes[i] != (unsigned char)(size + i);
}

static void *release(void *bytes)
{
	free(bytes);
	return 0;
}

static void *enlarge(void *bytes)
{
	return realloc(bytes, BLOCKS * STEP + 1000);
}

static void report(void)
{
	fact_int("freed", BLOCKS);
	fact_int("damaged", damaged);
}

static void freed_by_other(void)
{
	for (size_t i = 1; i <= BLOCKS; i++) {
		unsigned char *bytes = allocate((void *)(i * STEP));
		check(bytes, i * STEP);
		on_thread(release, bytes);
	}
	report();
}

static void owner_exited(void)
{
	for (size_t i = 1; i <= BLOCKS; i++) {
		unsigned char *bytes = on_thread(allocate, (void *)(i * STEP));
		check(bytes, i * STEP);
		free(bytes);
	}
	report();
}

static void resized_by_other(void)
{
	for (size_t i = 1; i <= BLOCKS; i++) {
		unsigned char *bytes = on_thread(enlarge, allocate((void *)(i * STEP)));
		check(bytes, i * STEP);
		free(bytes);
	}
	report();
}

PATTERNS({"freed-by-other", freed_by_other}, {"owner-exited", owner_exited},
	{"resized-by-other", resized_by_other})
