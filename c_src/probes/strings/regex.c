/* regcomp and regexec: usage `regex FLAGS PATTERN TEXT`; FLAGS any of e (REG_EXTENDED), i (REG_ICASE), u
 * (the C.UTF-8 locale), or `-`. TEXT may have %XX for any byte.
 *
 * Facts: `compiled` or the error's name; whether it matched; for each group where it starts and ends. */
#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "observation.h"

static const char *error_name(int error)
{
#define NAME(symbol) case symbol: return #symbol;
	switch (error) {
	case 0: return "compiled";
	NAME(REG_BADPAT) NAME(REG_ECOLLATE) NAME(REG_ECTYPE) NAME(REG_EESCAPE) NAME(REG_ESUBREG)
	NAME(REG_EBRACK) NAME(REG_EPAREN) NAME(REG_EBRACE) NAME(REG_BADBR) NAME(REG_ERANGE)
	NAME(REG_ESPACE) NAME(REG_BADRPT)
	default: return "other";
	}
#undef NAME
}

static char *unescape(char *text)
{
	char *to = text, pair[3] = "";
	for (const char *from = text; *from; from++) {
		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		pair[0] = *++from;
		pair[1] = *++from;
		*to++ = (char)strtoul(pair, NULL, 16);
	}
	*to = 0;
	return text;
}

int main(int argc, char **argv)
{
	regex_t regex;
	regmatch_t group[10];
	int flags = 0;
	if (argc != 4) return 2;
	if (strchr(argv[1], 'e')) flags |= REG_EXTENDED;
	if (strchr(argv[1], 'i')) flags |= REG_ICASE;
	if (strchr(argv[1], 'u') && !setlocale(LC_ALL, "C.UTF-8")) return 2;
	int error = regcomp(&regex, argv[2], flags);
	fact_text("regcomp", error_name(error));
	if (error) return 0;
	error = regexec(&regex, unescape(argv[3]), 10, group, 0);
	fact_bool("matches", !error);
	for (size_t i = 0; !error && i <= regex.re_nsub; i++) {
		item_int("starts", group[i].rm_so);
		item_int("ends", group[i].rm_eo);
	}
}
