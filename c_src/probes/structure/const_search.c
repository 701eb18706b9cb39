/* The type of a search in a constant string: C23 makes strchr and its relatives keep the const of their argument.
 *
 * Facts: the type of the result, by function. */
#include <string.h>

#include "observation.h"

#define TYPE(result) _Generic(result, const char *: "const char *", char *: "char *", void *: "void *", \
	const void *: "const void *")

int main(void)
{
	const char *text = "text";
	fact_text("strchr", TYPE(strchr(text, 't')));
	fact_text("strstr", TYPE(strstr(text, "t")));
	fact_text("memchr", TYPE(memchr(text, 't', 4)));
}
