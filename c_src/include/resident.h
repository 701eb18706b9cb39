/* How much memory the process really holds. */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Resident kilobytes, counted page by page: statm's figure lags by up to a megabyte on many processors. */
static inline long resident_kilobytes(void)
{
	char text[1024];
	int file = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
	if (length <= 0) abort();
	close(file);
	text[length] = 0;
	const char *field = strstr(text, "\nRss:");
	if (!field) abort();
	return atol(field + 5);
}

#endif
