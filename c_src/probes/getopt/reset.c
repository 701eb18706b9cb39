/* Scanning a second time: usage `reset`, and a program without a name: `reset no-name`.
 *
 * reset: getopt is left in the middle of -ab; what it returns first after optind = 1, which every libc
 * takes to start again, and after optind = 0, the GNU way. no-name: a bad option where argv[0] is NULL. */
#include <getopt.h>

#include "observation.h"

static char *arguments[] = {"program", "-ab", "-c", 0};

static const char *scan_from(int start)
{
	static char text[2];
	optind = start;
	text[0] = (char)getopt(3, arguments, "abc");
	return text;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		char *nameless[] = {0, "-z", 0};
		step("getopt");
		fact_int("getopt", getopt(2, nameless, "a"));
		return 0;
	}
	fact_text("first", scan_from(1));
	fact_text("optind_1", scan_from(1));
	fact_text("optind_0", scan_from(0));
}
