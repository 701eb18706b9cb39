/* The root that probes see: the libc's directories read-only, private /tmp, /dev and /proc, and an /etc whose
 * files can be replaced for one case. It is a small file system of our own, so nothing is ever written to the
 * libc's directory, which concurrent sandboxes share. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

/* linux/mount.h's struct mount_attr, which musl's headers of 1.2.2 do not have. */
struct attributes {
	uint64_t set, clear, propagation, user_namespace;
};

static int set_attributes(const char *path, uint64_t set, uint64_t clear, unsigned flags)
{
	struct attributes a = { .set = set, .clear = clear };
	return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &a, sizeof a);
}

static void bind(int directory, const char *name, const char *onto)
{
	char source[300];
	snprintf(source, sizeof source, "/proc/self/fd/%d/%s", directory, name);
	try(onto, mount(source, onto, 0, MS_BIND | MS_REC, 0));
}

static void bind_read_only(int directory, const char *name, const char *onto)
{
	try("make a directory", mkdir(onto, 0755));
	bind(directory, name, onto);
	try("make a mount read-only (needs Linux 5.12)",
		set_attributes(onto, MS_RDONLY | MS_NOSUID | MS_NODEV, 0, AT_RECURSIVE));
}

static void copy_link(int directory, const char *name, const char *onto)
{
	char target[512];
	ssize_t size = readlinkat(directory, name, target, sizeof target - 1);
	try("read a link of the root directory", size);
	target[size] = 0;
	try("copy a link of the root directory", symlink(target, onto));
}

/* Of a whole system's root, what programs are made of; not homes, not data. */
static int holds_programs(const char *name)
{
	static const char *const part[] = { "usr", "bin", "sbin", "opt", "nix", "gnu", 0 };
	for (const char *const *p = part; *p; p++) if (!strcmp(name, *p)) return 1;
	return !strncmp(name, "lib", 3);
}

static void take_libc(int root)
{
	DIR *d = fdopendir(dup(root));
	struct dirent *e;
	struct stat st;
	if (!d) try("read the root directory", -1);
	while ((e = readdir(d))) {
		if (!holds_programs(e->d_name)) continue;
		try("look at the root directory", fstatat(root, e->d_name, &st, AT_SYMLINK_NOFOLLOW));
		if (S_ISLNK(st.st_mode)) copy_link(root, e->d_name, e->d_name);
		else if (S_ISDIR(st.st_mode)) bind_read_only(root, e->d_name, e->d_name);
	}
	closedir(d);
}

/* /etc holds links to the root's own files, so that a case can put another in a file's place and take it back. */
static void link_etc(int root)
{
	char target[300], path[300];
	struct dirent *e;
	try("make /etc", mkdir("etc", 0755));
	if (faccessat(root, "etc", F_OK, 0)) return;
	bind_read_only(root, "etc", ".etc");
	DIR *d = opendir(".etc");
	if (!d) try("read the root's etc directory", -1);
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
		snprintf(target, sizeof target, "/.etc/%s", e->d_name);
		snprintf(path, sizeof path, "etc/%s", e->d_name);
		try("link a file of /etc", symlink(target, path));
	}
	closedir(d);
}

static void make_devices(void)
{
	static const char *const node[] = { "null", "zero", "full", "random", "urandom", 0 };
	static const char *const link[][2] = {
		{ "/proc/self/fd", "dev/fd" }, { "/proc/self/fd/0", "dev/stdin" }, { "/proc/self/fd/1", "dev/stdout" },
		{ "/proc/self/fd/2", "dev/stderr" }, { "pts/ptmx", "dev/ptmx" },
	};
	char onto[32], source[32];
	try("make /dev", mkdir("dev", 0755));
	for (const char *const *n = node; *n; n++) {
		snprintf(onto, sizeof onto, "dev/%s", *n);
		snprintf(source, sizeof source, "/dev/%s", *n);
		int fd = open(onto, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
		try("make a device", fd);
		close(fd);
		try("bind a device", mount(source, onto, 0, MS_BIND, 0));
	}
	for (size_t i = 0; i < sizeof link / sizeof *link; i++) try("link a device", symlink(link[i][0], link[i][1]));
	try("make /dev/pts", mkdir("dev/pts", 0755));
	try("mount /dev/pts", mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666"));
	try("make /dev/shm", mkdir("dev/shm", 0755));
	try("make /dev/mqueue", mkdir("dev/mqueue", 0755));
}

int scratch_mount(const char *where)
{
	return mount("tmpfs", where, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=64m,nr_inodes=16k");
}

int mqueue_mount(void)
{
	return mount("mqueue", "/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
}

int root_writable(int writable)
{
	return set_attributes("/", writable ? 0 : MS_RDONLY, writable ? MS_RDONLY : 0, 0);
}

void root_build(const char *root_path, const char *probes_path)
{
	/* opened first: the new root hides what is below /tmp */
	int root = open(root_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	try("open the root directory", root);
	int probes = open(probes_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	try("open the probes directory", probes);
	try("make mounts private", mount(0, "/", 0, MS_REC | MS_PRIVATE, 0));
	try("mount the new root", mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=16m"));
	try("enter the new root", chdir("/tmp"));
	take_libc(root);
	link_etc(root);
	bind_read_only(probes, ".", "probe");
	make_devices();
	try("make /tmp", mkdir("tmp", 0755));
	try("make /proc", mkdir("proc", 0555));
	try("mount /proc", mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0));
	close(root);
	close(probes);
	try("pivot into the new root", syscall(SYS_pivot_root, ".", "."));
	try("leave the old root", umount2(".", MNT_DETACH));
	try("enter the new root", chdir("/"));
	try("mount /tmp", scratch_mount("/tmp"));
	try("mount /dev/shm", scratch_mount("/dev/shm"));
	try("mount /dev/mqueue", mqueue_mount());
	try("make the root read-only", root_writable(0));
}
