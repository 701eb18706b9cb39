/* What nl_langinfo and localeconv say in the C locale. */
#include <langinfo.h>
#include <locale.h>

#include "observation.h"

#define ITEM(name) fact_text(#name, nl_langinfo(name))

int main(void)
{
	ITEM(CODESET);
	ITEM(RADIXCHAR);
	ITEM(THOUSEP);
	ITEM(D_T_FMT);
	ITEM(T_FMT_AMPM);
	ITEM(YESEXPR);
	ITEM(NOEXPR);
	ITEM(ALT_DIGITS);
	ITEM(CRNCYSTR);
	fact_text("decimal_point", localeconv()->decimal_point);
	fact_int("frac_digits", localeconv()->frac_digits);
}
