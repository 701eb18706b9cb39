/* glob: usage `glob FLAGS PATTERN`; FLAGS from the list below, separated by commas, or `-`.
 *
 * The directory holds a, b, B, .hidden, d/x, a dangling link, and `closed`, which cannot be read. Facts:
 * the result by name, the number of paths and the paths; the path that the error function was called with. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"

static const struct {
	const char *name;
	int flag;
} flags[] = {
	{"err", GLOB_ERR}, {"mark", GLOB_MARK}, {"nocheck", GLOB_NOCHECK}, {"noescape", GLOB_NOESCAPE},
	{"tilde", GLOB_TILDE}, {"tilde_check", GLOB_TILDE_CHECK}, {"period", GLOB_PERIOD},
};

static int flags_of(char *text)
{
	int all = 0;
	for (char *word = strtok(text, ","); word; word = strtok(NULL, ","))
		for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
			if (!strcmp(word, flags[i].name)) all |= flags[i].flag;
	return all;
}

static void make_files(void)
{
	const char *files[] = {"a", "b", "B", ".hidden", "d/x"};
	mkdir("/tmp/tree", 0700);
	if (chdir("/tmp/tree")) return;
	mkdir("d", 0700);
	mkdir("closed", 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) close(open(files[i], O_CREAT | O_WRONLY, 0600));
	if (symlink("nowhere", "dangling")) return;
}

static int on_error(const char *path, int error)
{
	fact_text("callback_path", path);
	fact_text("callback_error", errno_name(error));
	return 0;
}

int main(int argc, char **argv)
{
	static const char *results[] = {"0", "GLOB_NOSPACE", "GLOB_ABORTED", "GLOB_NOMATCH"};
	glob_t found = {0};
	if (argc != 3) return 2;
	make_files();
	int result = glob(argv[2], flags_of(argv[1]), on_error, &found);
	fact_text("glob", results[result & 3]);
	fact_int("count", (int64_t)found.gl_pathc);
	for (size_t i = 0; !result && i < found.gl_pathc; i++) item_text("paths", found.gl_pathv[i]);
}
