/* What a traced probe stops for: signals, new threads and processes, and being stopped itself. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "agent.h"

/* linux/ptrace.h and sys/ptrace.h cannot both be included. */
#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

struct process_status {
	long process;
	unsigned long long caught, ignored;
};

static int read_status(pid_t thread, struct process_status *s)
{
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/%d/status", (int)thread);
	FILE *f = fopen(path, "re");
	if (!f) return 0;
	*s = (struct process_status){ 0 };
	while (fgets(line, sizeof line, f)) {
		if (!strncmp(line, "Tgid:", 5)) s->process = strtol(line + 5, 0, 10);
		if (!strncmp(line, "SigCgt:", 7)) s->caught = strtoull(line + 7, 0, 16);
		if (!strncmp(line, "SigIgn:", 7)) s->ignored = strtoull(line + 7, 0, 16);
	}
	fclose(f);
	return 1;
}

static int is_crash(int signal)
{
	return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGABRT
		|| signal == SIGTRAP || signal == SIGSYS;
}

/* Whether the signal is about to end the probe itself, not one of its children. */
static int is_fatal(pid_t main_process, pid_t thread, int signal)
{
	struct process_status s;
	if (!is_crash(signal) || !read_status(thread, &s) || s.process != main_process) return 0;
	return !((s.caught | s.ignored) >> (signal - 1) & 1);
}

static int stops(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

void trace_stopped(struct run *r, pid_t main_process, pid_t thread, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	if (event == PTRACE_EVENT_STOP && stops(signal)) {
		/* stopped as by job control: it stays so until somebody continues it */
		ptrace(PTRACE_LISTEN, thread, 0, 0);
		return;
	}
	if (event) signal = 0;
	else if (is_fatal(main_process, thread, signal)) crash_dump(r, thread);
	ptrace(PTRACE_CONT, thread, 0, signal);
}
