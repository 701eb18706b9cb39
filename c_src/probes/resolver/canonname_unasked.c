/* What ai_canonname is when AI_CANONNAME was not asked for.
 *
 *	NAME
 *
 * Facts: canonname. */
#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>

#include "observation.h"

int main(int argc, char **argv)
{
	struct addrinfo *list, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	if (argc < 2 || getaddrinfo(argv[1], NULL, &hints, &list)) return 2;
	fact_text("canonname", list->ai_canonname);
	return 0;
}
