/* The texts of strerror: usage `strerror common|newer|unknown`.
 *
 * Facts: one for each error. newer: numbers that libcs learnt at different times. unknown: numbers that no
 * libc has a text for. */
#include <errno.h>
#include <string.h>

#include "observation.h"

static const struct {
	const char *group, *name;
	int error;
} errors[] = {
	{"common", "no_error", 0},
	{"common", "ENOMEM", ENOMEM},
	{"common", "ENOENT", ENOENT},
	{"common", "EMFILE", EMFILE},
	{"common", "ERANGE", ERANGE},
	{"common", "ENAMETOOLONG", ENAMETOOLONG},
	{"common", "ELOOP", ELOOP},
	{"common", "EILSEQ", EILSEQ},
	{"common", "EOPNOTSUPP", EOPNOTSUPP},
	{"common", "EADDRINUSE", EADDRINUSE},
	{"common", "ETIMEDOUT", ETIMEDOUT},
	{"common", "ECONNREFUSED", ECONNREFUSED},
	{"common", "EHOSTUNREACH", EHOSTUNREACH},
	{"common", "EINPROGRESS", EINPROGRESS},
	{"newer", "EUCLEAN", EUCLEAN},
	{"newer", "ENAVAIL", ENAVAIL},
	{"newer", "ENOKEY", ENOKEY},
	{"newer", "EHWPOISON", EHWPOISON},
	{"newer", "number_134", 134},
	{"unknown", "minus_1", -1},
	{"unknown", "number_200", 200},
	{"unknown", "number_99999", 99999},
};

int main(int argc, char **argv)
{
	if (argc != 2) return 2;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (!strcmp(errors[i].group, argv[1])) fact_text(errors[i].name, strerror(errors[i].error));
}
