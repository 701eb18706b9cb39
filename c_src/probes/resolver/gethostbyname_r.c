/* One lookup by gethostbyname2_r into a buffer of the caller.
 *
 *	NAME [--family=inet|inet6] [--size=BYTES]
 *
 * Facts: result (0 or the error's name), pointer (what *result is: set, NULL or untouched), h_errno (what was
 * stored through h_errnop); of a host its name, aliases, addresses (their number), order or first and last.
 * Info: elapsed, in seconds. */
#include <netdb.h>
#include <sys/socket.h>

#include "errno_name.h"
#include "h_errno_name.h"
#include "hostent_facts.h"
#include "observation.h"
#include "seconds.h"
#include "words.h"

static const struct word families[] = {{"inet", AF_INET}, {"inet6", AF_INET6}, {0}};

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	struct hostent host, untouched, *found = &untouched;
	int family = word_value(families, option(argv, "family", "inet")), error = H_ERRNO_UNTOUCHED;
	size_t size = number_option(argv, "size", 1024);
	char *buffer = malloc(size);
	double start = seconds();
	int result = gethostbyname2_r(operand(argv, 0), family, &host, buffer, size, &found, &error);
	info_real("elapsed", seconds() - start);
	if (result) fact_text("result", errno_name(result));
	else fact_int("result", 0);
	fact_text("pointer", found == &untouched ? "untouched" : found ? "set" : "NULL");
	if (result || !found) fact_text("h_errno", h_errno_name(error));
	else hostent_facts(&host);
	return 0;
}
