/* Which libc this process really runs on, seen from inside: the file that is mapped as the libc, its build id, and
 * the version that it tells. Facts: `object` (the path that the dynamic linker knows), `inode` and `file` of the mapped
 * file, `build_id` in hex or "none", for glibc `version`, and `library`: where the path in the first argument leads. */
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "observation.h"

struct found {
	const char *object;
	char build_id[65];
};

static void read_note(const ElfW(Nhdr) *note, char *hex)
{
	const unsigned char *id = (const unsigned char *)(note + 1) + ((note->n_namesz + 3) & ~3u);
	for (unsigned i = 0; i < note->n_descsz && i < 32; i++) sprintf(hex + 2 * i, "%02x", id[i]);
}

static void find_build_id(const struct dl_phdr_info *info, const ElfW(Phdr) *segment, char *hex)
{
	const char *at = (const char *)info->dlpi_addr + segment->p_vaddr, *end = at + segment->p_memsz;
	while (at + sizeof(ElfW(Nhdr)) <= end) {
		const ElfW(Nhdr) *note = (const void *)at;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4) read_note(note, hex);
		at += sizeof *note + ((note->n_namesz + 3) & ~3u) + ((note->n_descsz + 3) & ~3u);
	}
}

/* The libc is the object that holds exit. */
static int holds_libc(const struct dl_phdr_info *info)
{
	ElfW(Addr) at = (ElfW(Addr))exit;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		ElfW(Addr) start = info->dlpi_addr + p->p_vaddr;
		if (p->p_type == PT_LOAD && at >= start && at < start + p->p_memsz) return 1;
	}
	return 0;
}

static int visit(struct dl_phdr_info *info, size_t size, void *data)
{
	struct found *found = data;
	(void)size;
	if (!holds_libc(info)) return 0;
	found->object = info->dlpi_name;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE) find_build_id(info, &info->dlpi_phdr[i], found->build_id);
	return 1;
}

struct mapping {
	long inode;
	char file[256];
};

static struct mapping mapped(void)
{
	char line[512];
	unsigned long start, end, at = (unsigned long)exit;
	struct mapping m = { 0 };
	FILE *maps = fopen("/proc/self/maps", "r");
	while (maps && fgets(line, sizeof line, maps))
		if (sscanf(line, "%lx-%lx %*s %*s %*s %ld %255s", &start, &end, &m.inode, m.file) == 4
			&& at >= start && at < end) return m;
	return (struct mapping){ 0 };
}

int main(int argc, char **argv)
{
	struct found found = { 0 };
	struct mapping libc = mapped();
	char library[PATH_MAX];
	dl_iterate_phdr(visit, &found);
	fact_text("object", found.object);
	fact_int("inode", libc.inode);
	fact_text("file", libc.file);
	if (argc > 1 && realpath(argv[1], library)) fact_text("library", library);
	fact_text("build_id", *found.build_id ? found.build_id : "none");
#ifdef __GLIBC__
	fact_text("version", gnu_get_libc_version());
#endif
	return 0;
}
