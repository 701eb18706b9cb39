/* Files that a case finds in its root. What they replace is kept aside and put back after the case. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

#define CHANGES_MAX 64
#define ASIDE "/.aside"

static struct change {
	char path[PATH_MAX];
	int replaced;
} change[CHANGES_MAX];
static int changes;

static const char *aside(int i)
{
	static char path[64];
	snprintf(path, sizeof path, ASIDE "/%d", i);
	return path;
}

static int make_parents(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		int failed = mkdir(path, 0755) && errno != EEXIST;
		*p = '/';
		if (failed) return errno;
	}
	return 0;
}

static int write_content(const char *path, const char *content, size_t size)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0) return errno;
	while (size) {
		ssize_t n = write(fd, content, size);
		if (n < 0) {
			int error = errno;
			close(fd);
			return error;
		}
		content += n;
		size -= (size_t)n;
	}
	close(fd);
	return 0;
}

/* What lies in the scratch directories is gone after the case anyway. */
static int is_scratch(const char *path)
{
	return !strncmp(path, "/tmp/", 5) || !strncmp(path, "/dev/shm/", 9);
}

static int put_aside(const char *path)
{
	if (changes == CHANGES_MAX) return ENOSPC;
	if (mkdir(ASIDE, 0700) && errno != EEXIST) return errno;
	struct change *c = &change[changes];
	snprintf(c->path, sizeof c->path, "%s", path);
	c->replaced = !rename(path, aside(changes));
	if (!c->replaced && errno != ENOENT) return errno;
	changes++;
	return 0;
}

static int prepare(uint32_t flags, char *path, const char *content, size_t size)
{
	int error = make_parents(path);
	if (!error && !is_scratch(path) && !(flags & AGENT_KEEP)) error = put_aside(path);
	if (error) return error;
	if (unlink(path) && errno != ENOENT) return errno;
	return flags & AGENT_WRITE ? write_content(path, content, size) : 0;
}

int file_prepare(uint32_t flags, const char *path, const char *content, size_t size)
{
	char copy[PATH_MAX];
	if (*path != '/' || strlen(path) >= sizeof copy) return EINVAL;
	strcpy(copy, path);
	if (is_scratch(path)) return prepare(flags, copy, content, size);
	if (root_writable(1)) return errno;
	int error = prepare(flags, copy, content, size);
	return root_writable(0) && !error ? errno : error;
}

int files_restore(void)
{
	int error = 0;
	if (!changes) return 0;
	if (root_writable(1)) return errno;
	/* the last first: a path may have been prepared twice */
	while (changes) {
		struct change *c = &change[--changes];
		if (unlink(c->path) && errno != ENOENT) error = errno;
		if (c->replaced && rename(aside(changes), c->path)) error = errno;
	}
	return root_writable(0) && !error ? errno : error;
}
