/* gmtime, asctime and ctime at the edges: usage `text
 * zone|asctime-year|asctime-fields|asctime-null|ctime-range`.
 *
 * zone: the abbreviation that gmtime gives. asctime-*: a year of five digits, a month and a day that do not
 * exist, no time at all. ctime-range: a time whose year does not fit an int. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "errno_name.h"
#include "observation.h"

#pragma GCC diagnostic ignored "-Wnonnull"

static void record_asctime(int year, int month, int day)
{
	struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = 5, .tm_wday = day};
	step("asctime");
	fact_text("asctime", asctime(&tm));
}

int main(int argc, char **argv)
{
	time_t zero = 0, late = (time_t)1 << 60;
	struct tm *none = NULL;
	if (argc != 2) return 2;
	if (!strcmp(argv[1], "zone")) {
		fact_text("gmtime", gmtime(&zero)->tm_zone);
	} else if (!strcmp(argv[1], "asctime-year")) {
		record_asctime(10000, 0, 5);
	} else if (!strcmp(argv[1], "asctime-fields")) {
		record_asctime(2024, 20, 9);
	} else if (!strcmp(argv[1], "asctime-null")) {
		step("asctime");
		fact_text("asctime", asctime(none));
	} else {
		errno = 0;
		fact_text("ctime", ctime(&late));
		fact_text("error", errno_name(errno));
	}
}
