/* Which libraries a program gets that uses threads, dlopen, timers, shared memory and mathematics.
 *
 * Fact: the libraries in the order in which they are loaded, without directory and version; the one that
 * also is the dynamic linker is called `loader`. */
#include <dlfcn.h>
#include <link.h>
#include <math.h>
#include <pthread.h>
#include <pty.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "observation.h"

static const void *volatile used[] = {
	(void *)pthread_create, (void *)dlopen, (void *)timer_create, (void *)shm_open, (void *)sin,
};

static int record(struct dl_phdr_info *object, size_t size, void *unused)
{
	const char *slash = strrchr(object->dlpi_name, '/');
	char name[64];
	(void)size, (void)unused;
	/* neither the program itself nor the kernel's vDSO is a library */
	if (!strstr(object->dlpi_name, ".so") || !slash) return 0;
	strncpy(name, slash + 1, sizeof name - 1);
	name[sizeof name - 1] = 0;
	name[strcspn(name, ".-")] = 0;
	item_text("libraries", strcmp(name, "ld") ? name : "loader");
	return 0;
}

int main(void)
{
	if (!used[0]) return 2;
	dl_iterate_phdr(record, NULL);
}
