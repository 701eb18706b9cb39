/* What inet_aton, inet_pton and getaddrinfo with AI_NUMERICHOST make of strings.
 *
 *	TEXT...
 *
 * Facts: aton, pton (in the family that takes it) and getaddrinfo, each a list with, for every string in
 * order, the address or what it was refused with. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>

#include "address_text.h"
#include "eai_name.h"
#include "observation.h"

static void record(const char *name, int accepted, int family, const void *address)
{
	char text[ADDRESS_TEXT];
	if (accepted) address_text(text, family, address);
	item_text(name, accepted ? text : "refused");
}

static void record_getaddrinfo(const char *string)
{
	struct addrinfo *list, hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	char text[ADDRESS_TEXT];
	int result = getaddrinfo(string, NULL, &hints, &list);
	if (!result) socket_address_text(text, list->ai_addr);
	item_text("getaddrinfo", result ? eai_name(result) : text);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		unsigned char address[16];
		record("aton", inet_aton(argv[i], (struct in_addr *)address), AF_INET, address);
		if (inet_pton(AF_INET, argv[i], address) == 1) record("pton", 1, AF_INET, address);
		else record("pton", inet_pton(AF_INET6, argv[i], address) == 1, AF_INET6, address);
		record_getaddrinfo(argv[i]);
	}
	return 0;
}
