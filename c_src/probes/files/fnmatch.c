/* fnmatch: usage `fnmatch FLAGS NAME=PATTERN TEXT...`, any number of pairs; FLAGS any of c (FNM_CASEFOLD),
 * p (FNM_PATHNAME), n (FNM_NOESCAPE), or `-`.
 *
 * Facts: NAME tells whether the TEXT matches. */
#include <fnmatch.h>
#include <string.h>

#include "named_argument.h"
#include "observation.h"

int main(int argc, char **argv)
{
	int flags = 0;
	if (argc < 4) return 2;
	if (strchr(argv[1], 'c')) flags |= FNM_CASEFOLD;
	if (strchr(argv[1], 'p')) flags |= FNM_PATHNAME;
	if (strchr(argv[1], 'n')) flags |= FNM_NOESCAPE;
	for (int i = 2; i + 1 < argc; i += 2) {
		const char *pattern = named_text(argv[i]);
		fact_bool(argv[i], !fnmatch(pattern, argv[i + 1], flags));
	}
}
