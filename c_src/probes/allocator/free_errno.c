/* Whether free leaves errno alone, also when the system refuses to take memory back.
 *
 * errno_kept: it was the same after every free. The refusal is a system call filter; its few words are
 * declared here because not every libc comes with the kernel's headers. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

enum { LOAD_NUMBER = 0x20, JUMP_EQUAL = 0x15, RETURN = 0x06 };
enum { RETURN_ERRNO = 0x50000, RETURN_ALLOW = 0x7fff0000, FILTER_MODE = 2 };

struct instruction {
	unsigned short code;
	unsigned char if_true, if_false;
	unsigned value;
};

static void refuse(unsigned call, unsigned error)
{
	struct instruction filter[] = {
		{LOAD_NUMBER, 0, 0, 0},
		{JUMP_EQUAL, 0, 1, call},
		{RETURN, 0, 0, RETURN_ERRNO | error},
		{RETURN, 0, 0, RETURN_ALLOW},
	};
	struct {
		unsigned short length;
		struct instruction *first;
	} program = {4, filter};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, FILTER_MODE, &program)) abort();
}

static int kept_after_free(void *pointer)
{
	errno = ENOTTY;
	free(pointer);
	return errno == ENOTTY;
}

static void small(void)
{
	fact_bool("errno_kept", kept_after_free(block_among(40)));
}

static void large(void)
{
	fact_bool("errno_kept", kept_after_free(block(1 << 20)));
}

static void munmap_refused(void)
{
	char *large_block = block(1 << 20);
	refuse(SYS_munmap, ENOMEM);
	fact_bool("errno_kept", kept_after_free(large_block));
}

static void madvise_refused(void)
{
	static void *kept[600];
	int64_t changed = 0;
	refuse(SYS_madvise, EINVAL);
	for (int i = 0; i < 600; i++) kept[i] = block(60000);
	for (int i = 0; i < 600; i++) changed += !kept_after_free(kept[i]);
	fact_bool("errno_kept", changed == 0);
	info_int("changed", changed);
}

PATTERNS({"small", small}, {"large", large}, {"munmap-refused", munmap_refused},
	{"madvise-refused", madvise_refused})
