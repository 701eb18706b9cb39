/* getline: usage `getline allocation|no-pointer`.
 *
 * Facts: the size that it allocates for a line of three bytes; the error and the stream's error indicator
 * when it is given no pointer. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "errno_name.h"
#include "observation.h"

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	FILE *f = fopen("/tmp/file", "w+");
	fputs("ab\n", f);
	rewind(f);
	if (argc > 1 && !strcmp(argv[1], "no-pointer")) {
		errno = 0;
		fact_int("getline", getline(NULL, &size, f));
		fact_text("error", errno_name(errno));
		fact_bool("ferror", ferror(f));
		return 0;
	}
	fact_int("getline", getline(&line, &size, f));
	fact_int("allocated", (int64_t)size);
}
