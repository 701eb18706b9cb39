/* Arguments that a libc may check before it asks the kernel.
 *
 * Facts: the results or errors of each call. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"

#pragma GCC diagnostic ignored "-Wnonnull"

static void record(const char *name, long result)
{
	fact_text(name, result < 0 ? errno_name(errno) : "succeeds");
}

int main(void)
{
	const struct timespec *now = NULL;
	char long_name[300];
	memset(long_name, 'n', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = 0;
	int fd = open("/tmp/file", O_CREAT | O_RDWR, 0600);
	record("shm_open_long_name", shm_open(long_name, O_CREAT | O_RDWR, 0600));
	record("grantpt_file", grantpt(fd));
	record("unlockpt_file", unlockpt(fd));
	record("futimens", futimens(AT_FDCWD, now));
	record("fchmodat_nofollow", fchmodat(AT_FDCWD, "/tmp/file", 0600, AT_SYMLINK_NOFOLLOW));
	record("pathconf_absent_file", pathconf("/tmp/absent", _PC_NAME_MAX));
	record("sbrk", sbrk(4096) == (void *)-1 ? -1 : 0);
	mkdir("/tmp/empty", 0700);
	errno = 0;
	if (!remove("/tmp/empty")) fact_text("errno_after_remove", errno_name(errno));
}
