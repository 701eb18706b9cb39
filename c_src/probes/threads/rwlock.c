/* A thread that locks a read-write lock which it holds already.
 *
 * Facts are the results of the calls. A call that waits for ever is the outcome; reached names it. */
#include <pthread.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void read_twice(void)
{
	fact_text("rdlock", errno_name(pthread_rwlock_rdlock(&rwlock)));
	step("second rdlock");
	fact_text("rdlock_again", errno_name(pthread_rwlock_rdlock(&rwlock)));
	step("end");
}

static void write_twice(void)
{
	fact_text("wrlock", errno_name(pthread_rwlock_wrlock(&rwlock)));
	step("second wrlock");
	fact_text("wrlock_again", errno_name(pthread_rwlock_wrlock(&rwlock)));
	step("end");
}

static void write_then_read(void)
{
	fact_text("wrlock", errno_name(pthread_rwlock_wrlock(&rwlock)));
	step("rdlock");
	fact_text("rdlock", errno_name(pthread_rwlock_rdlock(&rwlock)));
	step("end");
}

static void read_then_write(void)
{
	fact_text("rdlock", errno_name(pthread_rwlock_rdlock(&rwlock)));
	step("wrlock");
	fact_text("wrlock", errno_name(pthread_rwlock_wrlock(&rwlock)));
	step("end");
}

PATTERNS({"read-twice", read_twice}, {"write-twice", write_twice}, {"write-then-read", write_then_read},
	{"read-then-write", read_then_write})
