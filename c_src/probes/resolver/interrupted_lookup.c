/* One IPv4 lookup by getaddrinfo while a signal arrives every 20 ms, its handler without SA_RESTART.
 *
 *	NAME
 *
 * Facts: result (0 or the code's name), addresses (their number), interrupted (the handler ran). Info:
 * elapsed, in seconds. */
#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "eai_name.h"
#include "observation.h"
#include "seconds.h"

static volatile sig_atomic_t interrupted;

static void note(int signal)
{
	interrupted = signal;
}

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	const struct timeval interval = {.tv_usec = 20000};
	const struct itimerval timer = {interval, interval};
	const struct sigaction action = {.sa_handler = note};
	struct addrinfo *list = NULL, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	int n = 0;
	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL)) return 2;
	double start = seconds();
	int result = getaddrinfo(argv[1], NULL, &hints, &list);
	info_real("elapsed", seconds() - start);
	for (struct addrinfo *entry = list; entry; entry = entry->ai_next) n++;
	fact_eai("result", result);
	fact_int("addresses", n);
	fact_bool("interrupted", interrupted);
	return 0;
}
