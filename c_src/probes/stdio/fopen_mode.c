/* Which mode strings fopen takes and how it opens the file: usage `fopen_mode NAME=MODE...`.
 *
 * Facts: NAME is the error, or the access that the descriptor has, with `append` and `close-on-exec` where
 * they are set. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "errno_name.h"
#include "named_argument.h"
#include "observation.h"

static const char *access_of(int fd)
{
	static char text[64];
	int flags = fcntl(fd, F_GETFL);
	int access = flags & 3;
	strcpy(text, access == O_RDONLY ? "read" : access == O_WRONLY ? "write" : "read and write");
	if (flags & O_APPEND) strcat(text, ", append");
	if (fcntl(fd, F_GETFD) & FD_CLOEXEC) strcat(text, ", close-on-exec");
	return text;
}

int main(int argc, char **argv)
{
	const char *path = "/tmp/file";
	close(open(path, O_CREAT | O_WRONLY, 0600));
	for (int i = 1; i < argc; i++) {
		const char *mode = named_text(argv[i]);
		errno = 0;
		FILE *f = fopen(path, mode);
		fact_text(argv[i], f ? access_of(fileno(f)) : errno_name(errno));
		if (f) fclose(f);
	}
}
