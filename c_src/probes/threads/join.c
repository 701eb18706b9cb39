/* pthread_join, pthread_detach and pthread_kill with threads that are not what the caller believes.
 *
 * Facts are the results of the calls. reached names the call that did not return. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

#include "errno_name.h"
#include "heap_block.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static sem_t over;
static int runner;

static void *run_until_over(void *unused)
{
	__atomic_store_n(&runner, thread_id(), __ATOMIC_RELEASE);
	sem_wait(&over);
	return unused;
}

static pthread_t start(void)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, run_until_over, 0)) abort();
	while (!__atomic_load_n(&runner, __ATOMIC_ACQUIRE)) thread_state_pause();
	return thread;
}

static pthread_t start_exited(void)
{
	pthread_t thread = start();
	sem_post(&over);
	wait_until_gone(runner);
	return thread;
}

static void join(const char *fact, pthread_t thread)
{
	step(fact);
	fact_text(fact, errno_name(pthread_join(thread, 0)));
	step("end");
}

static void detach(const char *fact, pthread_t thread)
{
	step(fact);
	fact_text(fact, errno_name(pthread_detach(thread)));
	step("end");
}

static void send_signal(pthread_t thread, int number)
{
	step("kill");
	fact_text("kill", errno_name(pthread_kill(thread, number)));
	step("end");
}

static void join_twice(void)
{
	pthread_t thread = start_exited();
	join("join", thread);
	join("join_again", thread);
}

static void join_self(void)
{
	join("join", pthread_self());
}

static void join_detached(void)
{
	pthread_t thread = start();
	detach("detach", thread);
	join("join", thread);
}

static void detach_twice(void)
{
	pthread_t thread = start();
	detach("detach", thread);
	detach("detach_again", thread);
}

static void detach_joined(void)
{
	pthread_t thread = start_exited();
	join("join", thread);
	detach("detach", thread);
}

static void kill_exited(void)
{
	send_signal(start_exited(), 0);
}

static void kill_joined(void)
{
	pthread_t thread = start_exited();
	join("join", thread);
	send_signal(thread, 0);
}

static void kill_unknown_signal(void)
{
	send_signal(pthread_self(), 9999);
}

static void tryjoin_running(void)
{
	fact_text("tryjoin", errno_name(pthread_tryjoin_np(start(), 0)));
}

static void timedjoin_bad_time(void)
{
	struct timespec time = {0, 1000000000};
	pthread_t thread = start();
	step("timedjoin");
	fact_text("timedjoin", errno_name(pthread_timedjoin_np(thread, 0, &time)));
	step("end");
}

static void join_null(void)
{
	join("join", (pthread_t)hide(0));
}

static void cancel_null(void)
{
	step("cancel");
	fact_text("cancel", errno_name(pthread_cancel((pthread_t)hide(0))));
	step("end");
}

static void *join_main(void *main_thread)
{
	join("join", *(pthread_t *)main_thread);
	return 0;
}

static void join_main_thread(void)
{
	static pthread_t main_thread;
	pthread_t thread;
	main_thread = pthread_self();
	if (pthread_create(&thread, 0, join_main, &main_thread)) abort();
	pthread_exit(0);
}

PATTERNS({"join-twice", join_twice}, {"join-self", join_self}, {"join-detached", join_detached},
	{"detach-twice", detach_twice}, {"detach-joined", detach_joined}, {"kill-exited", kill_exited},
	{"kill-joined", kill_joined}, {"kill-unknown-signal", kill_unknown_signal},
	{"tryjoin-running", tryjoin_running}, {"timedjoin-bad-time", timedjoin_bad_time}, {"join-null", join_null},
	{"cancel-null", cancel_null}, {"join-main", join_main_thread})
