/* Whether a header declares functions and they can be linked: compiled with -DHEADER=<name.h>
 * -DFUNCTIONS=one,two.
 *
 * Fact: how many functions there are. A libc without the header or without one of them gives `not-built`. */
#include HEADER
#include <stddef.h>

#include "observation.h"

static const void *volatile functions[] = {FUNCTIONS};

int main(void)
{
	int64_t n = 0;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) n += functions[i] != NULL;
	fact_int("functions", n);
}
