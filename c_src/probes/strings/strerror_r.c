/* Which strerror_r the headers declare, and what it does.
 *
 * Facts: the type of the result; whether the text for ENOENT was left in the caller's buffer; and, where
 * the result is an int, what it is for ENOENT in five bytes and for a number that no libc knows. */
#include <errno.h>
#include <string.h>

#include "errno_name.h"
#include "observation.h"

#define RESULT(error, size) errno_name((int)(long)strerror_r(error, buffer, size))

int main(void)
{
	char buffer[128] = "";
	int standard = _Generic(strerror_r(0, buffer, 0), int: 1, char *: 0);
	fact_text("returns", standard ? "int" : "char *");
	if (!strerror_r(ENOENT, buffer, sizeof buffer) == !standard) return 2;
	fact_bool("buffer_used", *buffer);
	if (!standard) return 0;
	fact_text("in_5_bytes", RESULT(ENOENT, 5));
	fact_text("text_in_5_bytes", buffer);
	fact_text("unknown", RESULT(99999, sizeof buffer));
	fact_text("text_of_unknown", buffer);
}
