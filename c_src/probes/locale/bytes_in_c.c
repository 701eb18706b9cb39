/* Bytes above 0x7f and wide characters above ASCII in the C locale.
 *
 * Facts: what mbtowc, btowc, mbsrtowcs and wcrtomb make of them (or the error), and what the wide character
 * classes say about e with acute, Greek alpha and a Chinese character. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static void conversions(void)
{
	wchar_t wide[8] = L"";
	char narrow[16];
	mbstate_t state;
	const char *from = "a\xffz";
	errno = 0;
	fact_int("mbtowc_ff", mbtowc(wide, "\xff", 1));
	fact_text("mbtowc_ff_error", errno_name(errno));
	fact_int("mbtowc_ff_character", wide[0]);
	fact_int("btowc_e9", (int32_t)btowc(0xe9));
	memset(&state, 0, sizeof state);
	fact_int("mbsrtowcs_a_ff_z", (int64_t)mbsrtowcs(wide, &from, 8, &state));
	memset(&state, 0, sizeof state);
	fact_int("wcrtomb_df80", (int64_t)wcrtomb(narrow, 0xdf80, &state));
	memset(&state, 0, sizeof state);
	fact_int("wcrtomb_e9", (int64_t)wcrtomb(narrow, 0xe9, &state));
}

static void classes(void)
{
	fact_bool("iswalpha_e9", iswalpha(0xe9));
	fact_bool("iswalpha_3b1", iswalpha(0x3b1));
	fact_int("towupper_e9", towupper(0xe9));
	fact_int("wcwidth_4e00", wcwidth(0x4e00));
}

PATTERNS({"conversions", conversions}, {"classes", classes})
