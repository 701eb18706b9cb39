/* One name in wire form expanded by dn_expand.
 *
 *	HEXADECIMAL-MESSAGE OFFSET [--size=BYTES, of the caller's buffer]
 *
 * Facts: result (bytes of the message that the name takes, or -1), name where it succeeded. */
#include <netinet/in.h>
#include <resolv.h>

#include "observation.h"
#include "words.h"

static int nibble(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

int main(int argc, char **argv)
{
	if (argc < 3) return 2;
	const char *text = operand(argv, 0);
	int size = number_option(argv, "size", 1025), length = 0;
	unsigned char message[512];
	char *name = calloc(1, size);
	for (; text[2 * length]; length++)
		message[length] = nibble(text[2 * length]) << 4 | nibble(text[2 * length + 1]);
	int result = dn_expand(message, message + length, message + strtol(operand(argv, 1), NULL, 10), name, size);
	fact_int("result", result);
	if (result >= 0) fact_text("name", name);
	return 0;
}
