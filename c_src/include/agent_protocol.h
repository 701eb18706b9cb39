/* What the agent and the harness say to each other over one SEQPACKET unix socket: one message each way, a
 * structure and the bytes behind it. C includes this file and Python reads it with cffi, so it holds plain
 * declarations only. */

/* Requests. FILE has no answer: its error comes with the answer to the RUN that follows. */
#define AGENT_RUN 1
#define AGENT_FILE 2
#define AGENT_BIND 3

/* The longest request, the longest answer, and the most bytes of stdout or stderr that are kept. */
#define AGENT_REQUEST 196608
#define AGENT_ANSWER 360448
#define AGENT_OUTPUT 16384

/* Sent once by the agent when its sandbox stands, or when it does not: then `error` is an errno and `stage` what
 * was tried. */
struct agent_hello {
	int32_t error;
	char stage[120];
};

/* Run a probe. Behind it: the path, then argc and envc strings, each ended by a zero byte. With it, if there is
 * anything to read: the descriptor that becomes stdin. Sizes in bytes. */
struct agent_run {
	uint32_t op;
	uint32_t argc;
	uint32_t envc;
	uint32_t time_ms;
	uint32_t processes;
	uint32_t open_files;
	uint64_t memory;
	uint64_t file_size;
};

#define AGENT_WRITE 1	/* create or replace the file */
#define AGENT_REMOVE 2	/* the file shall not exist */
#define AGENT_KEEP 4	/* not only for the next run */

/* Prepare a file. Behind it: the path, ended by a zero byte, then the content. */
struct agent_file {
	uint32_t op;
	uint32_t flags;
};

/* Bind a socket inside the sandbox and hand it out. `family` is 4 or 6, `stream` 1 for TCP (then it listens). */
struct agent_bind {
	uint32_t op;
	uint32_t family;
	uint32_t stream;
	uint32_t port;
	unsigned char address[16];
};

/* The answer to BIND, with the socket's descriptor unless `error` (an errno) is set. */
struct agent_bound {
	int32_t error;
};

/* How a run ended. */
#define AGENT_ENDED 1		/* by itself: `status` is the wait status */
#define AGENT_HANGS 2		/* every thread blocked for good, or time used up on the CPU */
#define AGENT_NO_EVIDENCE 3	/* far over its time, yet neither blocked nor using CPU time */
#define AGENT_NOT_STARTED 4	/* `error` and `stage` say why */
#define AGENT_OUT_OF_MEMORY 5	/* the kernel killed a process because the container had no memory left */

/* What a thread was doing: `number` of the system call it waits in, or one of these. */
#define AGENT_THREAD_RUNNING -1
#define AGENT_THREAD_STOPPED -2

struct agent_thread {
	int32_t process;
	int32_t thread;
	int32_t number;
	uint32_t timed;
};

/* The state of the thread that a fatal signal was delivered to. Behind it, in this order: registers, stack (from
 * the stack pointer upward), maps (text of /proc/PID/maps). */
struct agent_crash {
	int32_t signal;
	int32_t code;
	uint64_t address;
	unsigned char instruction[16];
	uint32_t instruction_size;
	uint32_t registers_size;
	uint32_t stack_size;
	uint32_t maps_size;
};

/* The answer to RUN. Behind it, in this order: the observation area's head and the records in use, stdout, stderr,
 * threads (struct agent_thread each), crash. */
struct agent_result {
	uint32_t ended;
	int32_t status;
	int32_t error;
	uint32_t left_behind;
	uint32_t threads;
	uint32_t stdout_size;
	uint32_t stderr_size;
	uint32_t crash_size;
	uint32_t max_rss_kib;
	uint32_t observations_size;
	uint64_t stdout_total;
	uint64_t stderr_total;
	uint64_t wall_ns;
	uint64_t user_us;
	uint64_t system_us;
	char stage[64];
};
