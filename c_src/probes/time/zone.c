/* How localtime understands TZ, which the case sets in the environment.
 *
 * Facts for noon UTC on 5 January and 5 July 2024: the offset in seconds, the abbreviation and whether
 * summer time is in force; then tzname, timezone and daylight. */
#include <time.h>

#include "named_argument.h"
#include "observation.h"

static void record(const char *month, time_t noon)
{
	struct tm *t = localtime(&noon);
	fact_int(name_with(month, "_offset"), t->tm_gmtoff);
	fact_text(name_with(month, "_zone"), t->tm_zone);
	fact_int(name_with(month, "_isdst"), t->tm_isdst);
}

int main(void)
{
	record("January", 1704456000);
	record("July", 1720180800);
	item_text("tzname", tzname[0]);
	item_text("tzname", tzname[1]);
	fact_int("timezone", timezone);
	fact_int("daylight", daylight);
}
