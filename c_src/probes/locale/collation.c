/* Order and case in C.UTF-8.
 *
 * Facts: how strcoll orders a and B, what strxfrm makes of abc, the case and width of some characters that
 * newer Unicode added or changed. */
#include <locale.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "observation.h"

int main(void)
{
	char key[16] = "";
	if (!setlocale(LC_ALL, "C.UTF-8")) return 2;
	fact_bool("a_before_B", strcoll("a", "B") < 0);
	strxfrm(key, "abc", sizeof key);
	fact_text("strxfrm_abc", key);
	fact_int("towupper_df", towupper(0xdf));
	fact_int("towlower_a7c0", towlower(0xa7c0));
	fact_bool("iswspace_85", iswspace(0x85));
	fact_bool("iswblank_3000", iswblank(0x3000));
	fact_int("wcwidth_1160", wcwidth(0x1160));
	fact_int("wcwidth_1fae8", wcwidth(0x1fae8));
	fact_int("wcwidth_378", wcwidth(0x378));
	fact_bool("wctrans_totitle", wctrans("totitle") != 0);
}
