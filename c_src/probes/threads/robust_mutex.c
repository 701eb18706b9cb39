/* Robust mutexes, and plain ones shared between processes, after their owner has ended.
 *
 * Facts are the results of the calls, in the order lock, consistent, unlock, then lock_again. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static pthread_mutex_t *create(int robust)
{
	pthread_mutexattr_t attributes;
	pthread_mutex_t *mutex = mmap(0, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	if (robust) pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(mutex, &attributes);
	return mutex;
}

static void *lock(void *mutex)
{
	pthread_mutex_lock(mutex);
	return 0;
}

static pthread_mutex_t *left_by_thread(void)
{
	pthread_t thread;
	pthread_mutex_t *mutex = create(1);
	if (pthread_create(&thread, 0, lock, mutex) || pthread_join(thread, 0)) abort();
	return mutex;
}

static void left_by_process(pthread_mutex_t *mutex)
{
	pid_t child = fork();
	if (!child) {
		pthread_mutex_lock(mutex);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, 0, 0);
}

static void thread_exited(void)
{
	pthread_mutex_t *mutex = left_by_thread();
	fact_text("lock", errno_name(pthread_mutex_lock(mutex)));
	fact_text("consistent", errno_name(pthread_mutex_consistent(mutex)));
	fact_text("unlock", errno_name(pthread_mutex_unlock(mutex)));
	fact_text("lock_again", errno_name(pthread_mutex_lock(mutex)));
}

static void not_made_consistent(void)
{
	pthread_mutex_t *mutex = left_by_thread();
	fact_text("lock", errno_name(pthread_mutex_lock(mutex)));
	fact_text("unlock", errno_name(pthread_mutex_unlock(mutex)));
	fact_text("lock_again", errno_name(pthread_mutex_lock(mutex)));
}

static void process_killed(void)
{
	pthread_mutex_t *mutex = create(1);
	left_by_process(mutex);
	fact_text("lock", errno_name(pthread_mutex_lock(mutex)));
}

static void plain_process_killed(void)
{
	pthread_mutex_t *mutex = create(0);
	left_by_process(mutex);
	fact_text("trylock", errno_name(pthread_mutex_trylock(mutex)));
	step("lock");
	fact_text("lock", errno_name(pthread_mutex_lock(mutex)));
	step("end");
}

static void plain_made_consistent(void)
{
	pthread_mutex_t *mutex = create(0);
	fact_text("lock", errno_name(pthread_mutex_lock(mutex)));
	fact_text("consistent", errno_name(pthread_mutex_consistent(mutex)));
}

PATTERNS({"thread-exited", thread_exited}, {"not-made-consistent", not_made_consistent},
	{"process-killed", process_killed}, {"plain-process-killed", plain_process_killed},
	{"plain-made-consistent", plain_made_consistent})
