/* pthread_cancel of a thread that computes, that has disabled cancellation, or that has exited.
 *
 * cancel: the result of the call. result: what join gave. spun_on, runs_while_disabled: the thread went on
 * after the request. */
#include <pthread.h>
#include <stdlib.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static int requested, identity;

static void record_result(void *result)
{
	fact_text("result", result == PTHREAD_CANCELED ? "PTHREAD_CANCELED" : "value");
}

static void *spin(void *unused)
{
	while (!__atomic_load_n(&requested, __ATOMIC_ACQUIRE)) continue;
	fact_bool("spun_on", 1);
	pthread_testcancel();
	return unused;
}

static void deferred(void)
{
	pthread_t thread;
	void *result = 0;
	if (pthread_create(&thread, 0, spin, 0)) abort();
	fact_text("cancel", errno_name(pthread_cancel(thread)));
	__atomic_store_n(&requested, 1, __ATOMIC_RELEASE);
	pthread_join(thread, &result);
	record_result(result);
}

static void *disabled_first(void *unused)
{
	int old;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_cancel(pthread_self());
	pthread_testcancel();
	fact_bool("runs_while_disabled", 1);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	pthread_testcancel();
	return unused;
}

static void disabled(void)
{
	pthread_t thread;
	void *result = 0;
	if (pthread_create(&thread, 0, disabled_first, 0) || pthread_join(thread, &result)) abort();
	record_result(result);
}

static void *store_id(void *unused)
{
	__atomic_store_n(&identity, thread_id(), __ATOMIC_RELEASE);
	return unused;
}

static void exited(void)
{
	pthread_t thread;
	void *result = 0;
	if (pthread_create(&thread, 0, store_id, &identity)) abort();
	while (!__atomic_load_n(&identity, __ATOMIC_ACQUIRE)) thread_state_pause();
	wait_until_gone(identity);
	fact_text("cancel", errno_name(pthread_cancel(thread)));
	pthread_join(thread, &result);
	record_result(result);
}

PATTERNS({"deferred", deferred}, {"disabled", disabled}, {"exited", exited})
