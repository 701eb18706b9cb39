"""The state of a dying thread, as it was read from outside."""

import struct
from dataclasses import dataclass

# struct user_regs_struct of <sys/user.h> on x86_64, which PTRACE_GETREGSET with NT_PRSTATUS fills
_X86_64 = (
    *("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi"),
    *("orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs"),
)


@dataclass(frozen=True, slots=True)
class CrashDump:
    """`code` and `address` are siginfo's si_code and si_addr; `registers` have the names of user_regs_struct.

    `instruction` holds up to 16 bytes from rip, empty where rip is not readable. `stack` holds what lies from
    rsp upward, as much as was readable. `maps` is the text of /proc/PID/maps.
    """

    signal: int
    code: int
    address: int
    registers: dict[str, int]
    instruction: bytes
    stack: bytes
    maps: str


def decode_registers(raw: bytes) -> dict[str, int]:
    """The registers of a `struct user_regs_struct` of x86_64; missing ones, in a short buffer, are zero."""
    size = 8 * len(_X86_64)
    return dict(zip(_X86_64, struct.unpack(f"<{len(_X86_64)}Q", raw[:size].ljust(size, b"\0")), strict=True))
