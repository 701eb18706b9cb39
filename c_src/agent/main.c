/* agent SOCKET ROOT PROBES: makes a sandbox of the directory ROOT, with PROBES as /probe, and serves the SEQPACKET
 * socket that it inherited as descriptor SOCKET.
 * agent --inside PATH: is process 1 of a container that is its sandbox, and connects to the socket at PATH. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

int in_container;

/* What the harness inherited from the shell must not reach the probes: nohup ignores SIGHUP, for example. */
static void forget_inheritance(void)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, 0);
	for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL);
	umask(022);
}

static int inherited_socket(const char *number)
{
	/* out of the way of descriptor 3, which belongs to the observation area */
	int control = fcntl(atoi(number), F_DUPFD_CLOEXEC, 10);
	if (control < 0) {
		fprintf(stderr, "agent: descriptor %s is not open\n", number);
		exit(2);
	}
	close(atoi(number));
	return control;
}

int main(int argc, char **argv)
{
	int control, size = AGENT_ANSWER;
	in_container = argc == 3 && !strcmp(argv[1], "--inside");
	if (!in_container && argc != 4) {
		fprintf(stderr, "usage: agent SOCKET ROOT PROBES, or agent --inside PATH\n");
		return 2;
	}
	forget_inheritance();
	control = in_container ? container_enter(argv[2]) : inherited_socket(argv[1]);
	setsockopt(control, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	if (!in_container) sandbox_enter(control, argv[2], argv[3]);
	int error = area_create();
	if (error) hello_failure(control, "create the observation area", error);
	hello(control);
	serve(control);
}
