/* Wide streams over bytes that are no characters, in C.UTF-8: usage `wide_stream
 * invalid|truncated|surrogate`.
 *
 * invalid, truncated: fgetwc of a file with a wrong byte, or with the first byte of a character at its end:
 * the result, the error, the indicators, and the next result. surrogate: fputwc of 0xd800, the same and
 * that of fflush. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static FILE *open_holding(const char *bytes)
{
	FILE *f = fopen("/tmp/file", "w");
	fputs(bytes, f);
	fclose(f);
	setlocale(LC_ALL, "C.UTF-8");
	return fopen("/tmp/file", "r");
}

static void read_second(FILE *f)
{
	fgetwc(f);
	errno = 0;
	fact_int("fgetwc", (int32_t)fgetwc(f));
	fact_text("error", errno_name(errno));
	fact_bool("ferror", ferror(f));
	fact_bool("feof", feof(f));
	fact_int("next", (int32_t)fgetwc(f));
}

static void invalid(void)
{
	read_second(open_holding("a\xff" "b"));
}

static void truncated(void)
{
	read_second(open_holding("a\xc3"));
}

static void surrogate(void)
{
	FILE *f = fopen("/tmp/file", "w");
	setlocale(LC_ALL, "C.UTF-8");
	errno = 0;
	fact_int("fputwc", (int32_t)fputwc(0xd800, f));
	fact_text("error", errno_name(errno));
	fact_bool("ferror", ferror(f));
	fact_int("fflush", fflush(f));
}

PATTERNS({"invalid", invalid}, {"truncated", truncated}, {"surrogate", surrogate})
