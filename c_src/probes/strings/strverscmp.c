/* The order of version strings: usage `strverscmp NAME=FIRST SECOND...`.
 *
 * Facts: for each pair NAME is the sign of strverscmp. */
#include <string.h>

#include "named_argument.h"
#include "observation.h"

int main(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *first = named_text(argv[i]);
		int order = strverscmp(first, argv[i + 1]);
		fact_int(argv[i], (order > 0) - (order < 0));
	}
}
