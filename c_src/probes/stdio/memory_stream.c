/* Streams over memory: usage `memory_stream overflow|full|unflushed|seek-back|wide-format`.
 *
 * overflow, full: fmemopen with more than fits, and with exactly what fits. unflushed, seek-back: the
 * caller's pointer and size of open_memstream. wide-format: fwprintf into open_wmemstream. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

static void overflow(void)
{
	char memory[5] = "";
	FILE *f = fmemopen(memory, sizeof memory, "w");
	fact_bool("fputs", fputs("123456789", f) >= 0);
	errno = 0;
	fact_int("fflush", fflush(f));
	fact_text("error", errno_name(errno));
	fact_bytes("memory", memory, sizeof memory);
}

static void full(void)
{
	char memory[4] = "", back[8] = "";
	FILE *f = fmemopen(memory, sizeof memory, "w+");
	fwrite("abcd", 1, 4, f);
	rewind(f);
	fact_int("read_back", (int64_t)fread(back, 1, sizeof back, f));
	fact_bytes("memory", memory, sizeof memory);
}

static void unflushed(void)
{
	char *memory = NULL;
	size_t size = 99;
	FILE *f = open_memstream(&memory, &size);
	fact_bool("pointer_set", memory != NULL);
	fact_int("size", (int64_t)size);
	fclose(f);
}

static void seek_back(void)
{
	char *memory;
	size_t size;
	FILE *f = open_memstream(&memory, &size);
	fputs("abcdef", f);
	fseek(f, 2, SEEK_SET);
	fflush(f);
	fact_int("size", (int64_t)size);
}

static void wide_format(void)
{
	wchar_t *memory;
	size_t size;
	char narrow[32];
	FILE *f = open_wmemstream(&memory, &size);
	fwprintf(f, L"x%dy%sz", 42, "str");
	fclose(f);
	for (size_t i = 0; i <= size; i++) narrow[i] = (char)memory[i];
	fact_text("text", narrow);
}

PATTERNS({"overflow", overflow}, {"full", full}, {"unflushed", unflushed},
	{"seek-back", seek_back}, {"wide-format", wide_format})
