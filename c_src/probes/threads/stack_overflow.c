/* What happens at the ends of the stacks of threads.
 *
 * reached: how much of the stack a recursion had used when it ended, or the step that was not survived. */
#include <pthread.h>
#include <stdlib.h>

#include "observation.h"
#include "pattern.h"

static void on_thread(void *(*run)(void *))
{
	pthread_t thread;
	if (pthread_create(&thread, 0, run, 0) || pthread_join(thread, 0)) abort();
}

static void *large_local(void *unused)
{
	volatile char local[200000];
	for (int i = sizeof local; i > 0; i -= 1000) local[i - 1] = 1;
	return unused;
}

static void local_array(void)
{
	step("200 KB local array");
	on_thread(large_local);
	step("end");
}

static const char *const mark[] = {"64 KB", "256 KB", "1 MB", "4 MB"};
static const volatile char *top;

/* How large a frame is depends on the compiler: what counts is how far down the stack it lies. */
static int recurse(int marks)
{
	volatile char local[1024];
	local[0] = (char)marks;
	if (marks < 4 && top - local >= 65536 << 2 * marks) step(mark[marks++]);
	return recurse(marks) + local[0];
}

static void *recursion(void *unused)
{
	volatile char here = 0;
	top = &here;
	step("start");
	recurse(0);
	step("end");
	return unused;
}

static void thread_recursion(void)
{
	on_thread(recursion);
}

static void main_recursion(void)
{
	recursion(0);
}

PATTERNS({"local-array", local_array}, {"thread-recursion", thread_recursion}, {"main-recursion", main_recursion})
