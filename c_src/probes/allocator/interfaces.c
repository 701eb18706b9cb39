/* Which functions of the malloc family a program can use.
 *
 * present: those that the dynamic linker finds. With -DCALL=EXPRESSION (and -DHEADER=<name.h>) the probe
 * uses one of them instead: then the outcome tells whether a program that does can be built. */
#ifdef HEADER
#include HEADER
#endif
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>

#include "observation.h"

int main(void)
{
#ifdef CALL
	(void)CALL;
	fact_bool("called", 1);
#else
	static const char *const name[] = {
		"__free_hook", "__libc_malloc", "__malloc_hook", "aligned_alloc", "brk", "free_aligned_sized",
		"free_sized", "mallinfo", "mallinfo2", "malloc_info", "malloc_stats", "malloc_trim",
		"malloc_usable_size", "mallopt", "mcheck", "memalign", "mtrace", "obstack_free",
		"posix_memalign", "pvalloc", "reallocarray", "sbrk", "valloc",
	};
	for (unsigned i = 0; i < sizeof name / sizeof *name; i++)
		if (dlsym(RTLD_DEFAULT, name[i])) item_text("present", name[i]);
#endif
	return 0;
}
