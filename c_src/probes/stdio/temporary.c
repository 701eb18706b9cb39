/* Temporary files: usage `temporary directory|tmpfile|alphabet`.
 *
 * directory: what tempnam makes of TMPDIR and of a directory that does not exist. tmpfile: whether the file
 * ever had a name. alphabet: which kinds of characters mktemp puts in, over 200 names. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"

static void directory_of(const char *name, char *path)
{
	char *end = path ? strrchr(path, '/') : NULL;
	if (end) *end = 0;
	fact_text(name, path);
}

static void directory(void)
{
	mkdir("/tmp/given", 0700);
	mkdir("/tmp/environment", 0700);
	setenv("TMPDIR", "/tmp/environment", 1);
	directory_of("with_TMPDIR", tempnam("/tmp/given", "x"));
	unsetenv("TMPDIR");
	directory_of("absent_directory", tempnam("/tmp/absent", "x"));
}

static void unnamed(void)
{
	char link[64] = "/proc/self/fd/", target[256] = "";
	int fd = fileno(tmpfile());
	char digit[2] = {(char)('0' + fd)};
	if (readlink(strcat(link, digit), target, sizeof target - 1) < 0) return;
	/* the kernel names a file opened with O_TMPFILE by a number after # */
	fact_bool("O_TMPFILE", strstr(target, "/#") != NULL);
}

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static void alphabet(void)
{
	int upper = 0, lower = 0, digit = 0;
	for (int n = 0; n < 200; n++) {
		char name[] = "XXXXXX";
		mktemp(name);
		for (const char *c = name; *c; c++) {
			upper |= isupper((unsigned char)*c);
			lower |= islower((unsigned char)*c);
			digit |= isdigit((unsigned char)*c);
		}
	}
	fact_bool("upper_case", upper);
	fact_bool("lower_case", lower);
	fact_bool("digits", digit);
}

PATTERNS({"directory", directory}, {"tmpfile", unnamed}, {"alphabet", alphabet})
