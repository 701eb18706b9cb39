/* The same block freed by two threads: one after the other, or at the same moment.
 *
 * handed_out_twice: later mallocs on both threads gave one address twice. ended_by: the signal that ended a
 * child which let two threads free one block again and again; how the two meet is luck, that they do is
 * not. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

enum { SMALL = 40, MEDIUM = 2000, LATER = 8 };

static sem_t freed, over;
static void *shared, *theirs[LATER];
static size_t size;

static void *free_and_stay(void *pointer)
{
	free(pointer);
	sem_post(&freed);
	sem_wait(&over);
	for (int i = 0; i < LATER; i++) theirs[i] = block(size);
	return 0;
}

static void *free_and_exit(void *pointer)
{
	free(pointer);
	return 0;
}

static void handed_out_twice(void *mine)
{
	int twice = 0;
	for (int i = 0; i < LATER; i++) twice |= theirs[i] == mine;
	step("end");
	fact_bool("handed_out_twice", twice);
}

static void other_alive(size_t block_size)
{
	pthread_t thread;
	size = block_size;
	char *pointer = block_among(size);
	step("first free");
	if (pthread_create(&thread, 0, free_and_stay, pointer)) abort();
	sem_wait(&freed);
	step("second free");
	free(pointer);
	step("allocate again");
	void *mine = block(size);
	sem_post(&over);
	pthread_join(thread, 0);
	handed_out_twice(mine);
}

static void small(void) { other_alive(SMALL); }
static void medium(void) { other_alive(MEDIUM); }

static void other_exited(void)
{
	pthread_t thread;
	char *pointer = block_among(SMALL);
	step("first free");
	if (pthread_create(&thread, 0, free_and_exit, pointer)) abort();
	pthread_join(thread, 0);
	step("second free");
	free(pointer);
	step("allocate again");
	void *mine = block(SMALL);
	for (int i = 0; i < LATER; i++) theirs[i] = block(SMALL);
	handed_out_twice(mine);
}

static pthread_barrier_t start;

static void *race(void *unused)
{
	pthread_barrier_wait(&start);
	free(shared);
	return unused;
}

static void race_for_ever(void)
{
	pthread_t thread[2];
	pthread_barrier_init(&start, 0, 2);
	for (;;) {
		shared = block_among(SMALL);
		for (int i = 0; i < 2; i++) if (pthread_create(&thread[i], 0, race, 0)) _exit(99);
		for (int i = 0; i < 2; i++) pthread_join(thread[i], 0);
	}
}

static void racing(void)
{
	int status = 0;
	pid_t child = fork();
	if (!child) race_for_ever();
	waitpid(child, &status, 0);
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	fact_text("ended_by", number == SIGSEGV ? "SIGSEGV" : number == SIGABRT ? "SIGABRT" : "other");
}

PATTERNS({"other-alive", small}, {"other-alive-medium", medium}, {"other-exited", other_exited},
	{"racing", racing})
