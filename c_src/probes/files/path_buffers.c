/* Buffers that are too small, or none: getcwd with a size but no buffer, readlink into no bytes.
 *
 * Facts: the results, or the errors. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"

int main(void)
{
	char small[3], none[1];
	mkdir("/tmp/here", 0700);
	if (chdir("/tmp/here") || symlink("target", "link")) return 2;
	errno = 0;
	const char *directory = getcwd(small, sizeof small);
	fact_text("getcwd_into_3_bytes", directory ? directory : errno_name(errno));
	errno = 0;
	directory = getcwd(NULL, 3);
	fact_text("getcwd_allocating_3", directory ? directory : errno_name(errno));
	errno = 0;
	fact_int("readlink_into_nothing", readlink("link", none, 0));
	fact_text("readlink_error", errno_name(errno));
}
