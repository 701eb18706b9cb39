/* mktime where the calendar has a hole: usage `mktime HOUR MINUTE ISDST` on 10 March 2024, with TZ from the
 * case.
 *
 * Facts: the result, the error if there is one, and the hour, day and tm_isdst that it left in struct tm. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "errno_name.h"
#include "observation.h"

int main(int argc, char **argv)
{
	struct tm tm = {.tm_year = 124, .tm_mon = 2, .tm_mday = 10};
	if (argc != 4) return 2;
	tm.tm_hour = atoi(argv[1]);
	tm.tm_min = atoi(argv[2]);
	tm.tm_isdst = atoi(argv[3]);
	errno = 0;
	time_t result = mktime(&tm);
	fact_int("mktime", result);
	if (result == -1) fact_text("error", errno_name(errno));
	fact_int("mday", tm.tm_mday);
	fact_int("hour", tm.tm_hour);
	fact_int("isdst", tm.tm_isdst);
}
