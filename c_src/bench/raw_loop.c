/* raw_loop SOCKET ROOT PROBES PROGRAM COUNT: what the agent is measured against. Starts PROGRAM COUNT times in the
 * agent's own sandbox with nothing but posix_spawn and waitpid, and writes the nanoseconds taken to SOCKET. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int spawn_once(const char *program)
{
	char *argv[] = { "raw", 0 }, *envp[] = { "PATH=/usr/bin:/bin", 0 };
	pid_t pid;
	int status;
	if (posix_spawn(&pid, program, 0, 0, argv, envp)) return -1;
	if (waitpid(pid, &status, 0) != pid || status) return -1;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 6) return 2;
	int control = fcntl(atoi(argv[1]), F_DUPFD_CLOEXEC, 10);
	sandbox_enter(control, argv[2], argv[3]);
	if (area_create()) return 1;
	area_reset();
	uint64_t start = now();
	for (int i = atoi(argv[5]); i > 0; i--) try("run the program", spawn_once(argv[4]));
	uint64_t taken = now() - start;
	return send(control, &taken, sizeof taken, 0) < 0;
}
