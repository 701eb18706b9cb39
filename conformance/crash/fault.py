"""What kind of memory or instruction a thread died of: the `at` of a crash site."""

import signal

from capstone.x86 import X86_OP_MEM, X86_REG_INVALID

from conformance.crash.dump import CrashDump
from conformance.crash.instructions import decode
from conformance.crash.maps import Maps

# si_code values of <asm-generic/siginfo.h>
_SI_KERNEL = 0x80
_SEGV_MAPERR = 1

_HLT = 0xF4
_PAGE = 4096
_NULL_PAGES = 65536
_LARGEST_FRAME = 64 << 20

_WHOLE_SIGNAL: dict[int, str] = {
    signal.SIGBUS: "bus error",
    signal.SIGILL: "illegal instruction",
    signal.SIGFPE: "arithmetic",
}


def kind(dump: CrashDump, maps: Maps) -> str | None:
    """The kind of fault; None for a signal that was sent, as abort() does, not raised by an instruction."""
    if dump.code <= 0:
        return None
    if dump.signal != signal.SIGSEGV:
        return _WHOLE_SIGNAL.get(dump.signal)
    if dump.code == _SI_KERNEL:
        if dump.instruction[:1] == bytes([_HLT]):
            return "hlt"
        return "misaligned address" if _misaligned(dump) else "non-canonical address"
    if dump.address < _NULL_PAGES:
        return "null page"
    if _off_the_stack(dump, maps):
        return "stack overflow"
    return "unmapped address" if dump.code == _SEGV_MAPERR else "protected page"


def _off_the_stack(dump: CrashDump, maps: Maps) -> bool:
    """Whether the address lies below the stack that rsp is on, or has just left downwards.

    The guard may be a mapping without access, nothing at all, or (glibc since 2.42) part of the stack's own
    mapping, which no line of maps shows.
    """
    rsp = dump.registers["rsp"]
    stack = maps.at(rsp)
    if stack and stack.writable:
        end = stack.end
    elif (above := maps.writable_above(rsp)) and above.start - rsp <= _LARGEST_FRAME:
        end = above.start
    else:
        return False
    return rsp - _PAGE <= dump.address < end


def _misaligned(dump: CrashDump) -> bool:
    """Whether a vector instruction met a canonical address: the kernel reports both in the same way."""
    instruction = decode(dump.instruction, dump.registers["rip"])
    if instruction is None:
        return False
    for operand in instruction.operands:
        if operand.type == X86_OP_MEM and operand.size >= 16:
            address = operand.mem.disp
            for register, scale in ((operand.mem.base, 1), (operand.mem.index, operand.mem.scale)):
                if register != X86_REG_INVALID:
                    value = dump.registers.get(instruction.reg_name(register))
                    if value is None:
                        return False
                    address += value * scale
            sign = (address & (1 << 64) - 1) >> 47
            return sign in (0, (1 << 17) - 1)
    return False
