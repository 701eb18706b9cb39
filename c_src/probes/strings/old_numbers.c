/* Numbers by functions that older standards had: usage `old_numbers atol|ecvt`.
 *
 * atol: a number too large for long. ecvt: the digits and the place of the decimal point. */
#include <stdlib.h>
#include <string.h>

#include "observation.h"

int main(int argc, char **argv)
{
	int point, sign;
	if (argc != 2) return 2;
	if (!strcmp(argv[1], "atol")) {
		fact_int("atol", atol("99999999999999999999"));
		return 0;
	}
	fact_text("ecvt_of_20_digits", ecvt(0.1, 20, &point, &sign));
	fact_text("ecvt_of_no_digits", ecvt(1.5, 0, &point, &sign));
	fact_text("fcvt_of_small", fcvt(0.00001234, 3, &point, &sign));
	fact_int("fcvt_of_small_point", point);
	fact_text("fcvt_of_123", fcvt(123.456, 2, &point, &sign));
	fact_int("fcvt_of_123_point", point);
}
