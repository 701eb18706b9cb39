/* One lookup by getaddrinfo.
 *
 *	NAME [SERVICE] [--family=inet|inet6|N] [--socktype=stream|dgram|raw|any|N] [--protocol=N]
 *		[--flags=canonname,passive,...] [--hints=NULL]
 *
 * NULL is the null pointer. Without options any family and a stream socket are asked for.
 *
 * Facts: result (0 or the code's name), errno where that is EAI_SYSTEM, addresses (their number), order (all
 * of them where they are few, with port, socket type and protocol where those were in question), otherwise
 * first and last, canonname where it was asked for. Info: elapsed, in seconds. */
#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

#include "address_text.h"
#include "eai_name.h"
#include "errno_name.h"
#include "observation.h"
#include "seconds.h"
#include "words.h"

#define SHORT_LIST 8

static const struct word families[] = {{"unspec", AF_UNSPEC}, {"inet", AF_INET}, {"inet6", AF_INET6}, {0}};
static const struct word types[] = {
	{"any", 0}, {"stream", SOCK_STREAM}, {"dgram", SOCK_DGRAM}, {"raw", SOCK_RAW}, {0}
};
static const struct word flags[] = {
	{"passive", AI_PASSIVE}, {"canonname", AI_CANONNAME}, {"numerichost", AI_NUMERICHOST},
	{"numericserv", AI_NUMERICSERV}, {"v4mapped", AI_V4MAPPED}, {"all", AI_ALL},
	{"addrconfig", AI_ADDRCONFIG}, {"idn", 0x40}, {"canonidn", 0x80}, {0}
};

static void entry_text(char *to, const struct addrinfo *entry, int with_type)
{
	socket_address_text(to, entry->ai_addr);
	if (!with_type) return;
	to += strlen(to);
	*to++ = ' ';
	strcpy(to, entry->ai_socktype == SOCK_STREAM ? "stream" : entry->ai_socktype == SOCK_DGRAM ? "dgram"
		: entry->ai_socktype == SOCK_RAW ? "raw" : "other");
	to += strlen(to);
	*to++ = '/';
	decimal_text(to, entry->ai_protocol);
}

static void record(const struct addrinfo *list, int with_type)
{
	char text[ADDRESS_TEXT + 24];
	int n = 0;
	for (const struct addrinfo *entry = list; entry; entry = entry->ai_next) n++;
	fact_int("addresses", n);
	for (const struct addrinfo *entry = list; entry; entry = entry->ai_next) {
		entry_text(text, entry, with_type);
		if (n <= SHORT_LIST) item_text("order", text);
		else if (entry == list) fact_text("first", text);
		else if (!entry->ai_next) fact_text("last", text);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	struct addrinfo *list = NULL, hints = {
		.ai_family = word_value(families, option(argv, "family", "unspec")),
		.ai_socktype = word_value(types, option(argv, "socktype", "stream")),
		.ai_protocol = number_option(argv, "protocol", 0),
		.ai_flags = word_value(flags, option(argv, "flags", "")),
	};
	int no_hints = !strcmp(option(argv, "hints", ""), "NULL");
	double start = seconds();
	int result = getaddrinfo(operand(argv, 0), operand(argv, 1), no_hints ? NULL : &hints, &list);
	int error = errno;
	info_real("elapsed", seconds() - start);
	fact_eai("result", result);
	if (result == EAI_SYSTEM) fact_text("errno", errno_name(error));
	record(result ? NULL : list, no_hints || option(argv, "socktype", NULL) || hints.ai_protocol);
	if (!result && hints.ai_flags & AI_CANONNAME) fact_text("canonname", list->ai_canonname);
	return 0;
}
