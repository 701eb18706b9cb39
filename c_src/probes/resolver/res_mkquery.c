/* The query that res_mkquery builds.
 *
 *	NAME TYPE [--class=N]
 *
 * Facts: result (its length, or -1), authentic (the AD bit) and question (in hexadecimal) where it succeeded. */
#include <netinet/in.h>
#include <resolv.h>

#include "observation.h"
#include "words.h"

int main(int argc, char **argv)
{
	if (argc < 3) return 2;
	static char text[2 * 512 + 1];
	unsigned char query[512];
	int class = number_option(argv, "class", 1), type = strtol(operand(argv, 1), NULL, 10);
	int result = res_mkquery(0, operand(argv, 0), class, type, NULL, 0, NULL, query, sizeof query);
	fact_int("result", result);
	if (result < 0) return 0;
	for (int i = 12; i < result; i++) {
		text[2 * (i - 12)] = "0123456789abcdef"[query[i] >> 4];
		text[2 * (i - 12) + 1] = "0123456789abcdef"[query[i] & 15];
	}
	fact_bool("authentic", query[3] & 0x20);
	fact_text("question", text);
	return 0;
}
