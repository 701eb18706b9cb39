/* exec of files that the kernel refuses: usage `exec script|empty|bad-descriptor|long-path`.
 *
 * script and empty: an executable file without #!, found by execvp and given to execv. When execvp tries a
 * shell in the kernel's place, the error is no longer ENOEXEC: the shell runs it, or is missing.
 * bad-descriptor: fexecve. long-path: execvp with an element of PATH that is longer than any path. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

#define NOT_RUN 99

static char *arguments[] = {"file", NULL};

static int run(const char *path, int (*function)(const char *, char *const *))
{
	int status;
	pid_t child = fork();
	if (!child) {
		errno = 0;
		function(path, arguments);
		_exit(errno == ENOEXEC ? NOT_RUN : 0);
	}
	waitpid(child, &status, 0);
	return !WIFEXITED(status) || WEXITSTATUS(status) != NOT_RUN;
}

static void try_both(const char *contents)
{
	int fd = open("/tmp/file", O_CREAT | O_WRONLY, 0700);
	if (write(fd, contents, strlen(contents)) < 0) return;
	close(fd);
	fact_bool("execv_tries_shell", run("/tmp/file", execv));
	fact_bool("execvp_tries_shell", run("/tmp/file", execvp));
}

static void script(void)
{
	try_both("exit 5\n");
}

static void empty(void)
{
	try_both("");
}

static void bad_descriptor(void)
{
	errno = 0;
	fact_int("fexecve", fexecve(-1, arguments, environ));
	fact_text("error", errno_name(errno));
}

static void long_path(void)
{
	static char path[5000];
	memset(path, 'a', sizeof path - 1);
	setenv("PATH", path, 1);
	errno = 0;
	fact_int("execvp", execvp("no-such-command", arguments));
	fact_text("error", errno_name(errno));
}

PATTERNS({"script", script}, {"empty", empty}, {"bad-descriptor", bad_descriptor}, {"long-path", long_path})
