/* Whether printf and strtod honour the rounding mode of <fenv.h>: usage `printf_rounding MODE`, MODE one of
 * nearest, upward, downward, zero.
 *
 * Facts: 0.15 to one digit, 1/3 to three digits and 1.25 as a hexadecimal float of none; and the sign of
 * what strtod makes of 1e-400, too small for a double. */
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observation.h"

static const struct {
	const char *name;
	int mode;
} modes[] = {
	{"nearest", FE_TONEAREST}, {"upward", FE_UPWARD}, {"downward", FE_DOWNWARD}, {"zero", FE_TOWARDZERO},
};

static void print(const char *name, const char *format, double value)
{
	char text[32];
	snprintf(text, sizeof text, format, value);
	fact_text(name, text);
}

int main(int argc, char **argv)
{
	volatile double one = 1;
	double third = one / 3;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (argc > 1 && !strcmp(argv[1], modes[i].name)) fesetround(modes[i].mode);
	print("tenth", "%.1f", 0.15);
	print("third", "%.3e", third);
	print("hexadecimal", "%.0a", 1.25);
	fact_bool("tiny_is_negative", signbit(strtod("1e-400", NULL)));
}
