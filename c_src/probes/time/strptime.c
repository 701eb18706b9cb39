/* strptime: usage `strptime FORMAT INPUT`.
 *
 * Facts: whether it matched, what of the INPUT is left, and each member of struct tm that was written, by
 * its name without tm_. */
#include <stdlib.h>
#include <time.h>

#include "observation.h"

#define UNSET (-99)
#define MEMBER(name) if (tm.tm_##name != UNSET) fact_int(#name, tm.tm_##name)

int main(int argc, char **argv)
{
	struct tm tm = {
		.tm_sec = UNSET, .tm_min = UNSET, .tm_hour = UNSET, .tm_mday = UNSET, .tm_mon = UNSET,
		.tm_year = UNSET, .tm_wday = UNSET, .tm_yday = UNSET, .tm_isdst = UNSET, .tm_gmtoff = UNSET,
	};
	if (argc != 3) return 2;
	setenv("TZ", "UTC0", 1);
	tzset();
	const char *rest = strptime(argv[2], argv[1], &tm);
	fact_bool("matched", rest != NULL);
	if (!rest) return 0;
	if (*rest) fact_text("left", rest);
	MEMBER(sec);
	MEMBER(min);
	MEMBER(hour);
	MEMBER(mday);
	MEMBER(mon);
	MEMBER(year);
	MEMBER(wday);
	MEMBER(yday);
	MEMBER(isdst);
	MEMBER(gmtoff);
}
