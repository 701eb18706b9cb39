/* Starting a probe: a child that shares our memory until it executes, as vfork's does, but that waits until we
 * trace it, so that not even its first instruction goes unseen. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define TRACE (PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK)

#define STACK (8u << 20)

static struct child {
	const struct run *run;
	int standard[3];
	uint32_t traced;	/* and whether the child sleeps until it is */
	int error;
} child;

enum { NOT_YET, ASLEEP, TRACED };

static char stack[32768] __attribute__((aligned(16)));

static void limit(int resource, uint64_t value)
{
	struct rlimit l = { value, value };
	setrlimit(resource, &l);
}

/* Mostly the parent is done before the child looks, or a moment later: only a busy machine is worth a sleep. */
static void wait_until_traced(void)
{
	uint32_t state = NOT_YET;
	for (int i = 0; i < 20; i++) {
		if (__atomic_load_n(&child.traced, __ATOMIC_ACQUIRE) == TRACED) return;
		sched_yield();
	}
	__atomic_compare_exchange_n(&child.traced, &state, ASLEEP, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	while (__atomic_load_n(&child.traced, __ATOMIC_ACQUIRE) != TRACED)
		syscall(SYS_futex, &child.traced, FUTEX_WAIT_PRIVATE, ASLEEP, 0, 0, 0);
}

/* Programs meet the usual stack, whatever the shell that started the harness allows. */
static void limit_stack(void)
{
	struct rlimit l;
	getrlimit(RLIMIT_STACK, &l);
	l.rlim_cur = l.rlim_max < STACK ? l.rlim_max : STACK;
	setrlimit(RLIMIT_STACK, &l);
}

/* Runs on the parent's memory: nothing here may change what the parent reads, but child.error. */
static int start(void *unused)
{
	const struct agent_run *request = child.run->request;
	sigset_t none;
	(void)unused;
	wait_until_traced();
	/* a group of its own, so that kill(0) reaches nobody else; a session of its own would have the kernel make a
	 * scheduling group for each probe, a tenth of its time */
	setpgid(0, 0);
	for (int i = 0; i < 3; i++) dup2(child.standard[i], i);
	syscall(SYS_close_range, 4u, ~0u, 0u);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_AS, request->memory);
	limit(RLIMIT_FSIZE, request->file_size);
	limit(RLIMIT_NOFILE, request->open_files);
	/* it would count what the user has in other containers, too; the container has a limit of its own */
	if (!in_container) limit(RLIMIT_NPROC, request->processes);
	limit_stack();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, 0);
	if (!chdir("/tmp")) execve(child.run->path, child.run->argv, child.run->envp);
	child.error = errno;
	_exit(127);
}

static pid_t fail(struct run *r, const char *stage, int error)
{
	r->result.ended = AGENT_NOT_STARTED;
	r->result.error = error;
	snprintf(r->result.stage, sizeof r->result.stage, "%s", stage);
	return -1;
}

pid_t spawn(struct run *r, int out, int err)
{
	child = (struct child){ .run = r, .standard = { r->input, out, err } };
	pid_t pid = clone(start, stack + sizeof stack, CLONE_VM | SIGCHLD, 0);
	if (pid < 0) return fail(r, "start a process", errno);
	if (in_container) container_traceable(1);
	int error = ptrace(PTRACE_SEIZE, pid, 0, TRACE) ? errno : 0;
	if (in_container) container_traceable(0);
	if (error) {
		kill(pid, SIGKILL);
		waitpid(pid, 0, __WALL);
		return fail(r, "trace the probe", error);
	}
	if (__atomic_exchange_n(&child.traced, TRACED, __ATOMIC_ACQ_REL) == ASLEEP)
		syscall(SYS_futex, &child.traced, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
	return pid;
}

/* Only meaningful once the probe has ended. */
void spawn_check(struct run *r)
{
	if (child.error) fail(r, r->path, child.error);
}
