/* One message to the harness, with a descriptor if there is one to hand out. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

/* Without the harness there is nobody left to work for. */
void send_message(int control, const void *data, size_t size, int descriptor)
{
	char ancillary[CMSG_SPACE(sizeof descriptor)] = { 0 };
	struct iovec part = { (void *)data, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	if (descriptor >= 0) {
		message.msg_control = ancillary;
		message.msg_controllen = sizeof ancillary;
		struct cmsghdr *c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof descriptor);
		memcpy(CMSG_DATA(c), &descriptor, sizeof descriptor);
	}
	if (sendmsg(control, &message, MSG_NOSIGNAL) < 0) _exit(1);
}
