/* Leaves, in every place that outlives a process, what is hard to delete; or looks for it. */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "observation.h"

/* Deeper than any path can name. */
static void deep_tree(const char *top)
{
	int depth = 0;
	if (chdir(top)) return;
	while (depth < 3000 && !mkdir("d", 0700) && !chdir("d")) depth++;
	close(open("file", O_CREAT | O_WRONLY, 0));
	fact_int("depth", depth);
}

static void hostile_modes(const char *top)
{
	char path[64];
	for (int i = 0; i < 20; i++) {
		snprintf(path, sizeof path, "%s/%d", top, i);
		mkdir(path, 0700);
		snprintf(path, sizeof path, "%s/%d/%d", top, i, i);
		mkdir(path, 0700);
		snprintf(path, sizeof path, "%s/%d/%d/file", top, i, i);
		close(open(path, O_CREAT | O_WRONLY, 0));
		snprintf(path, sizeof path, "%s/%d/link", top, i);
		symlink("/etc/hosts", path);
		snprintf(path, sizeof path, "%s/%d/%d", top, i, i);
		chmod(path, 0);
		snprintf(path, sizeof path, "%s/%d", top, i);
		chmod(path, 0);
	}
}

static void leave(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	hostile_modes("/tmp");
	hostile_modes("/dev/shm");
	for (int i = 0; i < 3; i++) {
		fact_bool("shared memory", shmget(IPC_PRIVATE, 4096, 0) >= 0);
		fact_bool("semaphores", semget(IPC_PRIVATE, 3, 0) >= 0);
		fact_bool("messages", msgget(IPC_PRIVATE, 0) >= 0);
	}
	fact_bool("queue", mq_open("/queue", O_CREAT | O_RDWR, 0, &attributes) >= 0);
	deep_tree("/tmp");
}

static int lines(const char *path)
{
	int c, n = 0;
	FILE *f = fopen(path, "r");
	while (f && (c = getc(f)) != EOF) n += c == '\n';
	return n;
}

/* Links of a directory are itself, its dot, and a dot-dot of each directory in it. */
static int entries(const char *path)
{
	struct stat s;
	return stat(path, &s) ? -1 : (int)s.st_nlink - 2;
}

static void look(void)
{
	fact_int("in /tmp", entries("/tmp"));
	fact_int("in /dev/shm", entries("/dev/shm"));
	fact_int("shared memory", lines("/proc/sysvipc/shm") - 1);
	fact_int("semaphores", lines("/proc/sysvipc/sem") - 1);
	fact_int("messages", lines("/proc/sysvipc/msg") - 1);
	fact_bool("queue", mq_open("/queue", O_RDONLY) >= 0);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "leave")) leave();
	else look();
	return 0;
}
