/* basename and dirname of <libgen.h>: usage `path_parts NAME=PATH...`.
 *
 * Facts: NAME_basename and NAME_dirname. */
#include <libgen.h>
#include <string.h>

#include "named_argument.h"
#include "observation.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char copy[64];
		const char *path = named_text(argv[i]);
		fact_text(name_with(argv[i], "_basename"), basename(strcpy(copy, path)));
		fact_text(name_with(argv[i], "_dirname"), dirname(strcpy(copy, path)));
	}
}
