/* Many blocks on their way between running threads, one owner at a time, and no lock of the program.
 *
 * freed: blocks that were freed by another thread than their allocator's, or by whichever took them last.
 * damaged: bytes that were not what the first owner had written. memory_bounded: the process grew by less
 * than 8 MB while 100 MB passed through. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "observation.h"
#include "pattern.h"
#include "resident.h"

enum { THREADS = 8, SLOTS = 256, ROUNDS = 20000, QUEUE = 1024, BLOCKS = 200000 };

struct parcel {
	size_t size;
	unsigned char bytes[];
};

static struct parcel *queue[QUEUE], *slot[SLOTS];
static int64_t freed, damaged;

static struct parcel *make(size_t size)
{
	struct parcel *parcel = malloc(sizeof *parcel + size);
	if (!parcel) abort();
	parcel->size = size;
	for (size_t i = 0; i < size; i++) parcel->bytes[i] = (unsigned char)(size + i);
	return parcel;
}

static void dispose(struct parcel *parcel)
{
	int64_t wrong = 0;
	for (size_t i = 0; i < parcel->size; i++) wrong += parcel->bytes[i] != (unsigned char)(parcel->size + i);
	__atomic_fetch_add(&damaged, wrong, __ATOMIC_RELAXED);
	__atomic_fetch_add(&freed, 1, __ATOMIC_RELAXED);
	free(parcel);
}

static void *consume(void *unused)
{
	for (int i = 0; i < BLOCKS; i++) {
		struct parcel *parcel;
		while (!(parcel = __atomic_exchange_n(&queue[i % QUEUE], 0, __ATOMIC_ACQ_REL))) sched_yield();
		dispose(parcel);
	}
	return unused;
}

static void produce(void)
{
	pthread_t consumer;
	long before = resident_kilobytes();
	if (pthread_create(&consumer, 0, consume, 0)) abort();
	for (int i = 0; i < BLOCKS; i++) {
		struct parcel *parcel = make((size_t)(i * 7 % 997));
		while (__atomic_load_n(&queue[i % QUEUE], __ATOMIC_ACQUIRE)) sched_yield();
		__atomic_store_n(&queue[i % QUEUE], parcel, __ATOMIC_RELEASE);
	}
	pthread_join(consumer, 0);
	fact_int("freed", freed);
	fact_int("damaged", damaged);
	fact_bool("memory_bounded", resident_kilobytes() - before < 8192);
}

static void *exchange(void *seed)
{
	unsigned random = (unsigned)(size_t)seed;
	for (int i = 0; i < ROUNDS; i++) {
		random = random * 1103515245 + 12345;
		struct parcel *parcel = make((random >> 8) % 2000);
		parcel = __atomic_exchange_n(&slot[random >> 24], parcel, __ATOMIC_ACQ_REL);
		if (parcel && random & 64) parcel = realloc(parcel, sizeof *parcel + parcel->size + 100);
		if (parcel) dispose(parcel);
	}
	return 0;
}

static void exchange_among_threads(void)
{
	pthread_t thread[THREADS];
	for (size_t i = 0; i < THREADS; i++) if (pthread_create(&thread[i], 0, exchange, (void *)(i + 1))) abort();
	for (int i = 0; i < THREADS; i++) pthread_join(thread[i], 0);
	for (int i = 0; i < SLOTS; i++) if (slot[i]) dispose(slot[i]);
	fact_int("freed", freed);
	fact_int("damaged", damaged);
}

PATTERNS({"producer-consumer", produce}, {"exchange", exchange_among_threads})
