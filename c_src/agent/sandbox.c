/* The sandbox: user, mount, process, network, IPC and host name namespaces of its own, and a root that holds the
 * tested libc's files and nothing else of the machine. The same as root and as an ordinary user. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <grp.h>
#include <linux/capability.h>

#include "agent.h"

#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
/* The user outside that stands for probes when root runs them: root itself is exempt from limits on processes. */
#define NOBODY 65534

static int control_socket;

void try(const char *stage, long result)
{
	if (result < 0) hello_failure(control_socket, stage, errno);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	try(path, fd);
	try(path, write(fd, text, strlen(text)));
	close(fd);
}

static void map_own_user(uid_t user, gid_t group)
{
	char line[64];
	write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof line, "%d %d 1", PROBE_ID, (int)user);
	write_file("/proc/self/uid_map", line);
	snprintf(line, sizeof line, "%d %d 1", PROBE_ID, (int)group);
	write_file("/proc/self/gid_map", line);
}

/* A process that stayed outside writes the maps: only root there may map more than itself. */
static void map_two_users(pid_t inside, int ready)
{
	static const char *const kind[] = { "uid_map", "gid_map" };
	char path[64], lines[64], byte;
	if (read(ready, &byte, 1) != 1) _exit(1);
	snprintf(lines, sizeof lines, "0 0 1\n%d %d 1\n", PROBE_ID, NOBODY);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", (int)inside, kind[i]);
		write_file(path, lines);
	}
	_exit(0);
}

static void unshare_as_root(void)
{
	int ready[2], status;
	try("make a pipe", pipe2(ready, O_CLOEXEC));
	pid_t inside = getpid(), mapper = fork();
	try("fork", mapper);
	if (!mapper) {
		close(ready[1]);
		map_two_users(inside, ready[0]);
	}
	try("make user, mount, process, network, IPC and host name namespaces", unshare(NAMESPACES));
	try("tell the mapper", write(ready[1], "", 1));
	close(ready[0]);
	close(ready[1]);
	try("wait for the mapper", waitpid(mapper, &status, 0));
	if (status) _exit(1);
}

static void unshare_as_user(void)
{
	uid_t user = geteuid();
	gid_t group = getegid();
	try("make user, mount, process, network, IPC and host name namespaces", unshare(NAMESPACES));
	map_own_user(user, group);
}

/* The first process stays outside the process namespace and only waits for process 1 inside. */
static void become_first_process(void)
{
	pid_t child = fork();
	try("fork", child);
	if (child) {
		int status = 0;
		close(control_socket);
		waitpid(child, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	try("follow the parent's death", prctl(PR_SET_PDEATHSIG, SIGKILL));
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	try("make a socket", s);
	try("bring the loopback interface up", ioctl(s, SIOCSIFFLAGS, &request));
	close(s);
}

/* Root becomes the probes' user, but process 1 keeps what it needs to mount, trace and bind. */
static void become_probe_user(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	try("drop supplementary groups", setgroups(0, 0));
	try("keep capabilities", prctl(PR_SET_KEEPCAPS, 1));
	try("become the probes' group", setresgid(PROBE_ID, PROBE_ID, PROBE_ID));
	try("become the probes' user", setresuid(PROBE_ID, PROBE_ID, PROBE_ID));
	try("read capabilities", syscall(SYS_capget, &header, data));
	for (int i = 0; i < 2; i++) data[i].effective = data[i].permitted;
	try("raise capabilities", syscall(SYS_capset, &header, data));
	/* lost with the change of user; a child that still shares our memory could not be traced without */
	try("become traceable", prctl(PR_SET_DUMPABLE, 1));
}

/* What a probe can never have: capabilities and set-user-ID programs. Having fewer capabilities than process 1, it
 * cannot trace it either. */
static void forbid_privileges(void)
{
	for (int c = 0; c < 64; c++) prctl(PR_CAPBSET_DROP, c);
	try("set no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

void sandbox_enter(int control, const char *root, const char *probes)
{
	int as_root = !geteuid();
	control_socket = control;
	if (as_root) unshare_as_root();
	else unshare_as_user();
	become_first_process();
	loopback_up();
	try("set the host name", sethostname("probe", 5));
	root_build(root, probes);
	write_file("/proc/sys/user/max_user_namespaces", "0");
	if (as_root) become_probe_user();
	forbid_privileges();
}
