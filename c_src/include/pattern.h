/* A probe with several patterns: its first argument names the one to run.
 *
 *	PATTERNS({"at-once", at_once}, {"after-reuse", after_reuse})
 *
 * defines main. An unknown name exits with 99, which no case expects. */
#ifndef PATTERN_H
#define PATTERN_H

#include <string.h>

struct pattern {
	const char *name;
	void (*run)(void);
};

#define PATTERNS(...) \
	int main(int argc, char **argv) \
	{ \
		static const struct pattern pattern[] = {__VA_ARGS__, {0, 0}}; \
		for (int i = 0; argc > 1 && pattern[i].name; i++) { \
			if (strcmp(pattern[i].name, argv[1])) continue; \
			pattern[i].run(); \
			return 0; \
		} \
		return 99; \
	}

#endif
