/* NULL where a function expects an object: FUNCTION.
 *
 * result: "pointer", "NULL", or a number; errno: its value afterwards, from 0. A crash is the outcome. */
#include <dirent.h>
#include <dlfcn.h>
#include <grp.h>
#include <netdb.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errno_name.h"
#include "heap_block.h"
#include "observation.h"
#include "pattern.h"

static void *volatile null;

static void number(int result)
{
	fact_text("errno", errno_name(errno));
	fact_int("result", result);
}

static void pointer(const void *result)
{
	fact_text("errno", errno_name(errno));
	fact_text("result", result ? "pointer" : "NULL");
}

static void call_strlen(void) { number((int)strlen(null)); }
static void call_strtok_r(void) { char *rest = null; pointer(strtok_r(null, ",", &rest)); }
static void call_setenv(void) { number(setenv(null, "x", 1)); }
static void call_fopen_mode(void) { pointer(fopen("/dev/null", null)); }
static void call_fclose(void) { number(fclose(null)); }
static void call_opendir(void) { pointer(opendir(null)); }
static void call_closedir(void) { number(closedir(null)); }
static void call_realpath(void) { pointer(realpath(null, 0)); }
static void call_freeaddrinfo(void) { freeaddrinfo(null); number(0); }
static void call_getgrnam(void) { pointer(getgrnam(null)); }
static void call_regfree(void) { regfree(null); number(0); }
static void call_dlclose(void) { number(dlclose(null) != 0); }
static void call_mutex_lock(void) { number(pthread_mutex_lock(null)); }
static void call_sscanf(void) { int value; number(sscanf(null, "%d", &value)); }

PATTERNS({"strlen", call_strlen}, {"strtok_r", call_strtok_r}, {"setenv", call_setenv},
	{"fopen-mode", call_fopen_mode}, {"fclose", call_fclose}, {"opendir", call_opendir},
	{"closedir", call_closedir}, {"realpath", call_realpath}, {"freeaddrinfo", call_freeaddrinfo},
	{"getgrnam", call_getgrnam}, {"regfree", call_regfree}, {"dlclose", call_dlclose},
	{"mutex-lock", call_mutex_lock}, {"sscanf", call_sscanf})
