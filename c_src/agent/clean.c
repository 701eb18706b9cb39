/* After each case: nothing that a probe left may meet the next one. Called once before the first probe, too. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "agent.h"

/* An empty tmpfs has one inode: its root. Asking for the count is cheaper than reading the directory. */
static int empty(const char *path)
{
	struct statfs s;
	return !statfs(path, &s) && s.f_files - s.f_ffree <= 1;
}

/* The size of this directory grows with each queue. */
static int has_queues(void)
{
	static off_t without = -1;
	struct stat s;
	if (stat("/dev/mqueue", &s)) return 1;
	if (without < 0) without = s.st_size;
	return s.st_size != without;
}

/* A fresh file system is quicker than deleting, and works when the old one is full or its modes are hostile. */
static int renew_scratch(const char *path)
{
	if (empty(path)) return 0;
	if (in_container) return delete_below(path);
	if (umount2(path, MNT_DETACH) || scratch_mount(path)) return errno;
	return 0;
}

static int ipc_used(void)
{
	struct msginfo queues;
	struct seminfo semaphores;
	struct shm_info memory;
	union { struct seminfo *info; void *pointer; } argument = { .info = &semaphores };
	if (msgctl(0, MSG_INFO, (void *)&queues) < 0 || queues.msgpool) return 1;
	if (semctl(0, 0, SEM_INFO, argument) < 0 || semaphores.semusz) return 1;
	if (shmctl(0, SHM_INFO, (void *)&memory) < 0 || memory.used_ids) return 1;
	return has_queues();
}

static int renew_ipc(void)
{
	if (!ipc_used()) return 0;
	if (in_container) return delete_ipc();
	if (umount2("/dev/mqueue", MNT_DETACH) || unshare(CLONE_NEWIPC) || mqueue_mount()) return errno;
	return 0;
}

int clean_up(void)
{
	int error = renew_scratch("/tmp");
	if (!error) error = renew_scratch("/dev/shm");
	return error ? error : renew_ipc();
}
