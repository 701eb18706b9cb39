/* exit called while exit runs, and the end of the main thread before that of another.
 *
 * The outcome is the process's end: its status, or that it never comes. reached: the last handler or call
 * begun. handlers: exit handlers that ran. */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static int other_id;
static pthread_t other;
static sem_t go;

static void start(void *(*run)(void *))
{
	if (pthread_create(&other, 0, run, 0)) abort();
	while (!__atomic_load_n(&other_id, __ATOMIC_ACQUIRE)) thread_state_pause();
}

static void announce(void)
{
	__atomic_store_n(&other_id, thread_id(), __ATOMIC_RELEASE);
}

static void handler(void)
{
	item_text("handlers", "first");
}

static void exit_again(void)
{
	item_text("handlers", "second");
	step("exit in handler");
	exit(9);
}

static void exit_in_handler(void)
{
	atexit(handler);
	atexit(exit_again);
	exit(3);
}

static void *exit_other(void *unused)
{
	announce();
	sem_wait(&go);
	exit(5);
	return unused;
}

/* The other thread calls exit while this handler runs, and this one goes on once that call sleeps. */
static void let_other_exit(void)
{
	item_text("handlers", "second");
	sem_post(&go);
	wait_until_asleep(getpid(), other_id);
	item_text("handlers", "second's end");
}

static void two_exits(void)
{
	start(exit_other);
	atexit(handler);
	atexit(let_other_exit);
	exit(3);
}

static void join_other(void)
{
	step("join in handler");
	sem_post(&go);
	pthread_join(other, 0);
	step("end");
}

static void joined_by_handler(void)
{
	start(exit_other);
	atexit(join_other);
	exit(3);
}

static void *outlive_main(void *unused)
{
	int main_id = getpid();
	announce();
	wait_until_gone(main_id);
	item_text("handlers", "none yet");
	return unused;
}

static void main_ends_first(void)
{
	start(outlive_main);
	atexit(handler);
	step("pthread_exit");
	pthread_exit((void *)42);
}

PATTERNS({"exit-in-handler", exit_in_handler}, {"two-exits", two_exits}, {"joined-by-handler", joined_by_handler},
	{"main-ends-first", main_ends_first})
