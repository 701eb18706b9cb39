/* What a dying thread can still tell: why, where, and how it got there. Read from outside, since nothing in the
 * probe's own memory can be trusted any more. */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

#include "agent.h"

#define REGISTERS_MAX 512
#define PAGE 4096

static void program_and_stack(const void *registers, uint64_t *program, uint64_t *stack)
{
#if defined __x86_64__
	const struct user_regs_struct *u = registers;
	*program = u->rip;
	*stack = u->rsp;
#elif defined __aarch64__
	const struct user_regs_struct *u = registers;
	*program = u->pc;
	*stack = u->sp;
#else
#error "crash.c: name the program counter and the stack pointer of this architecture"
#endif
}

static int open_of(pid_t thread, const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", (int)thread, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static uint32_t read_memory(int memory, uint64_t address, void *to, size_t size)
{
	ssize_t n = pread(memory, to, size, (off_t)address);
	return n > 0 ? (uint32_t)n : 0;
}

/* Page by page, zeros where nothing is mapped: after an overflow the stack pointer lies in the guard, and the
 * stack that tells the story begins above. */
static uint32_t read_stack(int memory, uint64_t address, char *to)
{
	uint32_t at = 0, end = 0;
	memset(to, 0, CRASH_STACK);
	while (at < CRASH_STACK) {
		uint32_t size = PAGE - (uint32_t)((address + at) % PAGE);
		if (size > CRASH_STACK - at) size = CRASH_STACK - at;
		if (read_memory(memory, address + at, to + at, size)) end = at + size;
		at += size;
	}
	return end;
}

static uint32_t read_maps(pid_t thread, char *to)
{
	uint32_t size = 0;
	ssize_t n;
	int fd = open_of(thread, "maps");
	if (fd < 0) return 0;
	while (size < CRASH_MAPS && (n = read(fd, to + size, CRASH_MAPS - size)) > 0) size += (uint32_t)n;
	close(fd);
	return size;
}

void crash_dump(struct run *r, pid_t thread)
{
	struct agent_crash c = { 0 };
	char registers[REGISTERS_MAX], *to = r->crash + sizeof c;
	struct iovec set = { registers, sizeof registers };
	uint64_t program, stack;
	siginfo_t info;
	if (ptrace(PTRACE_GETSIGINFO, thread, 0, &info) || ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &set)) return;
	program_and_stack(registers, &program, &stack);
	c.signal = info.si_signo;
	c.code = info.si_code;
	if (info.si_code > 0) c.address = (uintptr_t)info.si_addr;
	/* not by process_vm_readv, which some container engines forbid */
	int memory = open_of(thread, "mem");
	c.instruction_size = read_memory(memory, program, c.instruction, sizeof c.instruction);
	c.registers_size = (uint32_t)set.iov_len;
	memcpy(to, registers, c.registers_size);
	c.stack_size = read_stack(memory, stack, to += c.registers_size);
	c.maps_size = read_maps(thread, to += c.stack_size);
	if (memory >= 0) close(memory);
	memcpy(r->crash, &c, sizeof c);
	r->result.crash_size = (uint32_t)(to + c.maps_size - r->crash);
}
