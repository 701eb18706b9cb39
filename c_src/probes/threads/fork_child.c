/* A child forked while another thread of its parent holds a lock, or forked by a thread that is not the
 * first.
 *
 * child: "ended", or "blocked" for ever. order: the handlers of pthread_atfork as they ran in the parent. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sem_t held, over;

static void *hold_mutex(void *unused)
{
	pthread_mutex_lock(&mutex);
	sem_post(&held);
	sem_wait(&over);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static void *hold_stdout(void *unused)
{
	flockfile(stdout);
	sem_post(&held);
	sem_wait(&over);
	funlockfile(stdout);
	return unused;
}

/* A child of one thread that sleeps in a lock is blocked for good: nobody is left to release it. */
static void judge_child(pid_t child)
{
	int blocked = wait_until_asleep(child, child) != THREAD_GONE;
	if (blocked) kill(child, SIGKILL);
	waitpid(child, 0, 0);
	fact_text("child", blocked ? "blocked" : "ended");
}

static void fork_while(void *(*hold)(void *), void (*in_child)(void))
{
	pthread_t thread;
	if (pthread_create(&thread, 0, hold, 0)) abort();
	sem_wait(&held);
	pid_t child = fork();
	if (!child) {
		in_child();
		_exit(0);
	}
	judge_child(child);
	sem_post(&over);
	pthread_join(thread, 0);
}

static void lock_mutex(void)
{
	pthread_mutex_lock(&mutex);
}

static void print(void)
{
	puts("child");
	fflush(stdout);
}

static void exit_child(void)
{
	exit(0);
}

static void *nothing(void *unused)
{
	return unused;
}

static void *fork_with_threads(void *unused)
{
	int status;
	pthread_t thread;
	pid_t child = fork();
	if (!child) _exit(pthread_create(&thread, 0, nothing, 0) || pthread_join(thread, 0));
	waitpid(child, &status, 0);
	fact_text("child", status ? "failed" : "ended");
	return unused;
}

static void creates_thread(void)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, fork_with_threads, 0) || pthread_join(thread, 0)) abort();
}

static void locks_mutex(void) { fork_while(hold_mutex, lock_mutex); }
static void prints(void) { fork_while(hold_stdout, print); }
static void exits(void) { fork_while(hold_stdout, exit_child); }

static void prepare_1(void) { item_text("order", "prepare 1"); }
static void prepare_2(void) { item_text("order", "prepare 2"); }
static void parent_1(void) { item_text("order", "parent 1"); }
static void parent_2(void) { item_text("order", "parent 2"); }

static void handlers(void)
{
	pthread_atfork(prepare_1, parent_1, 0);
	pthread_atfork(prepare_2, parent_2, 0);
	pid_t child = fork();
	if (!child) _exit(0);
	judge_child(child);
}

PATTERNS({"locks-mutex", locks_mutex}, {"prints", prints}, {"exits", exits},
	{"creates-thread", creates_thread}, {"handlers", handlers})
