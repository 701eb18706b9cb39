/* The shared memory that probes record facts in: descriptor 3 of every probe. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "agent.h"

static struct observation_area *area;

int area_create(void)
{
	int fd = memfd_create("observations", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0) return -errno;
	if (ftruncate(fd, sizeof *area)) return -errno;
	/* a probe that shrinks its descriptor must not make us or the harness fault */
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) return -errno;
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	/* at 3 here too, so that every probe inherits it */
	if (kept < 0 || dup2(kept, 3) < 0) return -errno;
	if (fd != 3) close(fd);
	area = mmap(0, sizeof *area, PROT_READ | PROT_WRITE, MAP_SHARED, kept, 0);
	return area == MAP_FAILED ? -errno : kept;
}

/* Old records need no clearing: a record counts only if it carries the run's number, which nobody can guess. */
void area_reset(void)
{
	uint32_t run = 0;
	while (!run) if (getrandom(&run, sizeof run, 0) < 0) break;
	area->magic = OBSERVATION_MAGIC;
	area->capacity = OBSERVATION_CAPACITY;
	area->count = 0;
	area->run = run;
}
