/* Arguments of the form NAME=TEXT: the topic names the facts that a probe records for what it was given.
 *
 *	const char *format = named_text(argv[i]);	now argv[i] is NAME
 *	fact_int(name_with(argv[i], "_count"), n);	good until the next call */
#ifndef NAMED_ARGUMENT_H
#define NAMED_ARGUMENT_H

static inline char *named_text(char *argument)
{
	while (*argument && *argument != '=') argument++;
	if (!*argument) return argument;
	*argument = 0;
	return argument + 1;
}

static inline const char *name_with(const char *name, const char *suffix)
{
	static char joined[80];
	/* volatile keeps the compiler from calling the libc's string functions */
	volatile char *to = joined;
	for (int i = 0; name[i] && i < 40; i++) *to++ = name[i];
	for (int i = 0; suffix[i] && i < 39; i++) *to++ = suffix[i];
	*to = 0;
	return joined;
}

#endif
