/* The GNU conversion %m, which prints the text of errno: usage `printf_error_text NAME=FORMAT...`.
 *
 * Facts: NAME is what FORMAT prints for ENOENT, NAME_unknown what it prints for 12345, which no libc knows. */
#include <errno.h>
#include <stdio.h>

#include "named_argument.h"
#include "observation.h"

static void print(const char *name, const char *format, int error)
{
	char text[64];
	errno = error;
	snprintf(text, sizeof text, format, 0);
	fact_text(name, text);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *format = named_text(argv[i]);
		print(argv[i], format, ENOENT);
		print(name_with(argv[i], "_unknown"), format, 12345);
	}
}
