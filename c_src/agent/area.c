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
	if (fd < 0) return errno;
	if (ftruncate(fd, sizeof *area)) return errno;
	/* a probe that shrinks its descriptor must not make us or the harness fault */
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) return errno;
	area = mmap(0, sizeof *area, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (area == MAP_FAILED) return errno;
	/* at 3 here too, so that every probe inherits it */
	if (fd == 3) return fcntl(fd, F_SETFD, 0) ? errno : 0;
	if (dup2(fd, 3) < 0) return errno;
	close(fd);
	return 0;
}

static uint32_t random_number(void)
{
	static uint32_t number[64];
	static unsigned left;
	if (!left) {
		if (getrandom(number, sizeof number, 0) != sizeof number) _exit(1);
		left = 64;
	}
	return number[--left] | 1;
}

/* Old records need no clearing: a record counts only if it carries the run's number, which nobody can guess. */
void area_reset(void)
{
	uint32_t run = random_number();
	area->head.magic = OBSERVATION_MAGIC;
	area->head.capacity = OBSERVATION_CAPACITY;
	area->head.count = 0;
	area->head.run = run;
}

const void *area_used(uint32_t *size)
{
	uint32_t count = area->head.count;
	if (count > OBSERVATION_CAPACITY) count = OBSERVATION_CAPACITY;
	*size = sizeof area->head + count * sizeof *area->record;
	return area;
}
