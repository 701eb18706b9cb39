/* The text that inet_ntop gives for each address.
 *
 *	ADDRESS...
 *
 * Facts: texts, in the order asked for. */
#include <arpa/inet.h>

#include "observation.h"

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	while (*++argv) {
		unsigned char address[16];
		char text[INET6_ADDRSTRLEN];
		int family = inet_pton(AF_INET, *argv, address) == 1 ? AF_INET : AF_INET6;
		if (family == AF_INET6 && inet_pton(AF_INET6, *argv, address) != 1) return 2;
		item_text("texts", inet_ntop(family, address, text, sizeof text));
	}
	return 0;
}
