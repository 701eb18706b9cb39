/* UTF-8 decoding at the edges: usage `utf8 NAME=BYTES...`, BYTES in hexadecimal.
 *
 * Facts: NAME is what mbrtowc returned, -1 for invalid, -2 for incomplete, else the length; NAME_character
 * the character. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "named_argument.h"
#include "observation.h"

static void decode(const char *name, const char *hexadecimal)
{
	char bytes[16], pair[3] = "";
	size_t n = strlen(hexadecimal) / 2;
	wchar_t wide = 0;
	mbstate_t state;
	for (size_t i = 0; i < n; i++) {
		memcpy(pair, hexadecimal + 2 * i, 2);
		bytes[i] = (char)strtoul(pair, NULL, 16);
	}
	memset(&state, 0, sizeof state);
	int64_t result = (int64_t)mbrtowc(&wide, bytes, n, &state);
	fact_int(name, result);
	if (result > 0) fact_int(name_with(name, "_character"), wide);
}

int main(int argc, char **argv)
{
	if (!setlocale(LC_ALL, "C.UTF-8")) return 2;
	for (int i = 1; i < argc; i++) {
		const char *bytes = named_text(argv[i]);
		decode(argv[i], bytes);
	}
}
