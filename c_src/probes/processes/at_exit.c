/* atexit called while the process already ends, in a destructor.
 *
 * Facts: what atexit returned, and whether the handler ran. */
#include <stdlib.h>

#include "observation.h"

static void handler(void)
{
	step("handler");
}

__attribute__((destructor)) static void last(void)
{
	step("destructor");
	fact_int("atexit", atexit(handler));
}

int main(void)
{
	return 0;
}
