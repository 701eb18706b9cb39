/* exit and its neighbours while other threads are in the way.
 *
 * The outcome is the process's end: its status, or that it never comes. reached: the last handler or call
 * begun. handlers: exit handlers that ran. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static int other_id, ends[2];
static pthread_t other;
static sem_t go;
static FILE *stream;

static void start(void *(*run)(void *))
{
	if (pthread_create(&other, 0, run, 0)) abort();
	while (!__atomic_load_n(&other_id, __ATOMIC_ACQUIRE)) thread_state_pause();
}

static void announce(void)
{
	__atomic_store_n(&other_id, thread_id(), __ATOMIC_RELEASE);
}

static void *read_stream(void *unused)
{
	announce();
	getc(stream);
	return unused;
}

static void start_reader(void)
{
	if (pipe(ends) || !(stream = fdopen(ends[0], "r"))) abort();
	start(read_stream);
	wait_until_asleep(getpid(), other_id);
}

static void reader_blocked(void)
{
	start_reader();
	step("exit");
	exit(3);
}

static void reader_blocked_bare_exit(void)
{
	start_reader();
	step("_exit");
	_exit(3);
}

static void reader_blocked_flush(void)
{
	start_reader();
	step("fflush");
	fflush(0);
	step("end");
	_exit(3);
}

static void *lock_stream(void *unused)
{
	flockfile(stream);
	announce();
	return unused;
}

static void stream_of_dead_thread(void)
{
	stream = tmpfile();
	fputs("data", stream);
	start(lock_stream);
	pthread_join(other, 0);
	step("exit");
	exit(3);
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

PATTERNS({"reader-blocked", reader_blocked}, {"reader-blocked-bare-exit", reader_blocked_bare_exit},
	{"reader-blocked-flush", reader_blocked_flush}, {"stream-of-dead-thread", stream_of_dead_thread},
	{"exit-in-handler", exit_in_handler}, {"two-exits", two_exits}, {"joined-by-handler", joined_by_handler},
	{"main-ends-first", main_ends_first})
