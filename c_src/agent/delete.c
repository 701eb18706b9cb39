/* Cleaning where nothing can be mounted anew: what a probe left is deleted, thing by thing. Modes may be hostile and
 * trees as deep as there are inodes, so nothing here recurses or depends on the length of a path. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

/* linux/shm.h and its like; they look at an object whatever its mode is. */
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif
#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif
#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif

static int is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

static DIR *open_owned(int parent, const char *name)
{
	fchmodat(parent, name, 0700, 0);
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? 0 : fdopendir(fd);
}

/* Lifts a directory to the top, under a name that nothing there has. */
static int lift(int from, const char *name, int top)
{
	static unsigned number;
	char free_name[16];
	fchmodat(from, name, 0700, 0);
	for (;;) {
		snprintf(free_name, sizeof free_name, "%u", number++);
		if (!renameat(from, name, top, free_name)) return 0;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) return errno;
	}
}

/* Leaves the directory empty: its files are deleted, its directories lifted to the top. */
static int empty_directory(int top, const char *name)
{
	int error = 0;
	struct dirent *e;
	DIR *d = open_owned(top, name);
	if (!d) return errno;
	while (!error && (e = readdir(d))) {
		if (is_dots(e->d_name) || !unlinkat(dirfd(d), e->d_name, 0)) continue;
		error = errno == EISDIR ? lift(dirfd(d), e->d_name, top) : errno;
	}
	closedir(d);
	return error;
}

/* One pass over the top; what is lifted meanwhile may be left for the next. */
static int delete_pass(DIR *top, int *found)
{
	struct dirent *e;
	*found = 0;
	rewinddir(top);
	while ((e = readdir(top))) {
		if (is_dots(e->d_name)) continue;
		*found = 1;
		if (!unlinkat(dirfd(top), e->d_name, 0)) continue;
		int error = errno == EISDIR ? empty_directory(dirfd(top), e->d_name) : errno;
		if (!error && unlinkat(dirfd(top), e->d_name, AT_REMOVEDIR)) error = errno;
		if (error) return error;
	}
	return 0;
}

int delete_below(const char *path)
{
	int error, found;
	DIR *top = opendir(path);
	if (!top) return errno;
	do error = delete_pass(top, &found); while (!error && found);
	closedir(top);
	return error;
}

static int delete_shared_memory(void)
{
	struct shm_info info;
	struct shmid_ds status;
	int last = shmctl(0, SHM_INFO, (void *)&info);
	for (int i = 0; i <= last; i++) {
		int id = shmctl(i, SHM_STAT_ANY, &status);
		if (id >= 0 && shmctl(id, IPC_RMID, 0)) return errno;
	}
	return 0;
}

static int delete_semaphores(void)
{
	struct seminfo info;
	struct semid_ds status;
	union { struct seminfo *info; struct semid_ds *status; } argument = { .info = &info };
	int last = semctl(0, 0, SEM_INFO, argument);
	argument.status = &status;
	for (int i = 0; i <= last; i++) {
		int id = semctl(i, 0, SEM_STAT_ANY, argument);
		if (id >= 0 && semctl(id, 0, IPC_RMID)) return errno;
	}
	return 0;
}

static int delete_queues(void)
{
	struct msginfo info;
	struct msqid_ds status;
	int last = msgctl(0, MSG_INFO, (void *)&info);
	for (int i = 0; i <= last; i++) {
		int id = msgctl(i, MSG_STAT_ANY, &status);
		if (id >= 0 && msgctl(id, IPC_RMID, 0)) return errno;
	}
	return 0;
}

int delete_ipc(void)
{
	int error = delete_shared_memory();
	if (!error) error = delete_semaphores();
	if (!error) error = delete_queues();
	return error ? error : delete_below("/dev/mqueue");
}
