/* The same lookup by getaddrinfo in many threads at once.
 *
 *	NAME THREADS
 *
 * Facts: succeeded (threads), addresses (their number in all of them together). */
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>

#include "observation.h"
#include "words.h"

static int succeeded, addresses;

static void *look_up(void *name)
{
	struct addrinfo *list = NULL, hints = {.ai_socktype = SOCK_STREAM};
	if (getaddrinfo(name, NULL, &hints, &list)) return NULL;
	__atomic_fetch_add(&succeeded, 1, __ATOMIC_RELAXED);
	for (struct addrinfo *entry = list; entry; entry = entry->ai_next)
		__atomic_fetch_add(&addresses, 1, __ATOMIC_RELAXED);
	freeaddrinfo(list);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 3) return 2;
	int n = strtol(operand(argv, 1), NULL, 10);
	pthread_t threads[n];
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, look_up, operand(argv, 0))) return 2;
	for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
	fact_int("succeeded", succeeded);
	fact_int("addresses", addresses);
	return 0;
}
