/* The dynamic symbol table of the libc that this probe runs on: usage `symbols table` or `symbols NAME...`.
 *
 * table: how many symbols are IFUNCs (resolved when loaded, by what the processor can do), whether symbols
 * have versions, whether the libc has thread-local storage of its own, text relocations or other libraries to
 * load. How many symbols there are in all is information: distributions add and remove some.
 *
 * NAME: what the symbol is, or `absent`; `old` when new programs can no longer be linked against it. */
#include <string.h>

#include "observation.h"
#include "own_libc.h"

#define HIDDEN_VERSION 0x8000

static int type_of(size_t i)
{
	return ELF64_ST_TYPE(own_libc.symbol[i].st_info);
}

static void table(void)
{
	size_t defined = 0, indirect = 0;
	for (size_t i = 1; i < own_libc.count; i++) {
		if (!own_libc.symbol[i].st_shndx) continue;
		defined++;
		indirect += type_of(i) == STT_GNU_IFUNC;
	}
	info_int("symbols", (int64_t)defined);
	fact_int("IFUNCs", (int64_t)indirect);
	fact_bool("symbol_versions", own_libc.version != NULL);
	fact_bool("own_thread_local_storage", own_libc.thread_local_storage);
	fact_bool("needs_other_libraries", own_libc.needed != 0);
	fact_bool("text_relocations", own_libc.text_relocations);
	fact_bool("executable_stack", own_libc.executable_stack);
}

static const char *kind_of(const char *name)
{
	const char *kind = "absent";
	for (size_t i = 1; i < own_libc.count; i++) {
		const ElfW(Sym) *symbol = &own_libc.symbol[i];
		if (!symbol->st_shndx || strcmp(own_libc.names + symbol->st_name, name)) continue;
		if (own_libc.version && own_libc.version[i] & HIDDEN_VERSION) {
			kind = "old";
			continue;
		}
		switch (type_of(i)) {
		case STT_FUNC: return "function";
		case STT_GNU_IFUNC: return "IFUNC";
		case STT_OBJECT: return "object";
		case STT_TLS: return "thread-local";
		}
	}
	return kind;
}

int main(int argc, char **argv)
{
	own_libc_find();
	if (argc > 1 && !strcmp(argv[1], "table")) table();
	else for (int i = 1; i < argc; i++) fact_text(argv[i], kind_of(argv[i]));
}
