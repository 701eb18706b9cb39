/* Thread-specific data: how many keys, when destructors run, what keys that are gone still do.
 *
 * keys: how many could be created. destructor_runs: how often. Other facts are the results of the calls. */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static pthread_key_t key;
static int runs;

static void again(void *value)
{
	runs++;
	pthread_setspecific(key, value);
}

static void record(void *unused)
{
	(void)unused;
	fact_bool("destructor_ran", 1);
}

static void *set(void *unused)
{
	pthread_setspecific(key, &key);
	return unused;
}

static void on_thread(void *(*run)(void *))
{
	pthread_t thread;
	if (pthread_create(&thread, 0, run, 0) || pthread_join(thread, 0)) abort();
}

static void as_many_as_possible(void)
{
	int keys = 0, result;
	while (!(result = pthread_key_create(&key, 0))) keys++;
	fact_text("create", errno_name(result));
	fact_int("keys", keys);
	fact_bool("as_announced", keys == PTHREAD_KEYS_MAX && keys == sysconf(_SC_THREAD_KEYS_MAX));
}

static void destructor_sets_again(void)
{
	pthread_key_create(&key, again);
	on_thread(set);
	fact_int("destructor_runs", runs);
	fact_bool("as_announced", runs == PTHREAD_DESTRUCTOR_ITERATIONS);
}

static void delete_twice(void)
{
	pthread_key_create(&key, 0);
	fact_text("delete", errno_name(pthread_key_delete(key)));
	fact_text("delete_again", errno_name(pthread_key_delete(key)));
}

static void use_deleted(void)
{
	pthread_key_create(&key, 0);
	pthread_key_delete(key);
	fact_text("get", pthread_getspecific(key) ? "value" : "NULL");
	fact_text("set", errno_name(pthread_setspecific(key, &key)));
}

static void create_again(void)
{
	pthread_key_t second;
	pthread_key_create(&key, 0);
	pthread_setspecific(key, &key);
	pthread_key_delete(key);
	pthread_key_create(&second, 0);
	fact_bool("same_key", second == key);
	fact_text("get", pthread_getspecific(second) ? "value" : "NULL");
}

static void never_created(void)
{
	volatile pthread_key_t unknown = 99999;
	step("set");
	fact_text("set", errno_name(pthread_setspecific(unknown, &key)));
	step("get");
	fact_text("get", pthread_getspecific(unknown) ? "value" : "NULL");
	step("end");
}

static void main_returns(void)
{
	pthread_key_create(&key, record);
	pthread_setspecific(key, &key);
	step("return");
}

static void main_exits_thread(void)
{
	pthread_key_create(&key, record);
	pthread_setspecific(key, &key);
	step("pthread_exit");
	pthread_exit(0);
}

PATTERNS({"as-many-as-possible", as_many_as_possible}, {"destructor-sets-again", destructor_sets_again},
	{"delete-twice", delete_twice}, {"use-deleted", use_deleted}, {"create-again", create_again},
	{"never-created", never_created}, {"main-returns", main_returns}, {"main-exits-thread", main_exits_thread})
