/* strtod: usage `strtod NAME=INPUT...`.
 *
 * Facts: NAME is the value, a double in hexadecimal; NAME_error the error. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "named_argument.h"
#include "observation.h"

static const char *bits(double value)
{
	static char text[17];
	uint64_t n;
	memcpy(&n, &value, sizeof n);
	for (int i = 16; i--; n >>= 4) text[i] = "0123456789abcdef"[n & 15];
	return text;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *input = named_text(argv[i]);
		errno = 0;
		double value = strtod(input, NULL);
		int error = errno;
		fact_text(argv[i], bits(value));
		fact_text(name_with(argv[i], "_error"), errno_name(error));
	}
}
