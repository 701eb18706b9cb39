/* Barriers outside their rules.
 *
 * Facts are the results of the calls. A call that waits for ever is the outcome; reached names it. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static pthread_barrier_t barrier;
static int waiter;

static void of_none(void)
{
	fact_text("init", errno_name(pthread_barrier_init(&barrier, 0, 0)));
}

static void zeroed(void)
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

static void in_use(void)
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

PATTERNS({"of-none", of_none}, {"zeroed", zeroed}, {"in-use", in_use})
