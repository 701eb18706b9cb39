/* What snprintf makes of a conversion: usage `printf TYPE VALUE NAME=FORMAT...`.
 *
 * Each FORMAT is printed with VALUE as an argument of TYPE. Facts: NAME is what was written, or the name of
 * the error when the call failed. The formats come from the topic because many are invalid on purpose. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "errno_name.h"
#include "named_argument.h"
#include "observation.h"

static char text[4096];

/* More arguments follow the first, so that positional formats can reach the twelfth. */
#define PRINT(value) snprintf(text, sizeof text, format, value, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)

static int print(const char *type, const char *value, const char *format)
{
	const char *string = strcmp(value, "NULL") ? value : NULL;
	if (!strcmp(type, "int")) return PRINT(atoi(value));
	if (!strcmp(type, "long long")) return PRINT(atoll(value));
	if (!strcmp(type, "double")) return PRINT(strtod(value, NULL));
	if (!strcmp(type, "long double")) return PRINT(strtold(value, NULL));
	if (!strcmp(type, "wint_t")) return PRINT((wint_t)strtoul(value, NULL, 0));
	if (!strcmp(type, "pointer")) return PRINT((void *)strtoul(value, NULL, 0));
	if (!strcmp(type, "string")) return PRINT(string);
	if (!strcmp(type, "wide string")) return PRINT(string ? L"wide" : NULL);
	abort();
}

int main(int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		const char *format = named_text(argv[i]);
		errno = 0;
		int result = print(argv[1], argv[2], format);
		if (result < 0) fact_text(argv[i], errno_name(errno));
		else fact_bytes(argv[i], text, (uint32_t)result);
	}
}
