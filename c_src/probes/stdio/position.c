/* Where the file offset stands: usage `position close|flush-all|append|turn-round|end-of-file`.
 *
 * Facts: the descriptor's offset after fclose or fflush(NULL) of an input stream that had read one byte;
 * ftell of a fresh append stream; the file after a read that turns into a write; reads after the end of the
 * file moved. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"

static const char *path = "/tmp/file";

static FILE *open_filled(const char *mode)
{
	FILE *f = fopen(path, "w");
	fputs("abcdef", f);
	fclose(f);
	return fopen(path, mode);
}

static void record_file(const char *name)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);
	if (read(fd, text, sizeof text - 1) >= 0) fact_text(name, text);
	close(fd);
}

static void close_input(void)
{
	FILE *f = open_filled("r");
	int fd = dup(fileno(f));
	fgetc(f);
	fclose(f);
	fact_int("offset", lseek(fd, 0, SEEK_CUR));
}

static void flush_all(void)
{
	FILE *f = open_filled("r");
	fgetc(f);
	fact_int("fflush", fflush(NULL));
	fact_int("offset", lseek(fileno(f), 0, SEEK_CUR));
}

static void append(void)
{
	FILE *f = open_filled("a");
	fact_int("ftell_at_first", ftell(f));
	fputc('g', f);
	fact_int("ftell_after_a_write", ftell(f));
}

static void turn_round(void)
{
	FILE *f = open_filled("r+");
	fgetc(f);
	fgetc(f);
	fputc('X', f);
	fclose(f);
	record_file("file");
}

static void end_of_file(void)
{
	FILE *f = open_filled("r"), *more = fopen(path, "a");
	while (fgetc(f) != EOF);
	fputs("g", more);
	fclose(more);
	fact_int("fgetc", fgetc(f));
	clearerr(f);
	fact_int("fgetc_after_clearerr", fgetc(f));
}

PATTERNS({"close", close_input}, {"flush-all", flush_all}, {"append", append},
	{"turn-round", turn_round}, {"end-of-file", end_of_file})
