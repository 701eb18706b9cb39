/* A probe's command line in words: operands, --option=value, and words for constants. */
#ifndef WORDS_H
#define WORDS_H

#include <stdlib.h>
#include <string.h>

struct word {
	const char *text;
	int value;
};

/* The nth argument that is no option, counted from 0. It is NULL where there is none, and where it is the
 * word "NULL". */
static inline char *operand(char **argv, int n)
{
	while (*++argv)
		if (strncmp(*argv, "--", 2) && !n--)
			return strcmp(*argv, "NULL") ? *argv : NULL;
	return NULL;
}

/* The value of --name=value, or what to take otherwise. */
static inline char *option(char **argv, const char *name, char *otherwise)
{
	size_t length = strlen(name);
	while (*++argv)
		if (!strncmp(*argv, "--", 2) && !strncmp(*argv + 2, name, length) && (*argv)[2 + length] == '=')
			return *argv + 3 + length;
	return otherwise;
}

static inline long number_option(char **argv, const char *name, long otherwise)
{
	char *value = option(argv, name, NULL);
	return value ? strtol(value, NULL, 0) : otherwise;
}

/* "inet" or "canonname,passive" as the constants' values, or'ed. A word that is not in the list (which ends
 * with an empty entry) is read as a number. */
static inline int word_value(const struct word *words, const char *text)
{
	int value = 0;
	while (*text) {
		size_t length = strcspn(text, ",");
		const struct word *w = words;
		while (w->text && (strlen(w->text) != length || strncmp(w->text, text, length))) w++;
		value |= w->text ? w->value : (int)strtol(text, NULL, 0);
		text += length + (text[length] == ',');
	}
	return value;
}

#endif
