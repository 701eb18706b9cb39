/* What sscanf reads: usage `scanf TYPE FORMAT NAME=INPUT...`.
 *
 * Facts: NAME is how many items sscanf says it assigned, NAME_value what it stored; 7 or "unset" when it
 * stored nothing. */
#include <stdio.h>
#include <string.h>

#include "named_argument.h"
#include "observation.h"

static int scan_double(const char *name, const char *format, const char *input)
{
	double to = 7;
	int assigned = sscanf(input, format, &to);
	fact_real(name_with(name, "_value"), to);
	return assigned;
}

static int scan_text(const char *name, const char *format, const char *input)
{
	char to[32] = "unset";
	int assigned = sscanf(input, format, to);
	fact_text(name_with(name, "_value"), to);
	return assigned;
}

static int scan_integer(const char *name, const char *format, const char *input)
{
	long long to = 7;
	int assigned = sscanf(input, format, &to);
	fact_int(name_with(name, "_value"), to);
	return assigned;
}

int main(int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		int (*scan)(const char *, const char *, const char *) =
			!strcmp(argv[1], "double") ? scan_double : !strcmp(argv[1], "text") ? scan_text : scan_integer;
		const char *input = named_text(argv[i]);
		fact_int(argv[i], scan(argv[i], argv[2], input));
	}
}
