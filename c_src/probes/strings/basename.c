/* The GNU basename of <string.h>: <libgen.h>, which has another function of that name, is not included.
 *
 * Facts: what it returns for a path with a slash at its end and for an empty one. */
#include <string.h>

#include "observation.h"

int main(void)
{
	char directory[] = "/usr/lib/", empty[] = "";
	fact_text("directory", basename(directory));
	fact_text("empty", basename(empty));
}
