/* Searching for nothing.
 *
 * Facts: whether strstr, strcasestr and memmem find an empty needle, in a string and in an empty one. */
#include <string.h>

#include "observation.h"

int main(void)
{
	fact_bool("strstr_in_abc", strstr("abc", "") != NULL);
	fact_bool("strstr_in_empty", strstr("", "") != NULL);
	fact_bool("strcasestr_in_abc", strcasestr("abc", "") != NULL);
	fact_bool("strcasestr_in_empty", strcasestr("", "") != NULL);
	fact_bool("memmem_in_abc", memmem("abc", 3, "", 0) != NULL);
}
