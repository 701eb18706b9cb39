/* daemon(1, 1). Fact: whether the process that goes on is the leader of its session, which could get a
 * controlling terminal. */
#include <sys/wait.h>
#include <unistd.h>

#include "observation.h"

int main(void)
{
	int done[2];
	char byte;
	if (pipe(done)) return 2;
	if (!fork()) {
		if (daemon(1, 1)) return 2;
		fact_bool("session_leader", getsid(0) == getpid());
		return 0;
	}
	/* the daemon is no child of this process: wait until it has closed the pipe */
	close(done[1]);
	while (read(done[0], &byte, 1) > 0);
}
