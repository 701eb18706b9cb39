#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

void hello(int control, int area)
{
	struct agent_hello h = { .protocol = AGENT_PROTOCOL };
	char ancillary[CMSG_SPACE(sizeof area)] = { 0 };
	struct iovec part = { &h, sizeof h };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = ancillary, .msg_controllen = sizeof ancillary,
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof area);
	memcpy(CMSG_DATA(c), &area, sizeof area);
	if (sendmsg(control, &message, MSG_NOSIGNAL) < 0) _exit(1);
}

_Noreturn void hello_failure(int control, const char *stage, int error)
{
	struct agent_hello h = { .protocol = AGENT_PROTOCOL, .error = error };
	snprintf(h.stage, sizeof h.stage, "%s", stage);
	send(control, &h, sizeof h, MSG_NOSIGNAL);
	_exit(1);
}
