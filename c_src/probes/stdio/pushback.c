/* Pushing characters back: usage `pushback depth|start|flush|write-stream`.
 *
 * Facts: how many characters ungetc takes before and after a read; ftell after a push-back at offset 0;
 * what fflush does to a pushed-back character; ungetc on a stream for writing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

#define ENOUGH 100000

static FILE *open_abc(void)
{
	FILE *f = fopen("/tmp/file", "w");
	fputs("abc", f);
	fclose(f);
	return fopen("/tmp/file", "r");
}

static int push_until_refused(FILE *f)
{
	int n = 0;
	while (n < ENOUGH && ungetc('x', f) != EOF) n++;
	return n;
}

static void depth(void)
{
	fact_int("before_read", push_until_refused(open_abc()));
	FILE *f = open_abc();
	fgetc(f);
	fact_int("after_read", push_until_refused(f));
}

static void start(void)
{
	FILE *f = open_abc();
	ungetc('z', f);
	errno = 0;
	fact_int("ftell", ftell(f));
	fact_text("error", errno_name(errno));
}

static void flush(void)
{
	FILE *f = open_abc();
	fgetc(f);
	ungetc('z', f);
	fflush(f);
	char next[2] = {(char)fgetc(f)};
	fact_text("next", next);
}

static void write_stream(void)
{
	FILE *f = fopen("/tmp/file", "w");
	errno = 0;
	fact_int("ungetc", ungetc('a', f));
	fact_text("error", errno_name(errno));
	fact_bool("ferror", ferror(f));
}

PATTERNS({"depth", depth}, {"start", start}, {"flush", flush}, {"write-stream", write_stream})
