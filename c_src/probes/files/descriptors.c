/* Calls on file descriptors where the libc adds to the kernel, or does not: usage `descriptors
 * O_PATH|flags|select`.
 *
 * O_PATH: fchmod, fchown and fdopendir on a descriptor that only names a file. flags: dup3 and epoll_create
 * with what the kernel refuses. select: whether it updates the caller's timeout. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static void record(const char *name, int result)
{
	fact_text(name, result < 0 ? errno_name(errno) : "succeeds");
}

static void path_only(void)
{
	mkdir("/tmp/d", 0700);
	int fd = open("/tmp/d", O_PATH);
	record("fchmod", fchmod(fd, 0700));
	record("fchown", fchown(fd, getuid(), getgid()));
	record("fdopendir", fdopendir(fd) ? 0 : -1);
}

static void bad_flags(void)
{
	record("dup3", dup3(0, 50, 1));
	record("epoll_create", epoll_create(0));
}

static void timeout(void)
{
	struct timeval time = {0, 20000};
	select(0, NULL, NULL, NULL, &time);
	fact_int("tv_usec", time.tv_usec);
}

PATTERNS({"O_PATH", path_only}, {"flags", bad_flags}, {"select", timeout})
