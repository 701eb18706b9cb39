/* Entries of /etc/services by getservbyname and getservbyport.
 *
 *	NAME/PROTOCOL... or PORT/PROTOCOL..., where nothing behind the slash asks for any protocol
 *
 * Facts: entries, for each in order "name port/protocol" or "none". */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "observation.h"

static void record(const struct servent *entry)
{
	char text[128], *end = text;
	if (!entry) {
		item_text("entries", "none");
		return;
	}
	end = stpcpy(end, entry->s_name);
	*end++ = ' ';
	end = decimal_text(end, ntohs(entry->s_port));
	*end++ = '/';
	strcpy(end, entry->s_proto);
	item_text("entries", text);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *protocol = strchr(argv[i], '/');
		if (!protocol) return 2;
		*protocol++ = 0;
		if (!*protocol) protocol = NULL;
		record(isdigit(*argv[i]) ? getservbyport(htons(strtoul(argv[i], NULL, 10)), protocol)
			: getservbyname(argv[i], protocol));
	}
	return 0;
}
