/* A thread is cancelled in the middle of getaddrinfo.
 *
 *	NAME
 *
 * Facts: cancelled (it ended by cancellation), leaked (descriptors more than before). */
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "observation.h"

static void *look_up(void *name)
{
	struct addrinfo *list, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	getaddrinfo(name, NULL, &hints, &list);
	return NULL;
}

static int descriptors(void)
{
	int n = 0;
	for (int fd = 0; fd < 64; fd++) n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int main(int argc, char **argv)
{
	if (argc < 2) return 2;
	const struct timespec a_while = {.tv_sec = 1};
	pthread_t thread;
	void *end;
	int before = descriptors();
	if (pthread_create(&thread, NULL, look_up, argv[1])) return 2;
	nanosleep(&a_while, NULL);
	pthread_cancel(thread);
	pthread_join(thread, &end);
	fact_bool("cancelled", end == PTHREAD_CANCELED);
	fact_int("leaked", descriptors() - before);
	return 0;
}
