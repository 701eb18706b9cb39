/* One lookup by getnameinfo.
 *
 *	ADDRESS[%SCOPE] PORT [--flags=namereqd,numerichost,...] [--host-size=BYTES] [--service-size=BYTES]
 *		[--length=BYTES, of the address]
 *
 * Facts: result (0 or the code's name), host and service where it succeeded and there was room asked for.
 * Info: elapsed, in seconds. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>

#include "eai_name.h"
#include "observation.h"
#include "seconds.h"
#include "words.h"

static const struct word flags[] = {
	{"namereqd", NI_NAMEREQD}, {"numerichost", NI_NUMERICHOST}, {"numericserv", NI_NUMERICSERV},
	{"nofqdn", NI_NOFQDN}, {"dgram", NI_DGRAM}, {"numericscope", 0x100}, {0}
};

/* Returns the address's length. */
static socklen_t read_address(struct sockaddr_in6 *to, char *text, unsigned port)
{
	struct sockaddr_in *in = (void *)to;
	char *scope = strchr(text, '%');
	if (scope) *scope++ = 0;
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return sizeof *in;
	}
	inet_pton(AF_INET6, text, &to->sin6_addr);
	to->sin6_family = AF_INET6;
	to->sin6_port = htons(port);
	if (scope) to->sin6_scope_id = if_nametoindex(scope);
	if (scope && !to->sin6_scope_id) to->sin6_scope_id = strtoul(scope, NULL, 10);
	return sizeof *to;
}

int main(int argc, char **argv)
{
	if (argc < 3) return 2;
	static char host[1025], service[64];
	struct sockaddr_in6 address = {0};
	socklen_t length = read_address(&address, operand(argv, 0), strtoul(operand(argv, 1), NULL, 10));
	socklen_t host_size = number_option(argv, "host-size", sizeof host);
	socklen_t service_size = number_option(argv, "service-size", sizeof service);
	length = number_option(argv, "length", length);
	double start = seconds();
	int result = getnameinfo((void *)&address, length, host_size ? host : NULL, host_size,
		service_size ? service : NULL, service_size, word_value(flags, option(argv, "flags", "")));
	info_real("elapsed", seconds() - start);
	fact_eai("result", result);
	if (!result && host_size) fact_text("host", host);
	if (!result && service_size) fact_text("service", service);
	return 0;
}
