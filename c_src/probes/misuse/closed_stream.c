/* Streams and directories used after they were closed, and memory of theirs that somebody else freed.
 *
 * returned: what the late call said; errno: its value afterwards, from 0. contents: of the file that was
 * written, or of the one that was opened since. A crash is the outcome. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errno_name.h"
#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

static FILE *open_file(const char *path)
{
	FILE *stream = hide(fopen(path, "w+"));
	if (!stream) abort();
	return stream;
}

static void record_contents(const char *path)
{
	char text[40] = "";
	int file = open(path, O_RDONLY);
	if (read(file, text, sizeof text - 1) < 0) abort();
	fact_text("contents", text);
}

static void close_twice(void)
{
	FILE *volatile stream = open_file("/tmp/file");
	fclose(stream);
	step("second fclose");
	fact_int("returned", fclose(stream));
	step("end");
}

static void write_after_reopen(void)
{
	FILE *volatile closed = open_file("/tmp/first");
	fclose(closed);
	FILE *other = open_file("/tmp/second");
	step("fputs");
	fputs("stale", closed);
	step("fclose of the other");
	fclose(other);
	step("end");
	record_contents("/tmp/second");
}

static void close_descriptor_first(void)
{
	FILE *stream = open_file("/tmp/file");
	fputs("text", stream);
	close(fileno(stream));
	errno = 0;
	fact_int("returned", fclose(stream));
	fact_text("errno", errno_name(errno));
}

static void closedir_twice(void)
{
	DIR *volatile directory = hide(opendir("/"));
	neighbours(1 << 15);
	closedir(directory);
	step("second closedir");
	fact_int("returned", closedir(directory));
	step("end");
}

static void free_stdout(void)
{
	step("free");
	free(hide(stdout));
	step("end");
}

PATTERNS({"close-twice", close_twice}, {"write-after-reopen", write_after_reopen},
	{"close-descriptor-first", close_descriptor_first}, {"closedir-twice", closedir_twice},
	{"free-stdout", free_stdout})
