/* A format that mixes plain and positional directives, "%d %2$d" for 1 and 2.
 *
 * A libc that takes the second argument from memory which it never wrote would print what calls before left
 * there: the probe leaves sevens everywhere. Fact: the text, or the error. */
#include <errno.h>
#include <stdio.h>

#include "errno_name.h"
#include "observation.h"

__attribute__((noinline)) static void leave_sevens(void)
{
	volatile int stack[4096];
	for (size_t i = 0; i < sizeof stack / sizeof *stack; i++) stack[i] = 7777777;
}

int main(void)
{
	static char text[64];
	const char *volatile format = "%d %2$d";
	errno = 0;
	leave_sevens();
	int result = snprintf(text, sizeof text, format, 1, 2);
	fact_text("mixed", result < 0 ? errno_name(errno) : text);
}
