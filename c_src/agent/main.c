/* agent SOCKET ROOT PROBES: makes a sandbox of the directory ROOT, with PROBES as /probe, and serves the SEQPACKET
 * socket that it inherited as descriptor SOCKET. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

/* What the harness inherited from the shell must not reach the probes: nohup ignores SIGHUP, for example. */
static void forget_inheritance(void)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, 0);
	for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL);
	umask(022);
}

int main(int argc, char **argv)
{
	int size = AGENT_ANSWER;
	if (argc != 4) {
		fprintf(stderr, "usage: agent SOCKET ROOT PROBES\n");
		return 2;
	}
	/* out of the way of descriptor 3, which belongs to the observation area */
	int control = fcntl(atoi(argv[1]), F_DUPFD_CLOEXEC, 10);
	if (control < 0) {
		fprintf(stderr, "agent: descriptor %s is not open\n", argv[1]);
		return 2;
	}
	close(atoi(argv[1]));
	forget_inheritance();
	setsockopt(control, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	sandbox_enter(control, argv[2], argv[3]);
	int error = area_create();
	if (error) hello_failure(control, "create the observation area", error);
	hello(control);
	serve(control);
}
