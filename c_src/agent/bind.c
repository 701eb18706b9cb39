/* Sockets bound inside the sandbox's network and handed out to the scripted name server. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

static int bind_to(int s, const struct agent_bind *request)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)request->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)request->port) };
	int on = 1;
	/* for TCP only: two UDP sockets could share an address then, and each would get some of the queries */
	if (request->stream) setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (request->family == 4) {
		memcpy(&v4.sin_addr, request->address, sizeof v4.sin_addr);
		return bind(s, (struct sockaddr *)&v4, sizeof v4);
	}
	memcpy(&v6.sin6_addr, request->address, sizeof v6.sin6_addr);
	setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	return bind(s, (struct sockaddr *)&v6, sizeof v6);
}

/* A process that the harness is starting holds copies of its sockets until it executes: an address that the last
 * case used becomes free a moment after the harness closed it. */
static int bind_patiently(int s, const struct agent_bind *request)
{
	for (int left = 2000; bind_to(s, request); left--) {
		if (errno != EADDRINUSE || !left) return errno;
		usleep(1000);
	}
	return 0;
}

int bind_socket(const struct agent_bind *request)
{
	int family = request->family == 4 ? AF_INET : AF_INET6;
	int s = socket(family, (request->stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0) return -errno;
	int error = bind_patiently(s, request);
	if (!error && (!request->stream || !listen(s, 128))) return s;
	if (!error) error = errno;
	close(s);
	return -error;
}
