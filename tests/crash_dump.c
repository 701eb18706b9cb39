/* Runs a program and writes the state of the thread that dies first, as the agent would: two ints, the address and
 * four sizes, then instruction, registers, stack and maps. Exits 3 if nothing died. */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static char instruction[16], stack[32768], maps[262144];

static uint32_t read_memory(pid_t pid, uint64_t at, void *to, size_t size)
{
	struct iovec local = { to, size }, remote = { (void *)(uintptr_t)at, size };
	ssize_t n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	return n > 0 ? (uint32_t)n : 0;
}

/* Page by page: what is not mapped, as the guard that rsp may lie in, reads as zeros. */
static uint32_t read_stack(pid_t pid, uint64_t from)
{
	uint64_t at = from, end = from + sizeof stack;
	uint32_t size = 0;
	while (at < end) {
		uint64_t next = (at | 4095) + 1 < end ? (at | 4095) + 1 : end;
		if (read_memory(pid, at, stack + (at - from), next - at)) size = (uint32_t)(next - from);
		at = next;
	}
	return size;
}

static void dump(pid_t thread)
{
	struct user_regs_struct registers;
	struct iovec set = { &registers, sizeof registers };
	siginfo_t info;
	char path[64];
	uint32_t sizes[4] = { 0, sizeof registers, 0, 0 };
	ssize_t n;
	if (ptrace(PTRACE_GETSIGINFO, thread, 0, &info)) exit(4);
	if (ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &set)) exit(4);
	sizes[0] = read_memory(thread, registers.rip, instruction, sizeof instruction);
	sizes[2] = read_stack(thread, registers.rsp);
	snprintf(path, sizeof path, "/proc/%d/maps", (int)thread);
	int fd = open(path, O_RDONLY);
	while ((n = read(fd, maps + sizes[3], sizeof maps - sizes[3])) > 0) sizes[3] += (uint32_t)n;
	int32_t head[2] = { info.si_signo, info.si_code };
	uint64_t address = info.si_code > 0 ? (uintptr_t)info.si_addr : 0;
	fwrite(head, sizeof head, 1, stdout);
	fwrite(&address, sizeof address, 1, stdout);
	fwrite(sizes, sizeof sizes, 1, stdout);
	fwrite(instruction, sizes[0], 1, stdout);
	fwrite(&registers, sizes[1], 1, stdout);
	fwrite(stack, sizes[2], 1, stdout);
	fwrite(maps, sizes[3], 1, stdout);
	exit(fflush(stdout) ? 4 : 0);
}

static int kills(int sig)
{
	return sig == SIGSEGV || sig == SIGABRT || sig == SIGBUS || sig == SIGILL || sig == SIGFPE;
}

int main(int argc, char **argv)
{
	int status, traced = 0;
	pid_t thread, child = fork();
	if (argc < 2 || child < 0) return 4;
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		dup2(2, 1);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	while ((thread = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			if (thread == child) return 3;
			continue;
		}
		int sig = WSTOPSIG(status);
		if (!traced) ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
		traced = 1;
		if (kills(sig)) dump(thread);
		ptrace(PTRACE_CONT, thread, 0, sig == SIGTRAP || sig == SIGSTOP ? 0 : sig);
	}
	return 3;
}
