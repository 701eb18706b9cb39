/* What newlocale refuses.
 *
 * Facts: whether a locale came back, and the error, for a name that no system has and for a category mask
 * with an unknown bit. */
#include <errno.h>
#include <locale.h>

#include "errno_name.h"
#include "observation.h"

static void make(const char *name, int mask, const char *locale)
{
	errno = 0;
	locale_t l = newlocale(mask, locale, 0);
	fact_text(name, l ? "locale" : errno_name(errno));
}

int main(void)
{
	make("unknown_name", LC_ALL_MASK, "nonsense");
	make("unknown_category", 1 << 20, "C");
}
