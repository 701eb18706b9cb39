/* The agent: process 1 of a sandbox, which runs probes one after the other and reports how each ended. */
#ifndef AGENT_H
#define AGENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "agent_protocol.h"
#include "observation_record.h"

/* The identity that probes run under inside the sandbox. */
#define PROBE_ID 1000

/* main.c: whether a container engine made the sandbox. Then nothing can be mounted or unshared, and the agent is the
 * same user as the probes, without any capability. */
extern int in_container;

/* container.c: connects to the harness's socket, and closes the agent's own process to probes; does not return
 * without a connection. */
int container_enter(const char *socket_path);
/* How many processes the kernel has killed because the container was out of memory. */
uint64_t container_memory_kills(void);
/* A child that shares our memory can only be traced while we can be. */
void container_traceable(int traceable);

/* sandbox.c: new namespaces, the root of root.c, privileges dropped; returns in process 1. */
void sandbox_enter(int control, const char *root, const char *probes);
/* Reports the stage and errno over the control socket, and exits, if the result is negative. */
void try(const char *stage, long result);

/* root.c */
void root_build(const char *root, const char *probes);
/* The root is read-only but while files are prepared. */
int root_writable(int writable);
int scratch_mount(const char *where);
int mqueue_mount(void);

/* send.c: exits if the harness is gone. `descriptor` may be negative: none. */
void send_message(int control, const void *data, size_t size, int descriptor);

/* hello.c */
void hello(int control);
_Noreturn void hello_failure(int control, const char *stage, int error);

/* serve.c: takes requests until the other side closes the socket. */
_Noreturn void serve(int control);

/* files.c: both return an errno, 0 for success. */
int file_prepare(uint32_t flags, const char *path, const char *content, size_t size);
int files_restore(void);

/* bind.c: a bound socket, or an errno negated. */
int bind_socket(const struct agent_bind *request);

/* clean.c: empties what a probe may have left in file systems and IPC; returns an errno. */
int clean_up(void);

/* delete.c: the same without a mount; both return an errno. */
int delete_below(const char *path);
int delete_ipc(void);

/* area.c: creation returns an errno, 0 for success. */
int area_create(void);
void area_reset(void);
/* The head and the records in use; to be called when no probe is left that could change them. */
const void *area_used(uint32_t *size);

/* run.c */
struct run {
	const struct agent_run *request;
	const char *path;
	char **argv, **envp;
	int input;
	int control;
	struct agent_result result;
	char *standard[2];	/* stdout and stderr, AGENT_OUTPUT bytes each */
	struct agent_thread *threads;
	char *crash;
};

void run(struct run *r);

/* spawn.c: starts the probe, traced, with its ends of the pipes; the process id, or -1 with the result filled. */
pid_t spawn(struct run *r, int out, int err);
/* Once the probe has ended: fills the result if it could not be executed at all. */
void spawn_check(struct run *r);

/* output.c: keeps the first AGENT_OUTPUT bytes of each stream and counts the rest. */
struct output {
	int reader[2], writer[2];
	uint64_t total[2];
};

int output_open(struct output *o);
int output_read(struct output *o, struct run *r, int stream);
void output_finish(struct output *o, struct run *r);

/* trace.c: lets a stopped tracee go on, after looking at a crash. */
void trace_stopped(struct run *r, pid_t main_process, pid_t thread, int status);

/* crash.c: fills run.crash with what a dying thread's registers, stack and maps say. */
#define CRASH_STACK 32768
#define CRASH_MAPS 16384
#define CRASH_MAX (sizeof(struct agent_crash) + 512 + CRASH_STACK + CRASH_MAPS)
void crash_dump(struct run *r, pid_t thread);

/* threads.c: what every thread in the sandbox is doing. */
#define THREADS_MAX 256
struct thread_state {
	struct agent_thread what;
	uint64_t cpu_ns, slices;
	char where[160];
};
struct threads {
	int count;
	uint64_t cpu_ns;
	struct thread_state thread[THREADS_MAX];
};

void threads_sample(struct threads *t);
/* Whether no thread ran between the samples; `timed` also counts waits that have a time-out. */
int threads_blocked(const struct threads *before, const struct threads *now, int timed);

void threads_mark_running(const struct threads *before, struct threads *now);

uint64_t now_ns(void);

#endif
