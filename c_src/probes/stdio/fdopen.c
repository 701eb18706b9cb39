/* What fdopen checks: usage `fdopen direction|descriptor|close-on-exec`.
 *
 * direction: a stream for writing on a descriptor opened for reading, and when the mistake shows.
 * descriptor: numbers that are not open. close-on-exec: what mode "re" does to the descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static FILE *open_stream(const char *name, int fd, const char *mode)
{
	errno = 0;
	FILE *f = fdopen(fd, mode);
	fact_text(name, f ? "stream" : errno_name(errno));
	return f;
}

static void direction(void)
{
	FILE *f = open_stream("fdopen", open("/etc/hosts", O_RDONLY), "w");
	if (!f) return;
	fact_bool("fputs", fputs("x", f) >= 0);
	errno = 0;
	fact_int("fflush", fflush(f));
	fact_text("error", errno_name(errno));
}

static void descriptor(void)
{
	open_stream("fdopen_minus_1", -1, "r");
	open_stream("fdopen_200", 200, "r");
}

static void close_on_exec(void)
{
	int fd = open("/etc/hosts", O_RDONLY);
	open_stream("fdopen", fd, "re");
	fact_bool("FD_CLOEXEC", fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

PATTERNS({"direction", direction}, {"descriptor", descriptor}, {"close-on-exec", close_on_exec})
