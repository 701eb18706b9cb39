/* What a thread or a child process is doing, as the kernel tells it. Probes order their threads by it where
 * a semaphore cannot: when the other side must already sleep inside the call that is looked at. */
#ifndef THREAD_STATE_H
#define THREAD_STATE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREAD_GONE (-1)

static inline int thread_id(void)
{
	return (int)syscall(SYS_gettid);
}

/* Reads a file of /proc/PROCESS/task/THREAD; 0 if the thread is gone. */
static inline int thread_file(int process, int thread, const char *name, char *text, size_t size)
{
	char path[80];
	snprintf(path, sizeof path, "/proc/%d/task/%d/%s", process, thread, name);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0) return 0;
	ssize_t length = read(file, text, size - 1);
	close(file);
	text[length > 0 ? length : 0] = 0;
	return length > 0;
}

static inline unsigned long long thread_mask(const char *status, const char *field)
{
	const char *at = strstr(status, field);
	return at ? strtoull(at + strlen(field), 0, 16) : 0;
}

/* The number of the system call that the thread sleeps in, THREAD_GONE if it is gone or a zombie, or -2 if it
 * runs, is stopped, or has a signal to handle first. */
static inline long thread_sleeps_in(int process, int thread)
{
	char status[4096], call[128];
	if (!thread_file(process, thread, "status", status, sizeof status)) return THREAD_GONE;
	const char *state = strstr(status, "State:\t");
	if (!state) return -2;
	if (state[7] == 'Z' || state[7] == 'X') return THREAD_GONE;
	if (state[7] != 'S') return -2;
	if (thread_mask(status, "SigPnd:\t") & ~thread_mask(status, "SigBlk:\t")) return -2;
	if (!thread_file(process, thread, "syscall", call, sizeof call)) return THREAD_GONE;
	return call[0] >= '0' && call[0] <= '9' ? atol(call) : -2;
}

static inline void thread_state_pause(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 200000}, 0);
}

/* Waits until the thread sleeps in any system call, or is gone; says which. */
static inline long wait_until_asleep(int process, int thread)
{
	long call;
	while ((call = thread_sleeps_in(process, thread)) == -2) thread_state_pause();
	return call;
}

static inline void wait_until_gone(int thread)
{
	while (thread_sleeps_in(getpid(), thread) != THREAD_GONE) thread_state_pause();
}

#endif
