/* Which names of character sets iconv_open knows: usage `iconv_names NAME=CHARSET...`.
 *
 * Facts: NAME tells whether UTF-8 can be made from the CHARSET (`from`), it from UTF-8 (`to`), `both` or
 * `none`. */
#include <iconv.h>

#include "named_argument.h"
#include "observation.h"

static int opens(const char *to, const char *from)
{
	iconv_t converter = iconv_open(to, from);
	if (converter == (iconv_t)-1) return 0;
	iconv_close(converter);
	return 1;
}

int main(int argc, char **argv)
{
	static const char *kinds[] = {"none", "from", "to", "both"};
	for (int i = 1; i < argc; i++) {
		const char *name = named_text(argv[i]);
		fact_text(argv[i], kinds[opens("UTF-8", name) + 2 * opens(name, "UTF-8")]);
	}
}
