/* Small differences of the clock functions.
 *
 * Facts: what gettimeofday does to the time zone that it is given; which bases timespec_get takes; the
 * error of clock_getcpuclockid for a process that does not exist. */
#include <sys/time.h>
#include <time.h>

#include "errno_name.h"
#include "observation.h"

int main(void)
{
	struct timeval now;
	struct timezone zone = {7, 7};
	struct timespec time;
	clockid_t clock;
	gettimeofday(&now, &zone);
	fact_int("tz_minuteswest", zone.tz_minuteswest);
	fact_int("timespec_get_TIME_UTC", timespec_get(&time, TIME_UTC));
	fact_int("timespec_get_2", timespec_get(&time, 2));
	fact_text("clock_getcpuclockid", errno_name(clock_getcpuclockid(99999999, &clock)));
}
