/* The texts of strsignal for signals at the edges: the libc's own real-time signals and numbers past the
 * last. */
#include <string.h>

#include "observation.h"

int main(void)
{
	fact_text("signal_0", strsignal(0));
	fact_text("signal_11", strsignal(11));
	fact_text("signal_32", strsignal(32));
	fact_text("signal_34", strsignal(34));
	fact_text("signal_35", strsignal(35));
	fact_text("signal_64", strsignal(64));
	fact_text("signal_65", strsignal(65));
}
