/* Condition variables: times, owners, waiters at the wrong moment.
 *
 * Facts are the results of the calls. A call that waits for ever is the outcome; reached names it. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int waiter;

static const char *wait_until(time_t seconds, long nanoseconds)
{
	struct timespec time = {seconds, nanoseconds};
	return errno_name(pthread_cond_timedwait(&condition, &mutex, &time));
}

static void *wait_for_signal(void *unused)
{
	pthread_mutex_lock(&mutex);
	__atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE);
	pthread_cond_wait(&condition, &mutex);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static pthread_t start_waiter(void)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, wait_for_signal, 0)) abort();
	while (!__atomic_load_n(&waiter, __ATOMIC_ACQUIRE)) thread_state_pause();
	wait_until_asleep(getpid(), waiter);
	return thread;
}

static void signal_before_wait(void)
{
	fact_text("signal", errno_name(pthread_cond_signal(&condition)));
	pthread_mutex_lock(&mutex);
	step("wait");
	pthread_cond_wait(&condition, &mutex);
	step("end");
}

static void not_owner(void)
{
	pthread_mutexattr_t attributes;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&mutex, &attributes);
	fact_text("wait", wait_until(0, 0));
}

static void not_owner_plain(void)
{
	fact_text("wait", wait_until(0, 0));
	fact_text("trylock", errno_name(pthread_mutex_trylock(&mutex)));
}

static void bad_time(void)
{
	pthread_mutex_lock(&mutex);
	fact_text("nanoseconds_too_large", wait_until(0, 1000000000));
	fact_text("nanoseconds_negative", wait_until(0, -1));
	fact_text("past", wait_until(0, 0));
	fact_text("before_1970", wait_until(-1, 0));
}

static void clocks(void)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	fact_text("monotonic", errno_name(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)));
	fact_text("boottime", errno_name(pthread_condattr_setclock(&attributes, CLOCK_BOOTTIME)));
	fact_text("process_time", errno_name(pthread_condattr_setclock(&attributes, CLOCK_PROCESS_CPUTIME_ID)));
	fact_text("unknown", errno_name(pthread_condattr_setclock(&attributes, 12345)));
}

static void destroy_with_waiter(void)
{
	start_waiter();
	step("destroy");
	fact_text("destroy", errno_name(pthread_cond_destroy(&condition)));
	step("end");
}

static void destroy_after_broadcast(void)
{
	pthread_t thread = start_waiter();
	pthread_mutex_lock(&mutex);
	fact_text("broadcast", errno_name(pthread_cond_broadcast(&condition)));
	pthread_mutex_unlock(&mutex);
	fact_text("destroy", errno_name(pthread_cond_destroy(&condition)));
	fact_text("join", errno_name(pthread_join(thread, 0)));
}

static void signal_destroyed(void)
{
	fact_text("destroy", errno_name(pthread_cond_destroy(&condition)));
	fact_text("signal", errno_name(pthread_cond_signal(&condition)));
	fact_text("broadcast", errno_name(pthread_cond_broadcast(&condition)));
}

PATTERNS({"signal-before-wait", signal_before_wait}, {"not-owner", not_owner},
	{"not-owner-plain", not_owner_plain}, {"bad-time", bad_time}, {"clocks", clocks},
	{"destroy-with-waiter", destroy_with_waiter}, {"destroy-after-broadcast", destroy_after_broadcast},
	{"signal-destroyed", signal_destroyed})
