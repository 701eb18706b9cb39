/* One lookup by getaddrinfo when the process may open only a few more descriptors.
 *
 *	NAME FREE [--family=inet]
 *
 * Facts: result (0 or the code's name), errno where that is EAI_SYSTEM, addresses (their number). */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "eai_name.h"
#include "errno_name.h"
#include "observation.h"
#include "words.h"

static const struct word families[] = {{"unspec", AF_UNSPEC}, {"inet", AF_INET}, {0}};

int main(int argc, char **argv)
{
	if (argc < 3) return 2;
	struct addrinfo *list = NULL, hints = {
		.ai_family = word_value(families, option(argv, "family", "unspec")),
		.ai_socktype = SOCK_STREAM,
	};
	int used = 0, n = 0;
	while (fcntl(used, F_GETFD) >= 0) used++;
	const struct rlimit limit = {used + strtol(operand(argv, 1), NULL, 10), 256};
	if (setrlimit(RLIMIT_NOFILE, &limit)) return 2;
	int result = getaddrinfo(operand(argv, 0), NULL, &hints, &list), error = errno;
	for (struct addrinfo *entry = list; entry; entry = entry->ai_next) n++;
	fact_eai("result", result);
	if (result == EAI_SYSTEM) fact_text("errno", errno_name(error));
	fact_int("addresses", n);
	return 0;
}
