/* strftime: usage `strftime NAME=FORMAT...`, after options --year=N, --mon=N, --wday=N, --isdst=N,
 * --no-zone.
 *
 * The time is 09:03:07 UTC on Friday 5 January 2024, changed as asked. Facts: NAME is the text, empty where
 * strftime returned 0. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "named_argument.h"
#include "observation.h"

static struct tm tm = {
	.tm_year = 124, .tm_mday = 5, .tm_hour = 9, .tm_min = 3, .tm_sec = 7, .tm_wday = 5, .tm_yday = 4,
};

static int change(const char *option)
{
	const char *value = strchr(option, '=');
	if (strncmp(option, "--", 2)) return 0;
	int n = value ? atoi(value + 1) : 0;
	if (!strncmp(option, "--year", 6)) tm.tm_year = n - 1900;
	if (!strncmp(option, "--mon", 5)) tm.tm_mon = n;
	if (!strncmp(option, "--wday", 6)) tm.tm_wday = n;
	if (!strncmp(option, "--isdst", 7)) tm.tm_isdst = n;
	if (!strcmp(option, "--no-zone")) tm.tm_zone = NULL;
	return 1;
}

int main(int argc, char **argv)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	tm.tm_zone = tzname[0];
	for (int i = 1; i < argc; i++) {
		char text[128] = "";
		if (change(argv[i])) continue;
		const char *format = named_text(argv[i]);
		if (!strftime(text, sizeof text, format, &tm)) *text = 0;
		fact_text(argv[i], text);
	}
}
