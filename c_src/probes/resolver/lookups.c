/* Several lookups by getaddrinfo, one after the other in one process.
 *
 *	NAME... [--family=inet|inet6]
 *
 * Facts: results (0 or the code's name) and addresses (their number), in order. Info: elapsed, in seconds. */
#include <netdb.h>
#include <sys/socket.h>

#include "eai_name.h"
#include "observation.h"
#include "seconds.h"
#include "words.h"

static const struct word families[] = {{"unspec", AF_UNSPEC}, {"inet", AF_INET}, {"inet6", AF_INET6}, {0}};

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	struct addrinfo hints = {
		.ai_family = word_value(families, option(argv, "family", "unspec")),
		.ai_socktype = SOCK_STREAM,
	};
	double start = seconds();
	for (int i = 0; operand(argv, i); i++) {
		struct addrinfo *list = NULL;
		int n = 0, result = getaddrinfo(operand(argv, i), NULL, &hints, &list);
		item_text("results", eai_name(result));
		for (struct addrinfo *entry = list; entry; entry = entry->ai_next) n++;
		item_int("addresses", n);
		if (!result) freeaddrinfo(list);
	}
	info_real("elapsed", seconds() - start);
	return 0;
}
