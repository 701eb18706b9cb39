/* What a sandbox has to survive. The argument says which. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "observation.h"

static void fork_bomb(void)
{
	int forked = 0;
	for (int i = 0; i < 10000; i++) {
		pid_t pid = fork();
		if (!pid) for (;;) fork();
		if (pid > 0) forked++;
	}
	fact_bool("some forked", forked > 0);
	fact_bool("all forked", forked == 10000);
}

static void memory_hog(void)
{
	size_t got = 0;
	for (char *p; got < 1u << 30 && (p = malloc(1 << 20)); got += 1 << 20) memset(p, 1, 1 << 20);
	fact_bool("limited", got < 1u << 30);
}

static void flood(void)
{
	static char block[65536];
	memset(block, 'x', sizeof block);
	for (int i = 0; i < 16384; i++) for (size_t n = 0; n < sizeof block; n += (size_t)write(1, block, sizeof block));
}

static void fill(const char *path)
{
	static char block[1 << 20];
	char name[64];
	int error = 0;
	for (int i = 0; i < 200 && !error; i++) {
		snprintf(name, sizeof name, "%s/%d", path, i);
		int fd = open(name, O_CREAT | O_WRONLY, 0600);
		if (fd < 0 || write(fd, block, sizeof block) < 0) error = errno;
		close(fd);
	}
	chmod(path, 0);
	fact_bool("full", error == ENOSPC);
}

static void daemonise(void)
{
	if (fork()) return;
	setsid();
	if (fork()) _exit(0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (;;) pause();
}

static void ignore_term(void)
{
	signal(SIGTERM, SIG_IGN);
	kill(getpid(), SIGTERM);
	step("still here");
	for (;;) pause();
}

static void stop_self(void)
{
	step("stopping");
	raise(SIGSTOP);
	step("continued");
}

static void stop_and_continue(void)
{
	pid_t child = fork();
	if (!child) {
		raise(SIGSTOP);
		_exit(7);
	}
	int status;
	waitpid(child, &status, WUNTRACED);
	fact_bool("stopped", WIFSTOPPED(status));
	kill(child, SIGCONT);
	waitpid(child, &status, 0);
	fact_int("exit", WEXITSTATUS(status));
}

static void scribble(void)
{
	unsigned seed = 1;
	for (size_t i = 0; i < sizeof *observation_area / 4; i++)
		((volatile unsigned *)observation_area)[i] = seed = seed * 1103515245 + 12345;
}

static void leave_ipc(void)
{
	int id = shmget(4711, 4096, IPC_CREAT | 0600);
	fact_bool("created", id >= 0);
	int fd = open("/dev/shm/left", O_CREAT | O_WRONLY, 0600);
	fact_bool("shm", fd >= 0);
	fd = open("/tmp/left", O_CREAT | O_WRONLY, 0600);
	fact_bool("tmp", fd >= 0);
}

static void look_for_leavings(void)
{
	fact_bool("ipc", shmget(4711, 4096, 0600) >= 0);
	fact_bool("shm", !access("/dev/shm/left", F_OK));
	fact_bool("tmp", !access("/tmp/left", F_OK));
}

static void privileges(void)
{
	struct timespec t = { 0, 0 };
	fact_int("uid", getuid());
	fact_bool("set clock", !clock_settime(CLOCK_REALTIME, &t));
	fact_bool("set host name", !sethostname("mine", 4));
	fact_bool("mount", !mount("tmpfs", "/tmp", "tmpfs", 0, 0));
	fact_bool("write /usr", open("/usr/x", O_CREAT | O_WRONLY, 0600) >= 0);
	fact_bool("write /etc", open("/etc/hosts", O_WRONLY) >= 0);
	fact_bool("trace process 1", !ptrace(PTRACE_ATTACH, 1, 0, 0));
	fact_bool("kill process 1", (kill(1, SIGKILL), kill(1, 0)) && errno == ESRCH);
	fact_bool("namespace", !unshare(CLONE_NEWUSER));
	fact_bool("home", !access("/root", F_OK) || !access("/home", F_OK));
}

static void *wait_for(void *lock)
{
	pthread_mutex_lock(lock);
	return 0;
}

static void spin_in_threads(void)
{
	pthread_t thread;
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&lock);
	pthread_create(&thread, 0, wait_for, &lock);
	for (;;);
}

static void deadlock(void)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&lock);
	pthread_mutex_lock(&lock);
}

static void close_three(void)
{
	close(3);
	fact_bool("closed", fcntl(3, F_GETFD) < 0);
}

static void shrink_three(void)
{
	fact_bool("shrunk", !ftruncate(3, 0));
}

static void inherited(void)
{
	struct rlimit l;
	struct sigaction action;
	mode_t mask = umask(0);
	getrlimit(RLIMIT_STACK, &l);
	sigaction(SIGHUP, 0, &action);
	fact_int("stack", (int64_t)l.rlim_cur);
	fact_bool("hangup ignored", action.sa_handler == SIG_IGN);
	fact_int("umask", mask);
}

static void many_records(void)
{
	for (int i = 0; i < 2000; i++) info_int("n", i);
}

static const struct { const char *name; void (*run)(void); } pattern[] = {
	{ "fork-bomb", fork_bomb }, { "memory-hog", memory_hog }, { "flood", flood }, { "daemon", daemonise },
	{ "ignore-term", ignore_term }, { "stop", stop_self }, { "stop-and-continue", stop_and_continue },
	{ "scribble", scribble }, { "leave", leave_ipc }, { "look", look_for_leavings }, { "privileges", privileges },
	{ "spin", spin_in_threads }, { "deadlock", deadlock }, { "close-3", close_three }, { "shrink-3", shrink_three },
	{ "many-records", many_records }, { "abort", abort }, { "inherited", inherited },
};

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	if (!strcmp(name, "fill")) fill("/tmp");
	if (!strcmp(name, "kill-group")) kill(0, SIGKILL);
	if (!strcmp(name, "kill-all")) kill(-1, SIGKILL);
	if (!strcmp(name, "null")) *(volatile int *)0 = 1;
	if (!strcmp(name, "environment")) for (char **e = environ; *e; e++) item_text("environment", *e);
	if (!strcmp(name, "sleep")) sleep(1);
	for (size_t i = 0; i < sizeof pattern / sizeof *pattern; i++) if (!strcmp(name, pattern[i].name)) pattern[i].run();
	return 0;
}
