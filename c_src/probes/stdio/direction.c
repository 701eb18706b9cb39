/* Reading from a stream for writing, and writing to one for reading.
 *
 * Facts: for fputc, fwrite and fprintf on "r" and fgetc on "w" the result, the error and the error
 * indicator. */
#include <errno.h>
#include <stdio.h>

#include "errno_name.h"
#include "observation.h"

int main(void)
{
	FILE *out = fopen("/tmp/file", "w"), *in = fopen("/tmp/file", "r");
	errno = 0;
	fact_int("fputc", fputc('x', in));
	fact_text("fputc_error", errno_name(errno));
	fact_bool("fputc_ferror", ferror(in));
	errno = 0;
	fact_int("fwrite", (int64_t)fwrite("x", 1, 1, in));
	fact_text("fwrite_error", errno_name(errno));
	errno = 0;
	fact_int("fprintf", fprintf(in, "x"));
	fact_text("fprintf_error", errno_name(errno));
	errno = 0;
	fact_int("fgetc", fgetc(out));
	fact_text("fgetc_error", errno_name(errno));
	fact_bool("fgetc_ferror", ferror(out));
}
