/* The lines of a file, or why there are none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "observation.h"

int main(int argc, char **argv)
{
	char line[256];
	FILE *f = fopen(argc > 1 ? argv[1] : "", "r");
	if (!f) fact_int("error", errno);
	while (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		item_text("line", line);
	}
	return 0;
}
