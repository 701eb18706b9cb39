/* What is different where a container engine made the sandbox. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent.h"

static void give_up(const char *what)
{
	perror(what);
	exit(2);
}

void container_traceable(int traceable)
{
	prctl(PR_SET_DUMPABLE, traceable);
}

int container_enter(const char *socket_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (s < 0 || connect(s, (struct sockaddr *)&address, sizeof address)) give_up("agent: connect");
	/* out of the way of descriptor 3, which belongs to the observation area */
	int control = fcntl(s, F_DUPFD_CLOEXEC, 10);
	if (control < 0) give_up("agent: move the socket");
	close(s);
	/* probes are of the same user: without this they could trace us, and look through our descriptors */
	container_traceable(0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) give_up("agent: set no_new_privs");
	return control;
}

uint64_t container_memory_kills(void)
{
	/* of the second and the first version of control groups; engines show a container its own */
	static const char *const place[] = { "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control" };
	char text[1024];
	for (int i = 0; i < 2; i++) {
		int fd = open(place[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0) continue;
		ssize_t size = read(fd, text, sizeof text - 1);
		close(fd);
		text[size > 0 ? size : 0] = 0;
		char *line = strstr(text, "oom_kill ");
		if (line) return strtoull(line + strlen("oom_kill "), 0, 10);
	}
	return 0;
}
