/* Unnamed semaphores at their limits, with wrong times, with a waiter that a signal interrupts.
 *
 * Facts are errno names, "0" for success. wait: what the interrupted wait said ("0" when it went on until the
 * post). value: of a semaphore that a thread waits for. */
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static sem_t semaphore;
static int waiter, timed;

static const char *outcome(int result)
{
	return errno_name(result ? errno : 0);
}

static const char *wait_until(long nanoseconds)
{
	struct timespec time = {0, nanoseconds};
	return outcome(sem_timedwait(&semaphore, &time));
}

static void *wait_for_post(void *unused)
{
	struct timespec far = {.tv_sec = time(0) + 3600};
	__atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE);
	fact_text("wait", outcome(timed ? sem_timedwait(&semaphore, &far) : sem_wait(&semaphore)));
	return unused;
}

static pthread_t start_waiter(void)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, wait_for_post, 0)) abort();
	while (!__atomic_load_n(&waiter, __ATOMIC_ACQUIRE)) thread_state_pause();
	wait_until_asleep(getpid(), waiter);
	return thread;
}

static void init_too_large(void)
{
	fact_text("init", outcome(sem_init(&semaphore, 0, (unsigned)SEM_VALUE_MAX + 1)));
}

static void post_at_maximum(void)
{
	sem_init(&semaphore, 0, SEM_VALUE_MAX);
	fact_text("post", outcome(sem_post(&semaphore)));
}

static void bad_time(void)
{
	sem_init(&semaphore, 0, 1);
	fact_text("available", wait_until(1000000000));
	sem_destroy(&semaphore);
	sem_init(&semaphore, 0, 0);
	fact_text("not_available", wait_until(1000000000));
}

static void waiter_counted(void)
{
	int value = 77;
	pthread_t thread = start_waiter();
	fact_text("getvalue", outcome(sem_getvalue(&semaphore, &value)));
	fact_int("value", value);
	sem_post(&semaphore);
	pthread_join(thread, 0);
}

static void destroy_with_waiter(void)
{
	pthread_t thread = start_waiter();
	step("destroy");
	fact_text("destroy", outcome(sem_destroy(&semaphore)));
	sem_post(&semaphore);
	step("join");
	pthread_join(thread, 0);
	step("end");
}

static void nothing(int number)
{
	(void)number;
}

static void interrupt(int flags)
{
	struct sigaction action = {.sa_handler = nothing, .sa_flags = flags};
	sigaction(SIGUSR1, &action, 0);
	pthread_t thread = start_waiter();
	pthread_kill(thread, SIGUSR1);
	if (wait_until_asleep(getpid(), waiter) != THREAD_GONE) sem_post(&semaphore);
	pthread_join(thread, 0);
}

static void interrupted(void)
{
	interrupt(0);
}

static void interrupted_restart(void)
{
	interrupt(SA_RESTART);
}

static void interrupted_timed_restart(void)
{
	timed = 1;
	interrupt(SA_RESTART);
}

static void close_unnamed(void)
{
	sem_init(&semaphore, 0, 1);
	step("close");
	fact_text("close", outcome(sem_close(&semaphore)));
	step("end");
}

PATTERNS({"init-too-large", init_too_large}, {"post-at-maximum", post_at_maximum}, {"bad-time", bad_time},
	{"waiter-counted", waiter_counted}, {"destroy-with-waiter", destroy_with_waiter},
	{"interrupted", interrupted}, {"interrupted-restart", interrupted_restart},
	{"interrupted-timed-restart", interrupted_timed_restart}, {"close-unnamed", close_unnamed})
