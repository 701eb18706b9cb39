/* The functions on the environment: usage `environment names|unset-nothing|own-array|clearing|
 * auxiliary-vector`.
 *
 * names: names that are empty or have an equals sign. unset-nothing: unsetenv without a name. own-array:
 * getenv and setenv when the program has set environ to an array of its own, and to NULL. clearing:
 * clearenv. auxiliary-vector: getauxval of a type that does not exist. */
#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "errno_name.h"
#include "observation.h"
#include "pattern.h"

#pragma GCC diagnostic ignored "-Wnonnull"

static void record(const char *name, int result)
{
	fact_text(name, result < 0 ? errno_name(errno) : "succeeds");
	errno = 0;
}

static void names(void)
{
	static char empty_name[] = "=x", no_value[] = "NOTHING";
	errno = 0;
	record("setenv_equals", setenv("A=B", "x", 1));
	record("setenv_empty", setenv("", "x", 1));
	record("putenv_empty", putenv(empty_name));
	setenv("NOTHING", "x", 1);
	record("putenv_no_value", putenv(no_value));
	fact_text("after_putenv_no_value", getenv("NOTHING"));
}

static void unset_nothing(void)
{
	const char *none = NULL;
	step("unsetenv");
	record("unsetenv", unsetenv(none));
}

static void own_array(void)
{
	static char *variables[] = {"ONE=1", "TWO=2", "ONE=3", NULL};
	environ = variables;
	fact_text("first_of_two", getenv("ONE"));
	unsetenv("ONE");
	fact_text("after_unsetenv", getenv("ONE"));
	environ = NULL;
	fact_text("without_environ", getenv("TWO"));
	record("setenv", setenv("THREE", "3", 1));
	fact_text("after_setenv", getenv("THREE"));
}

static void clearing(void)
{
	fact_int("clearenv", clearenv());
	fact_bool("environ_is_NULL", environ == NULL);
	fact_text("PATH", getenv("PATH"));
}

static void auxiliary_vector(void)
{
	errno = 0;
	fact_int("getauxval", (int64_t)getauxval(9999));
	fact_text("error", errno_name(errno));
}

PATTERNS({"names", names}, {"unset-nothing", unset_nothing}, {"own-array", own_array}, {"clearing", clearing},
	{"auxiliary-vector", auxiliary_vector})
