/* The dynamic symbol table of the libc that the probe runs on, found in memory.
 *
 *	own_libc_find();
 *	for (size_t i = 1; i < own_libc.count; i++) ... own_libc.symbol[i] ... */
#ifndef OWN_LIBC_H
#define OWN_LIBC_H

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>

static struct {
	uintptr_t base;
	size_t count, needed;
	const ElfW(Sym) *symbol;
	const ElfW(Versym) *version;
	const char *names;
	int text_relocations, thread_local_storage, executable_stack;
} own_libc;

/* glibc relocates the pointers of the dynamic section of a library, musl leaves them as offsets. */
static const void *own_libc_pointer(const ElfW(Dyn) *d)
{
	uintptr_t p = d->d_un.d_ptr;
	return (const void *)(p < own_libc.base ? own_libc.base + p : p);
}

/* A GNU hash table ends where the chain of its highest bucket ends. */
static size_t own_libc_count(const uint32_t *hash)
{
	const uint32_t *bucket = hash + 4 + hash[2] * (sizeof(ElfW(Addr)) / 4), *chain = bucket + hash[0];
	uint32_t last = 0;
	for (uint32_t i = 0; i < hash[0]; i++)
		if (bucket[i] > last) last = bucket[i];
	while (!(chain[last - hash[1]] & 1)) last++;
	return last + 1;
}

static void own_libc_read(const ElfW(Dyn) *d)
{
	for (; d->d_tag; d++) switch (d->d_tag) {
	case DT_SYMTAB: own_libc.symbol = own_libc_pointer(d); break;
	case DT_STRTAB: own_libc.names = own_libc_pointer(d); break;
	case DT_VERSYM: own_libc.version = own_libc_pointer(d); break;
	case DT_GNU_HASH: own_libc.count = own_libc_count(own_libc_pointer(d)); break;
	case DT_NEEDED: own_libc.needed++; break;
	case DT_TEXTREL: own_libc.text_relocations = 1; break;
	}
}

static int own_libc_visit(struct dl_phdr_info *object, size_t size, void *unused)
{
	uintptr_t known = (uintptr_t)fopen;
	int found = 0;
	(void)size, (void)unused;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &object->dlpi_phdr[i];
		uintptr_t start = object->dlpi_addr + p->p_vaddr;
		found |= p->p_type == PT_LOAD && known >= start && known < start + p->p_memsz;
	}
	if (!found) return 0;
	own_libc.base = object->dlpi_addr;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &object->dlpi_phdr[i];
		if (p->p_type == PT_DYNAMIC) own_libc_read((const ElfW(Dyn) *)(own_libc.base + p->p_vaddr));
		if (p->p_type == PT_TLS) own_libc.thread_local_storage = 1;
		if (p->p_type == PT_GNU_STACK) own_libc.executable_stack = p->p_flags & PF_X;
	}
	return 1;
}

static inline void own_libc_find(void)
{
	dl_iterate_phdr(own_libc_visit, NULL);
}

#endif
