/* Read-write locks, barriers, spin locks and pthread_once outside their rules.
 *
 * Facts are the results of the calls. init_runs: how often the routine of pthread_once ran. A call that
 * waits or spins for ever is the outcome; reached names it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static jmp_buf outside;
static int waiter, init_runs;

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

static void spin_twice(void)
{
	pthread_spinlock_t spin;
	pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
	pthread_spin_lock(&spin);
	fact_text("trylock", errno_name(pthread_spin_trylock(&spin)));
	step("second lock");
	pthread_spin_lock(&spin);
	step("end");
}

static void barrier_of_none(void)
{
	fact_text("init", errno_name(pthread_barrier_init(&barrier, 0, 0)));
}

static void barrier_zeroed(void)
{
	memset(&barrier, 0, sizeof barrier);
	step("wait");
	int result = pthread_barrier_wait(&barrier);
	fact_bool("serial_thread", result == PTHREAD_BARRIER_SERIAL_THREAD);
	step("end");
}

static void *wait_at_barrier(void *unused)
{
	__atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE);
	pthread_barrier_wait(&barrier);
	return unused;
}

static void barrier_in_use(void)
{
	pthread_t thread;
	pthread_barrier_init(&barrier, 0, 2);
	if (pthread_create(&thread, 0, wait_at_barrier, 0)) abort();
	while (!__atomic_load_n(&waiter, __ATOMIC_ACQUIRE)) thread_state_pause();
	wait_until_asleep(getpid(), waiter);
	step("destroy");
	fact_text("destroy", errno_name(pthread_barrier_destroy(&barrier)));
	step("end");
}

static void call_again(void)
{
	init_runs++;
	step("pthread_once in its routine");
	pthread_once(&once, call_again);
}

static void once_in_once(void)
{
	pthread_once(&once, call_again);
	step("end");
}

static void leave_by_longjmp(void)
{
	if (!init_runs++) longjmp(outside, 1);
}

static void once_left_by_longjmp(void)
{
	if (!setjmp(outside)) pthread_once(&once, leave_by_longjmp);
	step("pthread_once again");
	pthread_once(&once, leave_by_longjmp);
	fact_int("init_runs", init_runs);
	step("end");
}

static void leave_by_cancel(void)
{
	if (init_runs++) return;
	pthread_cancel(pthread_self());
	pthread_testcancel();
}

static void *once_on_thread(void *unused)
{
	pthread_once(&once, leave_by_cancel);
	return unused;
}

static void once_cancelled(void)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, once_on_thread, 0) || pthread_join(thread, 0)) abort();
	step("pthread_once again");
	pthread_once(&once, leave_by_cancel);
	fact_int("init_runs", init_runs);
	step("end");
}

PATTERNS({"read-twice", read_twice}, {"write-twice", write_twice}, {"write-then-read", write_then_read},
	{"read-then-write", read_then_write}, {"spin-twice", spin_twice}, {"barrier-of-none", barrier_of_none},
	{"barrier-zeroed", barrier_zeroed}, {"barrier-in-use", barrier_in_use}, {"once-in-once", once_in_once},
	{"once-left-by-longjmp", once_left_by_longjmp}, {"once-cancelled", once_cancelled})
