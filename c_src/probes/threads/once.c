/* pthread_once whose routine calls it again, jumps out, or is cancelled.
 *
 * init_runs: how often the routine ran. A call that waits for ever is the outcome; reached names it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>

#include "observation.h"
#include "pattern.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static jmp_buf outside;
static int init_runs;

static void call_again(void)
{
	init_runs++;
	step("pthread_once in its routine");
	pthread_once(&once, call_again);
}

static void in_its_routine(void)
{
	pthread_once(&once, call_again);
	step("end");
}

static void leave_by_longjmp(void)
{
	if (!init_runs++) longjmp(outside, 1);
}

static void left_by_longjmp(void)
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

static void cancelled(void)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, once_on_thread, 0) || pthread_join(thread, 0)) abort();
	step("pthread_once again");
	pthread_once(&once, leave_by_cancel);
	fact_int("init_runs", init_runs);
	step("end");
}

PATTERNS({"in-its-routine", in_its_routine}, {"left-by-longjmp", left_by_longjmp}, {"cancelled", cancelled})
