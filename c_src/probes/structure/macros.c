/* Which macros the headers define: usage `macros identity|features`.
 *
 * Facts: one for each macro, whether it is defined: a name that the preprocessor leaves as it is stands for
 * none. */
#include <features.h>
#include <fnmatch.h>
#include <glob.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "observation.h"
#include "pattern.h"

#define QUOTE(...) #__VA_ARGS__
#define DEFINED(macro) fact_bool(#macro, strcmp(QUOTE(macro), #macro))

static void identity(void)
{
	DEFINED(__GLIBC__);
	DEFINED(__GNU_LIBRARY__);
	DEFINED(__MUSL__);
	DEFINED(__USE_MISC);
	DEFINED(__BEGIN_DECLS);
	DEFINED(__THROW);
}

static void features(void)
{
	DEFINED(FNM_EXTMATCH);
	DEFINED(GLOB_ALTDIRFUNC);
	DEFINED(GLOB_BRACE);
	DEFINED(GLOB_NOMAGIC);
	DEFINED(GLOB_ONLYDIR);
	DEFINED(GLOB_PERIOD);
	DEFINED(GLOB_TILDE);
	DEFINED(PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP);
	DEFINED(PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP);
	DEFINED(REG_STARTEND);
}

PATTERNS({"identity", identity}, {"features", features})
