/* Sizes and widths at the edge of int: usage `printf_size buffer` or `printf_size NAME=FORMAT...`.
 *
 * buffer: snprintf is told that its buffer is as large as INT_MAX, larger, and as large as can be. FORMAT
 * prints two ints into a small buffer. Facts: what snprintf returned, and the error. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "errno_name.h"
#include "named_argument.h"
#include "observation.h"

static char text[64];

static void print(const char *name, size_t size, const char *format)
{
	errno = 0;
	fact_int(name, snprintf(text, size, format, 1, 1));
	fact_text(name_with(name, "_error"), errno_name(errno));
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *format = named_text(argv[i]);
		if (*format) print(argv[i], sizeof text, format);
	}
	if (argc != 2 || strcmp(argv[1], "buffer")) return 0;
	print("INT_MAX", INT_MAX, "hello");
	print("INT_MAX_and_one", (size_t)INT_MAX + 1, "hello");
	print("SIZE_MAX", SIZE_MAX, "hello");
}
