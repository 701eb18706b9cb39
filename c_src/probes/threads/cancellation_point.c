/* pthread_cancel of a thread that sleeps inside a function: does the function act on it?
 *
 * acts: "in the call", or "later": the function slept on, returned when there was something to return for,
 * and the thread ended at its next cancellation point. result: what join gave. owns_mutex: the cleanup
 * handler of a thread that waited for a condition owned the mutex. stream_free: another thread could lock
 * the stream after. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

static int waiter, returned, ends[2];
static sem_t semaphore;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static FILE *stream;

static void call_read(void) { char byte; if (read(ends[0], &byte, 1)) return; }
static void call_sem_wait(void) { sem_wait(&semaphore); }
static void call_mutex_lock(void) { pthread_mutex_lock(&mutex); }
static void call_rdlock(void) { pthread_rwlock_rdlock(&rwlock); }
static void call_fgetc(void) { fgetc(stream); }

static void write_byte(void) { if (write(ends[1], "x", 1) != 1) abort(); }
static void post(void) { sem_post(&semaphore); }
static void unlock(void) { pthread_mutex_unlock(&mutex); }
static void unlock_rwlock(void) { pthread_rwlock_unlock(&rwlock); }

static void *call(void *function)
{
	__atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE);
	(*(void (**)(void))function)();
	returned = 1;
	pthread_testcancel();
	return 0;
}

static void record_result(void *result)
{
	fact_text("result", result == PTHREAD_CANCELED ? "PTHREAD_CANCELED" : "value");
}

static void cancel_in(void (*function)(void), void (*let_go)(void))
{
	pthread_t thread;
	void *result = 0;
	if (pthread_create(&thread, 0, call, &function)) abort();
	while (!__atomic_load_n(&waiter, __ATOMIC_ACQUIRE)) thread_state_pause();
	wait_until_asleep(getpid(), waiter);
	fact_text("cancel", errno_name(pthread_cancel(thread)));
	if (wait_until_asleep(getpid(), waiter) != THREAD_GONE) let_go();
	pthread_join(thread, &result);
	fact_text("acts", returned ? "later" : "in the call");
	record_result(result);
}

static void in_read(void)
{
	if (pipe(ends)) abort();
	cancel_in(call_read, write_byte);
}

static void in_sem_wait(void)
{
	cancel_in(call_sem_wait, post);
}

static void in_mutex_lock(void)
{
	pthread_mutex_lock(&mutex);
	cancel_in(call_mutex_lock, unlock);
}

static void in_rdlock(void)
{
	pthread_rwlock_wrlock(&rwlock);
	cancel_in(call_rdlock, unlock_rwlock);
}

static void in_fgetc(void)
{
	if (pipe(ends) || !(stream = fdopen(ends[0], "r"))) abort();
	cancel_in(call_fgetc, write_byte);
	fact_bool("stream_free", !ftrylockfile(stream));
}

static void unlock_if_owned(void *unused)
{
	(void)unused;
	fact_bool("owns_mutex", pthread_mutex_trylock(&mutex) == EBUSY);
	pthread_mutex_unlock(&mutex);
}

static void call_cond_wait(void)
{
	pthread_mutex_lock(&mutex);
	pthread_cleanup_push(unlock_if_owned, 0);
	pthread_cond_wait(&condition, &mutex);
	pthread_cleanup_pop(1);
}

static void signal_condition(void) { pthread_cond_signal(&condition); }

static void in_cond_wait(void)
{
	cancel_in(call_cond_wait, signal_condition);
}

PATTERNS({"read", in_read}, {"sem_wait", in_sem_wait}, {"mutex_lock", in_mutex_lock}, {"rdlock", in_rdlock},
	{"fgetc", in_fgetc}, {"cond_wait", in_cond_wait})
