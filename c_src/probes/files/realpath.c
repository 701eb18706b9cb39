/* realpath: usage `realpath NAME=PATH...`, in a directory that holds the file `f` and the link `loop` to
 * itself.
 *
 * Facts: NAME is the result or the error. The buffer after the last failure is a fact of its own,
 * `untouched` when realpath wrote nothing. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errno_name.h"
#include "named_argument.h"
#include "observation.h"

int main(int argc, char **argv)
{
	char resolved[PATH_MAX];
	int failed = 0;
	mkdir("/tmp/here", 0700);
	if (chdir("/tmp/here") || symlink("loop", "loop")) return 2;
	close(open("f", O_CREAT | O_WRONLY, 0600));
	for (int i = 1; i < argc; i++) {
		const char *path = named_text(argv[i]);
		strcpy(resolved, "untouched");
		errno = 0;
		const char *result = realpath(path, resolved);
		fact_text(argv[i], result ? result : errno_name(errno));
		failed = !result;
	}
	if (failed) fact_text("buffer", resolved);
}
