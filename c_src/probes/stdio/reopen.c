/* freopen: usage `reopen read-write|truncate|orientation`.
 *
 * Facts: whether freopen(NULL, "r+") makes a stream writable, whether freopen(NULL, "w") truncates, and
 * whether a reopened stream has lost its wide orientation. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "observation.h"

static const char *path = "/tmp/file";

static void record_file(void)
{
	char text[16] = "";
	if (read(open(path, O_RDONLY), text, sizeof text - 1) >= 0) fact_text("file", text);
}

int main(int argc, char **argv)
{
	if (argc != 2) return 2;
	FILE *f = fopen(path, "w");
	fputs("abc", f);
	if (!strcmp(argv[1], "orientation")) {
		f = fopen(path, "w");
		fwide(f, 1);
		f = freopen(path, "w", f);
		fact_bool("wide_after_freopen", fwide(f, 0) > 0);
		return 0;
	}
	fclose(f);
	f = fopen(path, "r");
	f = freopen(NULL, !strcmp(argv[1], "truncate") ? "w" : "r+", f);
	fact_bool("reopened", f != NULL);
	if (!strcmp(argv[1], "read-write")) {
		fact_int("fputc", fputc('Q', f));
		fflush(f);
	}
	record_file();
}
