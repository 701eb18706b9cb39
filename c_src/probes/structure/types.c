/* How large the libc's own types are on this architecture, in bytes: an ABI that programs and plug-ins
 * share. */
#include <dirent.h>
#include <inttypes.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <wchar.h>

#include "observation.h"

#define SIZE(type) fact_int(#type, sizeof(type))

int main(void)
{
	SIZE(int_fast8_t);
	SIZE(int_fast16_t);
	SIZE(int_fast32_t);
	SIZE(int_fast64_t);
	SIZE(off_t);
	SIZE(time_t);
	SIZE(regoff_t);
	SIZE(regmatch_t);
	SIZE(sigset_t);
	SIZE(fpos_t);
	SIZE(mbstate_t);
	fact_int("dirent", sizeof(struct dirent));
	fact_int("sysinfo", sizeof(struct sysinfo));
}
