/* One case: start the probe, follow it to its end or to the evidence that it has none, kill what it left. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define MS 1000000ull
/* How far apart samples are taken once the time is up. */
#define SAMPLE_NS (50 * MS)
/* When waits that would end by themselves count as a hang too, and when even a busy machine is no excuse. */
#define PATIENCE_MS(time_ms) (5ull * (time_ms) + 2000)
#define GIVE_UP_MS(time_ms) (20ull * (time_ms) + 60000)

struct watch {
	struct run *run;
	struct output output;
	pid_t process;
	int running;
	int alone;	/* no process is left but ourselves */
	uint64_t started, next_look, patience, give_up;
	struct threads *before, *now;
};

uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

static int child_signals(void)
{
	static int fd = -1;
	sigset_t set;
	if (fd >= 0) return fd;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, 0);
	return fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void ended(struct watch *w, int status, const struct rusage *usage)
{
	struct agent_result *result = &w->run->result;
	w->running = 0;
	result->ended = AGENT_ENDED;
	result->status = status;
	result->wall_ns = now_ns() - w->started;
	result->user_us = (uint64_t)usage->ru_utime.tv_sec * 1000000 + (uint64_t)usage->ru_utime.tv_usec;
	result->system_us = (uint64_t)usage->ru_stime.tv_sec * 1000000 + (uint64_t)usage->ru_stime.tv_usec;
	result->max_rss_kib = (uint32_t)usage->ru_maxrss;
}

static void take_children(struct watch *w)
{
	struct signalfd_siginfo ignored[8];
	struct rusage usage;
	pid_t pid;
	int status;
	/* a signal that stays unread only makes us look once more */
	if (read(child_signals(), ignored, sizeof ignored) < 0) return;
	while ((pid = wait4(-1, &status, WNOHANG | __WALL, &usage)) > 0) {
		if (WIFSTOPPED(status)) trace_stopped(w->run, w->process, pid, status);
		else if (pid == w->process) ended(w, status, &usage);
	}
	w->alone = pid < 0;
}

static void hangs(struct watch *w, uint32_t how)
{
	struct agent_result *result = &w->run->result;
	w->running = 0;
	result->ended = how;
	result->wall_ns = now_ns() - w->started;
	threads_mark_running(w->before, w->now);
	result->threads = (uint32_t)w->now->count;
	for (int i = 0; i < w->now->count; i++) w->run->threads[i] = w->now->thread[i].what;
}

/* The clock alone proves nothing on a busy machine. Blocked for good, or as much CPU time used as was allowed
 * in all, does; waits with a time-out count only when the probe is far over its time. */
static void look_for_hang(struct watch *w)
{
	struct threads *swap = w->before;
	uint64_t now = now_ns(), allowed = w->run->request->time_ms * MS;
	w->before = w->now;
	w->now = swap;
	threads_sample(w->now);
	int late = now >= w->patience, compared = w->before->count > 0;
	if (compared && (threads_blocked(w->before, w->now, late) || w->now->cpu_ns >= allowed)) hangs(w, AGENT_HANGS);
	else if (now >= w->give_up) hangs(w, AGENT_NO_EVIDENCE);
	w->next_look = now + SAMPLE_NS;
}

static struct timespec until(uint64_t when)
{
	uint64_t now = now_ns(), left = when > now ? when - now : 0;
	return (struct timespec){ (time_t)(left / (1000 * MS)), (long)(left % (1000 * MS)) };
}

static void follow(struct watch *w)
{
	struct pollfd p[4] = {
		{ child_signals(), POLLIN, 0 }, { w->run->control, 0, 0 },
		{ w->output.reader[0], POLLIN, 0 }, { w->output.reader[1], POLLIN, 0 },
	};
	while (w->running) {
		struct timespec wait = until(w->next_look);
		if (ppoll(p, 4, &wait, 0) < 0 && errno != EINTR) _exit(1);
		/* the harness is gone: our end takes the whole sandbox along */
		if (p[1].revents & (POLLHUP | POLLERR)) _exit(0);
		for (int i = 0; i < 2; i++) if (p[2 + i].revents) output_read(&w->output, w->run, i);
		if (p[0].revents) take_children(w);
		if (w->running && now_ns() >= w->next_look) look_for_hang(w);
	}
}

/* Process 1 can kill everything else in its namespace at once; nothing can fork away from that. */
static uint32_t kill_all(void)
{
	uint32_t killed = 0;
	int status;
	kill(-1, SIGKILL);
	while (waitpid(-1, &status, __WALL) > 0) killed += !WIFSTOPPED(status);
	return killed;
}

/* Who was killed for want of memory says nothing about the libc. */
static void check_memory(struct watch *w)
{
	static uint64_t known;
	uint64_t kills = container_memory_kills();
	if (kills != known) w->run->result.ended = AGENT_OUT_OF_MEMORY;
	known = kills;
}

static void finish(struct watch *w)
{
	struct agent_result *result = &w->run->result;
	if (!w->alone) result->left_behind = kill_all();
	if (in_container) check_memory(w);
	if (result->ended == AGENT_HANGS || result->ended == AGENT_NO_EVIDENCE) result->left_behind = 0;
	output_finish(&w->output, w->run);
	int error = files_restore();
	if (!error) error = clean_up();
	if (error) {
		/* the next case would meet this one's leavings: better no agent than a dirty one */
		fprintf(stderr, "agent: cannot clean up: %s\n", strerror(error));
		_exit(1);
	}
}

void run(struct run *r)
{
	static struct threads sample[2];
	struct watch w = { .run = r, .running = 1, .before = &sample[0], .now = &sample[1] };
	child_signals();
	sample[0].count = sample[1].count = 0;
	if (output_open(&w.output)) _exit(1);
	area_reset();
	w.started = now_ns();
	w.next_look = w.started + r->request->time_ms * MS;
	w.patience = w.started + PATIENCE_MS(r->request->time_ms) * MS;
	w.give_up = w.started + GIVE_UP_MS(r->request->time_ms) * MS;
	w.process = spawn(r, w.output.writer[0], w.output.writer[1]);
	if (w.process > 0) {
		follow(&w);
		spawn_check(r);
	}
	finish(&w);
}
