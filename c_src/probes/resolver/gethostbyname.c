/* One lookup by gethostbyname, or by gethostbyname2 where a family is given.
 *
 *	NAME [--family=inet|inet6|N]
 *
 * Facts: result (0 or the name of h_errno); of a host its name, aliases, addresses (their number), order or
 * first and last. Info: elapsed, in seconds. */
#include <netdb.h>
#include <sys/socket.h>

#include "h_errno_name.h"
#include "hostent_facts.h"
#include "observation.h"
#include "seconds.h"
#include "words.h"

static const struct word families[] = {{"inet", AF_INET}, {"inet6", AF_INET6}, {0}};

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	const char *family = option(argv, "family", NULL), *name = operand(argv, 0);
	h_errno = H_ERRNO_UNTOUCHED;
	double start = seconds();
	struct hostent *host = family ? gethostbyname2(name, word_value(families, family)) : gethostbyname(name);
	info_real("elapsed", seconds() - start);
	hostent_result(host);
	return 0;
}
