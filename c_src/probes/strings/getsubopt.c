/* getsubopt on a=1,b,c=3 where only a and b are known.
 *
 * Facts: the value that it stores for each suboption. */
#include <stdlib.h>
#include <string.h>

#include "observation.h"

int main(void)
{
	char options[] = "a=1,b,c=3", *rest = options, *value;
	char *const known[] = {"a", "b", NULL};
	while (*rest) {
		item_int("index", getsubopt(&rest, known, &value));
		item_text("value", value);
	}
}
