/* swprintf: usage `wide character|pointer NAME=FORMAT...`, or `wide truncation`.
 *
 * Each FORMAT is printed with the letter x as a wint_t, or with the pointer 0x78. Facts: NAME is the text
 * or the error. truncation: six characters into four. */
#include <errno.h>
#include <string.h>
#include <wchar.h>

#include "errno_name.h"
#include "named_argument.h"
#include "observation.h"

static wchar_t text[64];

static void print(const char *type, const char *name, const char *format)
{
	wchar_t wide[32];
	char narrow[64];
	int n;
	for (size_t i = 0; i <= strlen(format); i++) wide[i] = format[i];
	errno = 0;
	if (!strcmp(type, "pointer")) n = swprintf(text, 64, wide, (void *)0x78);
	else n = swprintf(text, 64, wide, (wint_t)'x');
	for (int i = 0; i < n; i++) narrow[i] = (char)text[i];
	if (n < 0) fact_text(name, errno_name(errno));
	else fact_bytes(name, narrow, (uint32_t)n);
}

static void truncation(void)
{
	wmemset(text, L'#', 4);
	errno = 0;
	fact_int("swprintf", swprintf(text, 4, L"abcdef"));
	fact_text("error", errno_name(errno));
	fact_bool("terminated", !text[3]);
}

int main(int argc, char **argv)
{
	if (argc == 2) truncation();
	for (int i = 2; i < argc; i++) {
		const char *format = named_text(argv[i]);
		print(argv[1], argv[i], format);
	}
}
