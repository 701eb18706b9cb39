"""Calls, seen from the address that they return to."""

from dataclasses import dataclass

from conformance.crash.memory import Memory

_NEAR_CALL = 0xE8
_INDIRECT = 0xFF


@dataclass(frozen=True, slots=True)
class Call:
    """`target` is the called address where the instruction holds it, `name` the symbol that it went through.

    Both are None for a call by function pointer.
    """

    target: int | None = None
    name: str | None = None


def returning_to(memory: Memory, address: int) -> Call | None:
    """The call before `address`, or None where the code before it is no call."""
    before = memory.code(address - 7, 7)
    if len(before) < 7:
        return None
    if before[2] == _NEAR_CALL:
        target = address + int.from_bytes(before[3:], "little", signed=True)
        if memory.code(target, 1):
            return Call(target=target, name=_stub(memory, target))
    if before[1:3] == b"\xff\x15":
        slot = address + int.from_bytes(before[3:], "little", signed=True)
        return Call(name=_import(memory, address, slot))
    if any(_is_indirect_call(before[-size:]) for size in (2, 3, 4, 6, 7)):
        return Call()
    return None


def _is_indirect_call(code: bytes) -> bool:
    """Whether `code` is exactly one `call` through a register or a memory operand."""
    if code[0] & 0xF8 == 0x40:
        code = code[1:]
    if len(code) < 2 or code[0] != _INDIRECT or code[1] >> 3 & 7 != 2:
        return False
    mode, base = code[1] >> 6, code[1] & 7
    size = 2
    if mode != 3:
        if base == 4:
            size += 1
            if len(code) > 2 and mode == 0 and code[2] & 7 == 5:
                size += 4
        size += {0: 4 if base == 5 else 0, 1: 1, 2: 4}[mode]
    return len(code) == size


def _stub(memory: Memory, target: int) -> str | None:
    """The symbol that a procedure linkage table's entry at `target` jumps to."""
    code = memory.code(target, 16)
    start = target
    for prefix in (b"\xf3\x0f\x1e\xfa", b"\xf2"):  # endbr64, bnd
        if code.startswith(prefix):
            code, start = code[len(prefix) :], start + len(prefix)
    if not code.startswith(b"\xff\x25"):
        return None
    return _import(memory, start, start + 6 + int.from_bytes(code[2:6], "little", signed=True))


def _import(memory: Memory, near: int, slot: int) -> str | None:
    located = memory.locate(near)
    if located is None:
        return None
    file, moved = located
    return file.imports.get(slot - moved)
