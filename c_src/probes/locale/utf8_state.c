/* UTF-8 conversion with lengths that split or exceed the string.
 *
 * Facts: mbrtowc told that there are UINT_MAX + 3 bytes; mbsnrtowcs whose byte limit cuts a character: how
 * far it moved and whether the state remembers the part. */
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "observation.h"

int main(void)
{
	const char *text = "a\xe2\x82\xac", *from = text;
	wchar_t wide[8];
	mbstate_t state;
	if (!setlocale(LC_ALL, "C.UTF-8")) return 2;
	memset(&state, 0, sizeof state);
	fact_int("mbrtowc", (int64_t)mbrtowc(wide, text + 1, (size_t)UINT_MAX + 3, &state));
	memset(&state, 0, sizeof state);
	fact_int("mbsnrtowcs", (int64_t)mbsnrtowcs(wide, &from, 3, 8, &state));
	fact_int("bytes_consumed", from - text);
	fact_bool("initial_state", mbsinit(&state));
}
