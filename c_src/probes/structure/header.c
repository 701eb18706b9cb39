/* Whether a header exists and can be used: compiled with -DHEADER=<name.h>.
 *
 * Fact: `usable`. A libc without the header gives `not-built`. */
#include HEADER

#include "observation.h"

int main(void)
{
	fact_bool("usable", 1);
}
