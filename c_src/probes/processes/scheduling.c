/* Scheduling of the process itself: usage `scheduling policy|nice`.
 *
 * policy: the four sched_ functions for the policy that every process has. nice: asking for a higher
 * priority without the right to it. */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static void record(const char *name, int result)
{
	fact_text(name, result < 0 ? errno_name(errno) : "succeeds");
}

static void policy(void)
{
	struct sched_param parameters = {.sched_priority = 0};
	record("sched_getscheduler", sched_getscheduler(0));
	record("sched_getparam", sched_getparam(0, &parameters));
	record("sched_setscheduler", sched_setscheduler(0, SCHED_OTHER, &parameters));
	record("sched_setparam", sched_setparam(0, &parameters));
}

static void nicer(void)
{
	errno = 0;
	fact_int("nice", nice(-5));
	fact_text("error", errno_name(errno));
}

PATTERNS({"policy", policy}, {"nice", nicer})
