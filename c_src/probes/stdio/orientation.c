/* Byte output on a wide stream and wide output on a byte stream.
 *
 * Facts: whether the call of the other orientation succeeds, and what the file holds in the end. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <wchar.h>

#include "observation.h"

static void record_file(const char *name, const char *path)
{
	char text[16] = "";
	if (read(open(path, O_RDONLY), text, sizeof text - 1) >= 0) fact_text(name, text);
}

int main(void)
{
	FILE *f = fopen("/tmp/wide", "w");
	fputws(L"a", f);
	fact_bool("fputs_on_wide", fputs("b", f) >= 0);
	fclose(f);
	record_file("wide_stream", "/tmp/wide");
	f = fopen("/tmp/byte", "w");
	fputs("a", f);
	fact_bool("fputws_on_byte", fputws(L"b", f) >= 0);
	fclose(f);
	record_file("byte_stream", "/tmp/byte");
}
