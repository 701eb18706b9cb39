/* Symbolic names of h_errno, without the libc's hstrerror, which is under test itself. */
#ifndef H_ERRNO_NAME_H
#define H_ERRNO_NAME_H

#include <netdb.h>

/* No libc uses it: h_errno still has this value where a call did not set it. */
#define H_ERRNO_UNTOUCHED 99

static inline const char *h_errno_name(int code)
{
	switch (code) {
	case 0: return "0";
	case HOST_NOT_FOUND: return "HOST_NOT_FOUND";
	case TRY_AGAIN: return "TRY_AGAIN";
	case NO_RECOVERY: return "NO_RECOVERY";
	case NO_DATA: return "NO_DATA";
	case -1: return "NETDB_INTERNAL";	/* not in musl's netdb.h */
	case H_ERRNO_UNTOUCHED: return "untouched";
	default: return "other";
	}
}

#endif
