/* How stdio buffers a file: usage `buffer constants|reading|writing|setvbuf|late-setvbuf`.
 *
 * Facts: the constants of <stdio.h>; where the descriptor stands after one byte was read; how much of what
 * was written has reached the file before any flush; the buffer's size after setvbuf. */
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"

static const char *path = "/tmp/file";
static char block[20000];

static long long size_on_disk(void)
{
	struct stat status;
	stat(path, &status);
	return status.st_size;
}

static void constants(void)
{
	fact_int("BUFSIZ", BUFSIZ);
	fact_int("FOPEN_MAX", FOPEN_MAX);
	fact_int("FILENAME_MAX", FILENAME_MAX);
	fact_int("TMP_MAX", TMP_MAX);
	fact_int("L_tmpnam", L_tmpnam);
	fact_int("L_ctermid", L_ctermid);
}

static void reading(void)
{
	int fd = open(path, O_CREAT | O_RDWR, 0600);
	if (write(fd, block, sizeof block) != sizeof block) return;
	FILE *f = fopen(path, "r");
	fgetc(f);
	fact_int("offset_after_1", lseek(fileno(f), 0, SEEK_CUR));
	fact_int("buffer", (int64_t)__fbufsize(f));
	if (fread(block, 1, 9010, f) != 9010) return;
	fact_int("offset_after_9011", lseek(fileno(f), 0, SEEK_CUR));
}

static void writing(void)
{
	FILE *f = fopen(path, "w");
	fwrite(block, 1, 1500, f);
	fact_int("on_disk_after_1500", size_on_disk());
	fwrite(block, 1, 3000, f);
	fact_int("on_disk_after_4500", size_on_disk());
}

static void set_buffer(void)
{
	static char own[100];
	FILE *f = fopen(path, "w");
	fact_int("setvbuf_without_buffer", setvbuf(f, NULL, _IOFBF, 100000));
	fputs("hi", f);
	fact_int("size_without_buffer", (int64_t)__fbufsize(f));
	f = fopen(path, "w");
	fact_int("setvbuf_with_100_bytes", setvbuf(f, own, _IOFBF, sizeof own));
	fputs("hi", f);
	fact_int("size_with_100_bytes", (int64_t)__fbufsize(f));
}

static void set_buffer_late(void)
{
	FILE *f = fopen(path, "w");
	fputs("a", f);
	fact_int("setvbuf", setvbuf(f, NULL, _IONBF, 0));
	fact_int("on_disk_after_setvbuf", size_on_disk());
	fputs("b", f);
	fact_int("on_disk_after_fputs", size_on_disk());
}

PATTERNS({"constants", constants}, {"reading", reading}, {"writing", writing},
	{"setvbuf", set_buffer}, {"late-setvbuf", set_buffer_late})
