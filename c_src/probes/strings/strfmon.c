/* strfmon in the C locale: usage `strfmon NAME=FORMAT...`.
 *
 * Facts: NAME is what becomes of -1234.5. */
#include <monetary.h>
#include <stddef.h>

#include "named_argument.h"
#include "observation.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char text[64];
		const char *format = named_text(argv[i]);
		fact_text(argv[i], strfmon(text, sizeof text, format, -1234.5) < 0 ? NULL : text);
	}
}
