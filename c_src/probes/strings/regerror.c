/* The texts of regerror: usage `regerror known|unknown`.
 *
 * Facts: the texts for 0 and some errors; for a number that is no error. */
#include <regex.h>
#include <string.h>

#include "observation.h"

static void record(const char *name, int error)
{
	char text[128];
	regerror(error, NULL, text, sizeof text);
	fact_text(name, text);
}

int main(int argc, char **argv)
{
	if (argc != 2) return 2;
	if (!strcmp(argv[1], "unknown")) {
		step("regerror");
		record("unknown", 99);
		return 0;
	}
	record("no_error", 0);
	record("REG_NOMATCH", REG_NOMATCH);
	record("REG_EBRACK", REG_EBRACK);
	record("REG_BADRPT", REG_BADRPT);
}
