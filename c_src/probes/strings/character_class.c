/* isalpha and its relatives: usage `character_class values|out-of-range`.
 *
 * values: what they return for a member of the class. out-of-range: isalpha of a number far from any
 * character. */
#include <ctype.h>
#include <string.h>

#include "observation.h"

int main(int argc, char **argv)
{
	if (argc != 2) return 2;
	if (!strcmp(argv[1], "values")) {
		fact_int("isalpha_a", (isalpha)('a'));
		fact_int("isdigit_5", (isdigit)('5'));
		fact_int("isspace_space", (isspace)(' '));
		return 0;
	}
	volatile int far = 10000000;
	fact_bool("isalpha", (isalpha)(far));
}
