/* strtol: usage `strtol BASE NAME=INPUT...`.
 *
 * Facts: NAME is the value, NAME_error the error, NAME_taken how many characters were taken; -1 when the
 * end pointer was not written. */
#include <errno.h>
#include <stdlib.h>

#include "errno_name.h"
#include "named_argument.h"
#include "observation.h"

int main(int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		char *input = named_text(argv[i]), *end = input - 1;
		errno = 0;
		long value = strtol(input, &end, atoi(argv[1]));
		int error = errno;
		fact_int(argv[i], value);
		fact_text(name_with(argv[i], "_error"), errno_name(error));
		fact_int(name_with(argv[i], "_taken"), end - input);
	}
}
