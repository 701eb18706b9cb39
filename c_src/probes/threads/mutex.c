/* Mutexes used against their rules: PATTERN TYPE, TYPE being normal, errorcheck or recursive.
 *
 * Facts are the results of the calls, named after them. "other" is another thread's trylock afterwards: "0"
 * when the mutex could be had. A lock that waits for ever is the outcome. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "observation.h"

static pthread_mutex_t mutex;

static int type_named(const char *name)
{
	if (!strcmp(name, "errorcheck")) return PTHREAD_MUTEX_ERRORCHECK;
	return strcmp(name, "recursive") ? PTHREAD_MUTEX_NORMAL : PTHREAD_MUTEX_RECURSIVE;
}

static void create(int type)
{
	pthread_mutexattr_t attributes;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, type);
	pthread_mutex_init(&mutex, &attributes);
}

static void *lock(void *unused)
{
	(void)unused;
	return (void *)(long)pthread_mutex_lock(&mutex);
}

static void *trylock(void *unused)
{
	(void)unused;
	return (void *)(long)pthread_mutex_trylock(&mutex);
}

static void *unlock(void *unused)
{
	(void)unused;
	return (void *)(long)pthread_mutex_unlock(&mutex);
}

static const char *on_other_thread(void *(*run)(void *))
{
	pthread_t thread;
	void *result = 0;
	if (pthread_create(&thread, 0, run, 0) || pthread_join(thread, &result)) abort();
	return errno_name((int)(long)result);
}

static void relock(void)
{
	pthread_mutex_lock(&mutex);
	fact_text("trylock", errno_name(pthread_mutex_trylock(&mutex)));
	step("lock again");
	fact_text("lock", errno_name(pthread_mutex_lock(&mutex)));
	step("end");
}

static void unlock_free(void)
{
	fact_text("unlock", errno_name(pthread_mutex_unlock(&mutex)));
	fact_text("other", on_other_thread(trylock));
}

static void unlock_others(void)
{
	pthread_mutex_lock(&mutex);
	fact_text("unlock", on_other_thread(unlock));
	fact_text("other", on_other_thread(trylock));
}

static void destroy_locked(void)
{
	pthread_mutex_lock(&mutex);
	fact_text("destroy", errno_name(pthread_mutex_destroy(&mutex)));
	fact_text("unlock", errno_name(pthread_mutex_unlock(&mutex)));
}

static void lock_destroyed(void)
{
	fact_text("destroy", errno_name(pthread_mutex_destroy(&mutex)));
	fact_text("lock", errno_name(pthread_mutex_lock(&mutex)));
}

static void owner_exited(void)
{
	on_other_thread(lock);
	fact_text("trylock", errno_name(pthread_mutex_trylock(&mutex)));
	step("lock");
	fact_text("lock", errno_name(pthread_mutex_lock(&mutex)));
	step("end");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} pattern[] = {{"relock", relock}, {"unlock-free", unlock_free}, {"unlock-others", unlock_others},
		{"destroy-locked", destroy_locked}, {"lock-destroyed", lock_destroyed}, {"owner-exited", owner_exited}};
	if (argc < 3) return 99;
	create(type_named(argv[2]));
	for (unsigned i = 0; i < sizeof pattern / sizeof *pattern; i++) {
		if (strcmp(pattern[i].name, argv[1])) continue;
		pattern[i].run();
		return 0;
	}
	return 99;
}
