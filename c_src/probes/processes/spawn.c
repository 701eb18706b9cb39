/* posix_spawn's own objects: usage `spawn file-actions|scheduling`.
 *
 * Facts: what adding an action for a descriptor that cannot be returns, and what the scheduling attributes
 * return. */
#include <sched.h>
#include <spawn.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

#define HUGE 100000000

static void file_actions(void)
{
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	fact_text("addclose_minus_1", errno_name(posix_spawn_file_actions_addclose(&actions, -1)));
	fact_text("addclose_huge", errno_name(posix_spawn_file_actions_addclose(&actions, HUGE)));
	fact_text("adddup2_minus_1", errno_name(posix_spawn_file_actions_adddup2(&actions, -1, 5)));
	fact_text("adddup2_huge", errno_name(posix_spawn_file_actions_adddup2(&actions, 1, HUGE)));
	fact_text("addopen_huge", errno_name(posix_spawn_file_actions_addopen(&actions, HUGE, "/", 0, 0)));
}

static void scheduling(void)
{
	posix_spawnattr_t attributes;
	struct sched_param parameters;
	int policy;
	posix_spawnattr_init(&attributes);
	fact_text("getschedparam", errno_name(posix_spawnattr_getschedparam(&attributes, &parameters)));
	fact_text("getschedpolicy", errno_name(posix_spawnattr_getschedpolicy(&attributes, &policy)));
	fact_text("setschedpolicy", errno_name(posix_spawnattr_setschedpolicy(&attributes, SCHED_OTHER)));
}

PATTERNS({"file-actions", file_actions}, {"scheduling", scheduling})
