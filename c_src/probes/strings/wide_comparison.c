/* Comparison of wide characters at the ends of wchar_t.
 *
 * Facts: the signs of wcscmp, wmemcmp and wcsncmp where a subtraction would overflow. */
#include <limits.h>
#include <wchar.h>

#include "observation.h"

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

int main(void)
{
	wchar_t least[] = {INT_MIN, 0}, one[] = {1, 0}, greatest[] = {INT_MAX, 0}, minus_one[] = {-1, 0};
	fact_int("wcscmp", sign(wcscmp(least, one)));
	fact_int("wmemcmp", sign(wmemcmp(least, one, 1)));
	fact_int("wcsncmp", sign(wcsncmp(greatest, minus_one, 1)));
}
