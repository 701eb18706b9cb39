/* Whether reading from an unbuffered stream flushes a line-buffered stdout, so that a prompt without a
 * newline shows before the program waits for the answer.
 *
 * Fact: how many bytes of the prompt were visible after one byte of input was read. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "observation.h"

int main(void)
{
	int shown[2], typed[2];
	char seen[16];
	if (pipe(shown) || pipe(typed) || write(typed[1], "y\n", 2) != 2) return 2;
	dup2(shown[1], 1);
	dup2(typed[0], 0);
	fcntl(shown[0], F_SETFL, O_NONBLOCK);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	printf("prompt");
	getchar();
	ssize_t n = read(shown[0], seen, sizeof seen);
	fact_int("visible", n < 0 ? 0 : n);
}
