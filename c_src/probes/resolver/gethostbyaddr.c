/* One reverse lookup by gethostbyaddr.
 *
 *	ADDRESS
 *
 * Facts: result (0 or the name of h_errno); of a host its name, aliases, addresses (their number) and order.
 * Info: elapsed, in seconds. */
#include <arpa/inet.h>
#include <netdb.h>

#include "h_errno_name.h"
#include "hostent_facts.h"
#include "observation.h"
#include "seconds.h"

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	unsigned char address[16];
	int v4 = inet_pton(AF_INET, argv[1], address) == 1;
	if (!v4) inet_pton(AF_INET6, argv[1], address);
	h_errno = H_ERRNO_UNTOUCHED;
	double start = seconds();
	struct hostent *host = gethostbyaddr(address, v4 ? 4 : 16, v4 ? AF_INET : AF_INET6);
	info_real("elapsed", seconds() - start);
	hostent_result(host);
	return 0;
}
