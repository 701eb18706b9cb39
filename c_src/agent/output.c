/* The probe's stdout and stderr: the beginning is kept, all of it is read, so that a flood cannot block. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent.h"

int output_open(struct output *o, int writers[2])
{
	int pair[2];
	*o = (struct output){ .fd = { -1, -1 } };
	for (int i = 0; i < 2; i++) {
		if (pipe2(pair, O_CLOEXEC)) return errno;
		o->fd[i] = pair[0];
		writers[i] = pair[1];
		/* our end only: the probe shall see ordinary pipes */
		fcntl(pair[0], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static char *destination(struct output *o, struct run *r, int stream, size_t *room)
{
	static char sink[65536];
	if (o->total[stream] >= AGENT_OUTPUT) {
		*room = sizeof sink;
		return sink;
	}
	*room = AGENT_OUTPUT - o->total[stream];
	return r->standard[stream] + o->total[stream];
}

void output_end(struct output *o, int stream)
{
	close(o->fd[stream]);
	o->fd[stream] = -1;
}

/* Reads once, so that a flood on one stream does not keep the agent from its deadline. */
void output_read(struct output *o, struct run *r, int stream)
{
	size_t room;
	char *to = destination(o, r, stream, &room);
	ssize_t n = read(o->fd[stream], to, room);
	if (n > 0) o->total[stream] += (uint64_t)n;
	else if (!n || errno != EAGAIN) output_end(o, stream);
}

static uint32_t kept(uint64_t total)
{
	return total < AGENT_OUTPUT ? (uint32_t)total : AGENT_OUTPUT;
}

/* Called when every writer is dead: reads what is left. */
void output_close(struct output *o, struct run *r)
{
	for (int i = 0; i < 2; i++) {
		for (uint64_t before = ~0ull; o->fd[i] >= 0 && before != o->total[i]; ) {
			before = o->total[i];
			output_read(o, r, i);
		}
		if (o->fd[i] >= 0) output_end(o, i);
	}
	r->result.stdout_total = o->total[0];
	r->result.stderr_total = o->total[1];
	r->result.stdout_size = kept(o->total[0]);
	r->result.stderr_size = kept(o->total[1]);
}
