/* Conversion between character sets: usage `iconv TO FROM INPUT`, with %XX in INPUT for any byte.
 *
 * Facts: `opened` or the error of iconv_open; what iconv returned, its error, the output, and how many
 * bytes of the input are left. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "observation.h"

static size_t unescape(char *to, const char *from)
{
	char *start = to;
	while (*from) {
		if (*from != '%') {
			*to++ = *from++;
			continue;
		}
		char pair[3] = {from[1], from[2]};
		*to++ = (char)strtoul(pair, NULL, 16);
		from += 3;
	}
	return (size_t)(to - start);
}

int main(int argc, char **argv)
{
	char input[64], output[256], *in = input, *out = output;
	if (argc != 4) return 2;
	size_t left = unescape(input, argv[3]), space = sizeof output;
	errno = 0;
	iconv_t converter = iconv_open(argv[1], argv[2]);
	fact_text("iconv_open", converter == (iconv_t)-1 ? errno_name(errno) : "opened");
	if (converter == (iconv_t)-1) return 0;
	errno = 0;
	fact_int("iconv", (int64_t)iconv(converter, &in, &left, &out, &space));
	fact_text("error", errno_name(errno));
	fact_bytes("output", output, (uint32_t)(out - output));
	fact_int("input_left", (int64_t)left);
}
