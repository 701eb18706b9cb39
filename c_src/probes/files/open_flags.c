/* The values of open's flags that differ between libcs on one kernel; -1 where <fcntl.h> has no such name. */
#include <fcntl.h>

#include "observation.h"

#ifndef O_EXEC
#define O_EXEC (-1)
#endif
#ifndef O_SEARCH
#define O_SEARCH (-1)
#endif
#ifndef O_TTY_INIT
#define O_TTY_INIT (-1)
#endif

int main(void)
{
	fact_int("O_EXEC", O_EXEC);
	fact_int("O_SEARCH", O_SEARCH);
	fact_int("O_TTY_INIT", O_TTY_INIT);
	fact_int("O_LARGEFILE", O_LARGEFILE);
	fact_bool("O_ACCMODE_is_3", O_ACCMODE == 3);
}
