/* fork, or a signal handler, while a thread stands still inside malloc and holds the allocator's lock.
 *
 * The pages of the heap are made inaccessible, so malloc faults in its critical section and the handler of
 * that signal can keep it there as long as it takes: no luck is needed. fork_waits: fork did not return
 * before malloc had. child: "allocates", or "blocked" for ever in malloc. handler: "allocates", when malloc
 * returned inside the handler; a handler that blocks is left to hang. */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"
#include "thread_state.h"

enum { SIZE = 2500 };	/* larger than any block that glibc's threads keep for themselves */

static char *heap;
static size_t heap_size;
static sem_t held, released;
static int forker, forked;
static pid_t (*fork_function)(void);
static void (*while_held)(void);

static void find_heap(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	void *first, *last;
	while (maps && fgets(line, sizeof line, maps))
		if (strstr(line, "[heap]") && sscanf(line, "%p-%p rw", &first, &last) == 2)
			heap = first, heap_size = (size_t)((char *)last - heap);
	if (!heap) abort();
	fclose(maps);
}

static void on_fault(int signal_number)
{
	static int faults;
	if (faults++ || mprotect(heap, heap_size, PROT_READ | PROT_WRITE)) signal(signal_number, SIG_DFL);
	else while_held();
}

static void stop_inside_malloc(void (*meanwhile)(void))
{
	struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};
	while_held = meanwhile;
	neighbours(SIZE);
	find_heap();
	sigaction(SIGSEGV, &action, 0);
	mprotect(heap, heap_size, PROT_NONE);
	block(SIZE);
}

static void judge_child(pid_t child)
{
	int ended = wait_until_asleep(child, child) == THREAD_GONE;
	fact_text("child", ended ? "allocates" : "blocked");
	kill(child, SIGKILL);
	waitpid(child, 0, 0);
}

static void *fork_on_demand(void *unused)
{
	free(block(SIZE));	/* glibc gives the thread its arena now */
	forker = thread_id();
	sem_wait(&held);
	pid_t child = fork_function();
	if (!child) {
		free(block(SIZE));
		_exit(0);
	}
	__atomic_store_n(&forked, 1, __ATOMIC_RELEASE);
	judge_child(child);
	sem_post(&released);
	return unused;
}

/* Until fork has returned, its lock is the only one that the other thread can wait for. */
static void let_it_fork(void)
{
	int waits = 0;
	sem_post(&held);
	while (!waits && !__atomic_load_n(&forked, __ATOMIC_ACQUIRE)) {
		waits = thread_sleeps_in(getpid(), forker) == SYS_futex;
		waits &= !__atomic_load_n(&forked, __ATOMIC_ACQUIRE);
		thread_state_pause();
	}
	fact_bool("fork_waits", waits);
	if (!waits) sem_wait(&released);
}

static void fork_while_held(pid_t (*function)(void))
{
	pthread_t thread;
	fork_function = function;
	if (pthread_create(&thread, 0, fork_on_demand, 0)) abort();
	while (!__atomic_load_n(&forker, __ATOMIC_ACQUIRE)) thread_state_pause();
	stop_inside_malloc(let_it_fork);
	pthread_join(thread, 0);
}

static pid_t fork_system_call(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void library_fork(void)
{
	fork_while_held(fork);
}

static void bare_fork(void)
{
	pid_t (*bare)(void) = (pid_t (*)(void))dlsym(RTLD_DEFAULT, "_Fork");
	if (bare) fork_while_held(bare);
	else fact_text("child", "no _Fork");
}

static void system_call_fork(void)
{
	fork_while_held(fork_system_call);
}

static void allocate_in_handler(void)
{
	step("malloc in handler");
	free(block(SIZE));
	step("end");
	fact_text("handler", "allocates");
}

static void *idle(void *unused)
{
	sem_wait(&held);
	return unused;
}

static void handler_alone(void)
{
	stop_inside_malloc(allocate_in_handler);
}

static void handler_with_threads(void)
{
	pthread_t thread;
	if (pthread_create(&thread, 0, idle, 0)) abort();
	stop_inside_malloc(allocate_in_handler);
}

PATTERNS({"fork", library_fork}, {"_Fork", bare_fork}, {"system-call", system_call_fork},
	{"handler-alone", handler_alone}, {"handler-with-threads", handler_with_threads})
