"""Return addresses by call frame tables (DWARF 5, section 6.4), which glibc's files bring in `.eh_frame`."""

from elftools.dwarf.callframe import RegisterRule

from conformance.crash.memory import Memory

# The numbers that DWARF gives to registers (System V ABI for AMD64, figure 3.36); 16 is the return address.
_NAMES = (
    *("rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp"),
    *("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip"),
)
_RIP = 16


def caller(memory: Memory, registers: dict[str, int], after_call: bool) -> dict[str, int] | None:
    """The registers that the caller would go on with, as far as they are known; None where no table says.

    `after_call` tells that rip is a return address: then the call before it decides, which may be the last
    instruction of its function.
    """
    rip = registers["rip"]
    located = memory.locate(rip)
    if located is None:
        return None
    file, moved = located
    rules = file.frame_table and file.frame_table.rules(rip - moved - after_call)
    if not rules:
        return None
    base = rules["cfa"]
    if base.reg is None or _NAMES[base.reg] not in registers:
        return None
    frame = registers[_NAMES[base.reg]] + base.offset
    restored = {**registers, "rsp": frame}
    for number, rule in rules.items():
        if not isinstance(number, int) or number >= len(_NAMES) or rule.type == RegisterRule.SAME_VALUE:
            continue
        saved_at = frame + rule.arg if rule.type == RegisterRule.OFFSET else None
        if saved_at is not None and saved_at < registers["rsp"]:
            # an epilogue has popped it, and the table leaves it at that
            continue
        word = None if saved_at is None else memory.word(saved_at)
        if word is None:
            restored.pop(_NAMES[number], None)
        else:
            restored[_NAMES[number]] = word
    return restored if _RIP in rules and "rip" in restored else None
