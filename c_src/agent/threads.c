/* What every thread in the sandbox is doing: the evidence for a hang. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

static int read_text(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return 0;
	ssize_t n = read(fd, to, size - 1);
	close(fd);
	if (n < 0) return 0;
	to[n] = 0;
	return 1;
}

/* Whether the system call would come back by itself. Its arguments are those of /proc/PID/syscall. */
static int has_timeout(long number, const unsigned long long *argument)
{
	switch (number) {
	case SYS_futex: return argument[3] != 0;
#ifdef SYS_poll
	case SYS_poll: return (int)argument[2] >= 0;
#endif
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:
#endif
	case SYS_epoll_pwait: return (int)argument[3] >= 0;
	case SYS_ppoll: return argument[2] != 0;
#ifdef SYS_select
	case SYS_select:
#endif
	case SYS_pselect6: return argument[4] != 0;
	case SYS_rt_sigtimedwait: return argument[2] != 0;
	case SYS_nanosleep:
	case SYS_clock_nanosleep: return 1;
	}
	return 0;
}

static void read_syscall(const char *text, struct agent_thread *what)
{
	unsigned long long argument[6] = { 0 };
	char *end;
	long number = strtol(text, &end, 10);
	if (end == text) return;	/* "running" */
	for (int i = 0; i < 6; i++) argument[i] = strtoull(end, &end, 16);
	what->number = (int32_t)number;
	what->timed = (uint32_t)has_timeout(number, argument);
}

/* The state letter follows the command's name, which may hold anything, also parentheses. */
static char state_letter(const char *stat)
{
	const char *end = strrchr(stat, ')');
	return end && end[1] ? end[2] : 0;
}

static int look(pid_t process, pid_t thread, struct thread_state *t)
{
	char path[96], text[512];
	*t = (struct thread_state){ .what = { process, thread, AGENT_THREAD_RUNNING, 0 } };
	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)process, (int)thread);
	if (!read_text(path, text, sizeof text)) return 0;
	char state = state_letter(text);
	if (state == 'Z' || state == 'X') return 0;
	snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)process, (int)thread);
	if (read_text(path, text, sizeof text)) {
		char *end;
		t->cpu_ns = strtoull(text, &end, 10);
		strtoull(end, &end, 10);
		t->slices = strtoull(end, &end, 10);
	}
	if (state == 't' || state == 'T') {
		t->what.number = AGENT_THREAD_STOPPED;
		return 1;
	}
	snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", (int)process, (int)thread);
	if (read_text(path, t->where, sizeof t->where)) read_syscall(t->where, &t->what);
	return 1;
}

static void each_number(const char *path, void (*visit)(struct threads *, pid_t, pid_t), struct threads *t, pid_t outer)
{
	DIR *d = opendir(path);
	struct dirent *e;
	if (!d) return;
	while ((e = readdir(d))) if (isdigit((unsigned char)*e->d_name)) visit(t, outer, atoi(e->d_name));
	closedir(d);
}

static void add_thread(struct threads *t, pid_t process, pid_t thread)
{
	if (t->count == THREADS_MAX || !look(process, thread, &t->thread[t->count])) return;
	t->cpu_ns += t->thread[t->count++].cpu_ns;
}

static void add_process(struct threads *t, pid_t unused, pid_t process)
{
	char path[64];
	(void)unused;
	if (process == 1) return;
	snprintf(path, sizeof path, "/proc/%d/task", (int)process);
	each_number(path, add_thread, t, process);
}

void threads_sample(struct threads *t)
{
	t->count = 0;
	t->cpu_ns = 0;
	each_number("/proc", add_process, t, 0);
}

static int same(const struct thread_state *a, const struct thread_state *b)
{
	return a->what.thread == b->what.thread && a->what.number == b->what.number
		&& a->cpu_ns == b->cpu_ns && a->slices == b->slices && !strcmp(a->where, b->where);
}

/* A thread that ran between the samples is not waiting, whatever it was doing at the moment of the second. */
void threads_mark_running(const struct threads *before, struct threads *now)
{
	for (int i = 0; i < now->count; i++) {
		struct thread_state *t = &now->thread[i];
		int unmoved = t->what.number == AGENT_THREAD_STOPPED;
		for (int j = 0; j < before->count && !unmoved; j++) unmoved = same(&before->thread[j], t);
		if (!unmoved) t->what.number = AGENT_THREAD_RUNNING;
	}
}

int threads_blocked(const struct threads *before, const struct threads *now, int timed)
{
	if (!now->count || before->count != now->count) return 0;
	for (int i = 0; i < now->count; i++) {
		const struct agent_thread *what = &now->thread[i].what;
		if (what->number == AGENT_THREAD_RUNNING || (what->timed && !timed)) return 0;
		if (!same(&before->thread[i], &now->thread[i])) return 0;
	}
	return 1;
}
