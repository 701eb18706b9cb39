/* The probe's stdout and stderr: the beginning is kept, all of it is read, so that a flood cannot block.
 *
 * The pipes serve one probe after the other, since nobody is left to write once a probe's processes are dead. They are
 * made anew only when a probe changed them: their flags and size belong to the pipe, not to the process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent.h"

static struct {
	int reader, writer, size;
} stream[2] = { { -1, -1, 0 }, { -1, -1, 0 } };

static int open_stream(int i)
{
	int pair[2];
	if (stream[i].reader >= 0) close(stream[i].reader);
	if (stream[i].writer >= 0) close(stream[i].writer);
	if (pipe2(pair, O_CLOEXEC)) return -1;
	stream[i].reader = pair[0];
	stream[i].writer = pair[1];
	stream[i].size = fcntl(pair[1], F_GETPIPE_SZ);
	/* our end only: the probe shall see ordinary pipes */
	return fcntl(pair[0], F_SETFL, O_NONBLOCK);
}

static int is_unchanged(int i)
{
	int flags = fcntl(stream[i].writer, F_GETFL);
	return (flags & ~O_LARGEFILE) == O_WRONLY && fcntl(stream[i].writer, F_GETPIPE_SZ) == stream[i].size;
}

int output_open(struct output *o)
{
	*o = (struct output){ 0 };
	for (int i = 0; i < 2; i++) {
		if ((stream[i].writer < 0 || !is_unchanged(i)) && open_stream(i)) return errno;
		o->reader[i] = stream[i].reader;
		o->writer[i] = stream[i].writer;
	}
	return 0;
}

/* Reads once, so that a flood on one stream does not keep the agent from its deadline; whether there was anything. */
int output_read(struct output *o, struct run *r, int i)
{
	static char sink[65536];
	uint64_t total = o->total[i];
	ssize_t n = total < AGENT_OUTPUT
		? read(o->reader[i], r->standard[i] + total, AGENT_OUTPUT - total)
		: read(o->reader[i], sink, sizeof sink);
	if (n > 0) o->total[i] += (uint64_t)n;
	return n > 0;
}

static uint32_t kept(uint64_t total)
{
	return total < AGENT_OUTPUT ? (uint32_t)total : AGENT_OUTPUT;
}

/* Called when every process that could write is dead: reads what is left. */
void output_finish(struct output *o, struct run *r)
{
	for (int i = 0; i < 2; i++) while (output_read(o, r, i));
	r->result.stdout_total = o->total[0];
	r->result.stderr_total = o->total[1];
	r->result.stdout_size = kept(o->total[0]);
	r->result.stderr_size = kept(o->total[1]);
}
