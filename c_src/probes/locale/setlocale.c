/* Which locale names setlocale takes: usage `setlocale NAME=LOCALE...`; an empty LOCALE is that of the
 * environment.
 *
 * Facts: NAME is what setlocale returned; NAME_codeset and NAME_MB_CUR_MAX are the character set and the
 * longest character of the locale that is then in force. A refusal leaves the C locale. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>

#include "named_argument.h"
#include "observation.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *locale = named_text(argv[i]);
		setlocale(LC_ALL, "C");
		fact_text(argv[i], setlocale(LC_ALL, locale));
		fact_text(name_with(argv[i], "_codeset"), nl_langinfo(CODESET));
		fact_int(name_with(argv[i], "_MB_CUR_MAX"), (int64_t)MB_CUR_MAX);
	}
}
