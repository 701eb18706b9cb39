/* Symbolic names of what getaddrinfo and getnameinfo return: the numbers are each libc's own, and
 * gai_strerror is under test itself. */
#ifndef EAI_NAME_H
#define EAI_NAME_H

#include <netdb.h>

#include "observation.h"

static inline const char *eai_name(int code)
{
#define NAME(symbol) case symbol: return #symbol;
	switch (code) {
	NAME(EAI_BADFLAGS) NAME(EAI_NONAME) NAME(EAI_AGAIN) NAME(EAI_FAIL) NAME(EAI_FAMILY)
	NAME(EAI_SOCKTYPE) NAME(EAI_SERVICE) NAME(EAI_MEMORY) NAME(EAI_SYSTEM) NAME(EAI_OVERFLOW)
#ifdef EAI_NODATA
	NAME(EAI_NODATA)
#endif
#ifdef EAI_ADDRFAMILY
	NAME(EAI_ADDRFAMILY)
#endif
#ifdef EAI_IDN_ENCODE
	NAME(EAI_IDN_ENCODE)
#endif
	case 0: return "0";
	default: return "other";
	}
#undef NAME
}

/* Success is the number 0, a failure the name of its code. */
static inline void fact_eai(const char *name, int code)
{
	if (code) fact_text(name, eai_name(code));
	else fact_int(name, 0);
}

#endif
