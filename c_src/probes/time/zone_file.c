/* A time zone in a file of the probe's own, five hours east of Greenwich and called HERE: usage `zone_file
 * absolute|version-1|TZDIR|changed`.
 *
 * absolute, version-1: TZ=/tmp/zone, in the versions 2 and 1 of the format. TZDIR: TZ=zone with TZDIR=/tmp.
 * changed: whether localtime_r alone notices that TZ has changed. Facts: offsets in seconds. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"

/* RFC 8536: magic, version, 15 bytes, six counts; then one type of local time, and its name */
#define BLOCK(version) "TZif" version "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\1" "\0\0\0\5" \
	"\0\0\x46\x50" "\0" "\0" "HERE\0"

static const char version_1_file[] = BLOCK("\0");
static const char version_2_file[] = BLOCK("2") BLOCK("2") "\nHERE-5\n";

static const time_t noon = 1704456000;

static void write_zone(const char *contents, ssize_t size)
{
	int fd = open("/tmp/zone", O_CREAT | O_WRONLY, 0600);
	if (write(fd, contents, (size_t)size) != size) abort();
	close(fd);
}

static void record(const char *zone)
{
	setenv("TZ", zone, 1);
	fact_int("offset", localtime(&noon)->tm_gmtoff);
}

static void absolute(void)
{
	write_zone(version_2_file, sizeof version_2_file - 1);
	record("/tmp/zone");
}

static void version_1(void)
{
	write_zone(version_1_file, sizeof version_1_file - 1);
	record("/tmp/zone");
}

static void directory(void)
{
	write_zone(version_2_file, sizeof version_2_file - 1);
	setenv("TZDIR", "/tmp", 1);
	record("zone");
}

static void changed(void)
{
	struct tm t;
	record("ONE-1");
	setenv("TZ", "TWO-2", 1);
	localtime_r(&noon, &t);
	fact_int("localtime_r", t.tm_gmtoff);
	fact_int("localtime", localtime(&noon)->tm_gmtoff);
}

PATTERNS({"absolute", absolute}, {"version-1", version_1}, {"TZDIR", directory}, {"changed", changed})
