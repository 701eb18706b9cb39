/* Which mode strings popen takes: usage `popen modes`; and pclose of a stream that fopen made: `popen
 * foreign`.
 *
 * Facts: for each mode whether popen refuses it as invalid; it may fail later, for want of a shell. For
 * pclose the result and the error. */
#include <errno.h>
#include <stdio.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static void record(const char *name, const char *mode)
{
	errno = 0;
	fact_bool(name, !popen(":", mode) && errno == EINVAL);
}

static void modes(void)
{
	record("rw_refused", "rw");
	record("r_plus_refused", "r+");
	record("rb_refused", "rb");
	record("re_refused", "re");
	record("er_refused", "er");
	record("x_refused", "x");
}

#pragma GCC diagnostic ignored "-Wmismatched-dealloc"
static void foreign(void)
{
	FILE *f = fopen("/etc/hosts", "r");
	errno = 0;
	fact_int("pclose", pclose(f));
	fact_text("error", errno_name(errno));
}

PATTERNS({"modes", modes}, {"foreign", foreign})
