/* Requests, one after the other, until the harness closes the socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "agent.h"

#define STRINGS_MAX 256

static union {
	uint32_t op;
	struct agent_run run;
	struct agent_file file;
	struct agent_bind bind;
	char bytes[AGENT_REQUEST + 1];
} request;

_Static_assert(sizeof(struct agent_result) + sizeof(struct observation_area) + 2 * AGENT_OUTPUT
	+ THREADS_MAX * sizeof(struct agent_thread) + CRASH_MAX <= AGENT_ANSWER, "an answer has room for all its parts");

static struct run current;
static int nothing;	/* stdin of probes that get none */

static struct {
	int error;
	char path[64];
} file_failure;

static int received_descriptor(struct msghdr *message)
{
	int fd = -1;
	struct cmsghdr *c = CMSG_FIRSTHDR(message);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

static size_t receive(int control, int *descriptor)
{
	char ancillary[CMSG_SPACE(sizeof(int))];
	struct iovec part = { &request, AGENT_REQUEST };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = ancillary, .msg_controllen = sizeof ancillary,
	};
	ssize_t n = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
	if (n <= 0) _exit(0);
	request.bytes[n] = 0;
	*descriptor = received_descriptor(&message);
	return (size_t)n;
}

static char *next_string(char **at)
{
	char *s = *at;
	*at += strlen(s) + 1;
	return s;
}

static void answer_run(int control)
{
	struct run *r = &current;
	struct agent_result *result = &r->result;
	const void *observations = area_used(&result->observations_size);
	struct iovec part[6] = {
		{ result, sizeof *result }, { (void *)observations, result->observations_size },
		{ r->standard[0], result->stdout_size }, { r->standard[1], result->stderr_size },
		{ r->threads, result->threads * sizeof *r->threads }, { r->crash, result->crash_size },
	};
	struct msghdr message = { .msg_iov = part, .msg_iovlen = 6 };
	if (sendmsg(control, &message, MSG_NOSIGNAL) < 0) _exit(1);
}

static void file_failed(struct agent_result *result)
{
	result->ended = AGENT_NOT_STARTED;
	result->error = file_failure.error;
	snprintf(result->stage, sizeof result->stage, "%s", file_failure.path);
	file_failure.error = 0;
	files_restore();
}

static void handle_run(int control, int input)
{
	static char *strings[2][STRINGS_MAX + 1];
	char *at = request.bytes + sizeof request.run;
	uint32_t count[2] = { request.run.argc, request.run.envc };
	if (count[0] > STRINGS_MAX || count[1] > STRINGS_MAX) _exit(1);
	current.request = &request.run;
	current.control = control;
	current.input = input < 0 ? nothing : input;
	current.path = next_string(&at);
	for (int list = 0; list < 2; list++) {
		for (uint32_t i = 0; i < count[list]; i++) strings[list][i] = next_string(&at);
		strings[list][count[list]] = 0;
	}
	current.argv = strings[0];
	current.envp = strings[1];
	memset(&current.result, 0, sizeof current.result);
	if (file_failure.error) file_failed(&current.result);
	else run(&current);
	answer_run(control);
}

static void handle_file(size_t size)
{
	char *at = request.bytes + sizeof request.file;
	const char *path = next_string(&at);
	size_t used = (size_t)(at - request.bytes);
	int error = file_prepare(request.file.flags, path, at, size > used ? size - used : 0);
	if (!error || file_failure.error) return;
	file_failure.error = error;
	snprintf(file_failure.path, sizeof file_failure.path, "prepare %.50s", path);
}

static void handle_bind(int control)
{
	int s = bind_socket(&request.bind);
	struct agent_bound answer = { s < 0 ? -s : 0 };
	send_message(control, &answer, sizeof answer, s);
	if (s >= 0) close(s);
}

_Noreturn void serve(int control)
{
	static char standard[2][AGENT_OUTPUT], crash[CRASH_MAX];
	static struct agent_thread threads[THREADS_MAX];
	current = (struct run){ .standard = { standard[0], standard[1] }, .threads = threads, .crash = crash };
	nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing < 0 || clean_up()) _exit(1);
	for (;;) {
		int descriptor;
		size_t size = receive(control, &descriptor);
		switch (request.op) {
		case AGENT_RUN: handle_run(control, descriptor); break;
		case AGENT_FILE: handle_file(size); break;
		case AGENT_BIND: handle_bind(control); break;
		default: _exit(1);
		}
		if (descriptor >= 0) close(descriptor);
	}
}
