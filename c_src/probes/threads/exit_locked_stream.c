/* The end of a process in which another thread holds the lock of a stream.
 *
 * The outcome is the process's end: its status, or that it never comes. reached: the call begun. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static int other_id, ends[2];
static pthread_t other;
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

PATTERNS({"reader-blocked", reader_blocked}, {"reader-blocked-bare-exit", reader_blocked_bare_exit},
	{"reader-blocked-flush", reader_blocked_flush}, {"stream-of-dead-thread", stream_of_dead_thread})
