/* How large the stacks of threads are, and which sizes can be asked for.
 *
 * default_size: "the stack limit" where it is RLIMIT_STACK, else bytes; default_guard: bytes. Results of the
 * calls are errno names. A null start routine is all that POSIX promises on a stack of PTHREAD_STACK_MIN. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static pthread_attr_t attributes;

static int create_and_join(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	int result = pthread_create(&thread, &attributes, run, argument);
	if (!result) pthread_join(thread, 0);
	return result;
}

static void *nothing(void *unused)
{
	return unused;
}

static void defaults(void)
{
	size_t size, guard;
	struct rlimit limit;
	pthread_attr_init(&attributes);
	pthread_attr_getstacksize(&attributes, &size);
	pthread_attr_getguardsize(&attributes, &guard);
	getrlimit(RLIMIT_STACK, &limit);
	if (size == limit.rlim_cur) fact_text("default_size", "the stack limit");
	else fact_int("default_size", (int64_t)size);
	fact_int("default_guard", (int64_t)guard);
}

static void minimum(void)
{
	size_t least = (size_t)PTHREAD_STACK_MIN;
	pthread_attr_init(&attributes);
	fact_text("set_below", errno_name(pthread_attr_setstacksize(&attributes, least - 1)));
	fact_text("set", errno_name(pthread_attr_setstacksize(&attributes, least)));
	fact_text("create", errno_name(create_and_join(nothing, 0)));
	fact_bool("minimum_below_a_page", least < 4096);
	info_int("minimum", (int64_t)least);
}

static void *print(void *unused)
{
	char text[200];
	snprintf(text, sizeof text, "%d %s %f", 1, "x", 1.5);
	return unused;
}

static void minimum_printing(void)
{
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN);
	step("snprintf");
	create_and_join(print, 0);
	step("end");
}

static void huge(void)
{
	pthread_attr_init(&attributes);
	fact_text("set", errno_name(pthread_attr_setstacksize(&attributes, (size_t)1 << 46)));
	fact_text("create", errno_name(create_and_join(nothing, 0)));
}

static void *measure(void *guard)
{
	pthread_attr_t own;
	pthread_getattr_np(pthread_self(), &own);
	pthread_attr_getguardsize(&own, guard);
	return 0;
}

static void no_guard(void)
{
	size_t guard = 1;
	pthread_attr_init(&attributes);
	fact_text("set", errno_name(pthread_attr_setguardsize(&attributes, 0)));
	fact_text("create", errno_name(create_and_join(measure, &guard)));
	fact_int("guard", (int64_t)guard);
}

static void own_memory_too_small(void)
{
	static _Alignas(16) char memory[1024];
	pthread_attr_init(&attributes);
	fact_text("set", errno_name(pthread_attr_setstack(&attributes, memory, sizeof memory)));
}

PATTERNS({"default", defaults}, {"minimum", minimum}, {"minimum-printing", minimum_printing}, {"huge", huge},
	{"no-guard", no_guard}, {"own-memory-too-small", own_memory_too_small})
