#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "agent.h"

void hello(int control)
{
	struct agent_hello h = { 0 };
	send_message(control, &h, sizeof h, -1);
}

_Noreturn void hello_failure(int control, const char *stage, int error)
{
	struct agent_hello h = { .error = error };
	snprintf(h.stage, sizeof h.stage, "%s", stage);
	send_message(control, &h, sizeof h, -1);
	_exit(1);
}
