/* fopencookie: usage `cookie reading|writing|no-callbacks|short-write`.
 *
 * Facts: the sizes that the callbacks are asked for, in order; what happens without a callback, and when
 * the write callback takes less than it was given. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static char block[3000];
static int calls;

static ssize_t read_three(void *cookie, char *to, size_t size)
{
	(void)cookie;
	item_int("asked_to_read", (int64_t)size);
	if (calls++) return 0;
	size_t given = size < 3 ? size : 3;
	memset(to, 'r', given);
	return (ssize_t)given;
}

static ssize_t write_all(void *cookie, const char *from, size_t size)
{
	(void)cookie, (void)from;
	item_int("asked_to_write", (int64_t)size);
	return (ssize_t)size;
}

static ssize_t write_one(void *cookie, const char *from, size_t size)
{
	(void)cookie, (void)from, (void)size;
	return calls++ < 3 ? 1 : 0;
}

static void reading(void)
{
	FILE *f = fopencookie(NULL, "r", (cookie_io_functions_t){.read = read_three});
	fact_int("fread", (int64_t)fread(block, 1, 2, f));
}

static void writing(void)
{
	FILE *f = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_all});
	fputs("abc", f);
	fflush(f);
	fwrite(block, 1, sizeof block, f);
	fclose(f);
}

static void no_callbacks(void)
{
	FILE *f = fopencookie(NULL, "r+", (cookie_io_functions_t){0});
	fact_int("fgetc", fgetc(f));
	fputc('x', f);
	fact_int("fflush", fflush(f));
	errno = 0;
	fact_int("fseek", fseek(f, 0, SEEK_SET));
	fact_text("fseek_error", errno_name(errno));
}

static void short_write(void)
{
	FILE *f = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_one});
	fputs("abcdef", f);
	fact_int("fflush", fflush(f));
}

PATTERNS({"reading", reading}, {"writing", writing}, {"no-callbacks", no_callbacks},
	{"short-write", short_write})
