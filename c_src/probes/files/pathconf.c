/* fpathconf on a pipe, which is the same everywhere. Facts: its limits as the libc gives them. */
#include <unistd.h>

#include "observation.h"

#define VALUE(name) fact_int(#name, fpathconf(pipes[0], name))

int main(void)
{
	int pipes[2];
	if (pipe(pipes)) return 2;
	VALUE(_PC_LINK_MAX);
	VALUE(_PC_FILESIZEBITS);
	VALUE(_PC_SYNC_IO);
	VALUE(_PC_REC_MAX_XFER_SIZE);
	VALUE(_PC_PIPE_BUF);
}
