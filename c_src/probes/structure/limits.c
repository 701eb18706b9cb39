/* The libc's own limits: usage `limits macros|sysconf|options|stack|unknown|confstr`.
 *
 * Facts: values of <limits.h> macros (absent when not defined), of sysconf names, -1 for no fixed limit or
 * no support. stack: how ARG_MAX follows RLIMIT_STACK. unknown: the error for names that are not supported. */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

#define SYSCONF(name) fact_int("SC_" #name, sysconf(_SC_##name))

static void macros(void)
{
#ifdef ARG_MAX
	fact_int("ARG_MAX", ARG_MAX);
#endif
#ifdef SYMLOOP_MAX
	fact_int("SYMLOOP_MAX", SYMLOOP_MAX);
#endif
#ifdef TZNAME_MAX
	fact_int("TZNAME_MAX", TZNAME_MAX);
#endif
	fact_int("HOST_NAME_MAX", HOST_NAME_MAX);
	fact_int("LINE_MAX", LINE_MAX);
	fact_int("MB_LEN_MAX", MB_LEN_MAX);
	fact_int("NI_MAXHOST", NI_MAXHOST);
	fact_int("NL_ARGMAX", NL_ARGMAX);
	fact_int("PTHREAD_KEYS_MAX", PTHREAD_KEYS_MAX);
	fact_int("RE_DUP_MAX", RE_DUP_MAX);
	fact_int("SOMAXCONN", SOMAXCONN);
}

static void values(void)
{
	SYSCONF(HOST_NAME_MAX);
	SYSCONF(LINE_MAX);
	SYSCONF(RTSIG_MAX);
	SYSCONF(STREAM_MAX);
	SYSCONF(SYMLOOP_MAX);
	SYSCONF(THREAD_KEYS_MAX);
	SYSCONF(TZNAME_MAX);
	info_int("THREAD_STACK_MIN", sysconf(_SC_THREAD_STACK_MIN));
}

static void options(void)
{
	SYSCONF(2_C_DEV);
	SYSCONF(PRIORITIZED_IO);
	SYSCONF(PRIORITY_SCHEDULING);
	SYSCONF(SYNCHRONIZED_IO);
	SYSCONF(THREAD_PRIO_INHERIT);
	SYSCONF(XOPEN_REALTIME);
}

static void stack(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_STACK, &limit);
	limit.rlim_cur = 4 << 20;
	if (setrlimit(RLIMIT_STACK, &limit)) return;
	fact_int("ARG_MAX_at_4_MiB", sysconf(_SC_ARG_MAX));
	limit.rlim_cur = 2 << 20;
	setrlimit(RLIMIT_STACK, &limit);
	fact_int("ARG_MAX_at_2_MiB", sysconf(_SC_ARG_MAX));
}

static void unknown(void)
{
	errno = 0;
	fact_int("SS_REPL_MAX", sysconf(_SC_SS_REPL_MAX));
	fact_text("SS_REPL_MAX_error", errno_name(errno));
	errno = 0;
	fact_int("no_such_name", sysconf(100000));
	fact_text("no_such_name_error", errno_name(errno));
}

static void strings(void)
{
	char flags[64] = "";
	/* _CS_GNU_LIBC_VERSION by its value on glibc: musl has no name for it */
	fact_bool("GNU_LIBC_VERSION", confstr(2, NULL, 0) != 0);
	confstr(_CS_PATH, flags, sizeof flags);
	fact_text("PATH", flags);
	confstr(_CS_POSIX_V7_LP64_OFF64_CFLAGS, flags, sizeof flags);
	fact_text("POSIX_V7_LP64_OFF64_CFLAGS", flags);
}

PATTERNS({"macros", macros}, {"sysconf", values}, {"options", options},
	{"stack", stack}, {"unknown", unknown}, {"confstr", strings})
