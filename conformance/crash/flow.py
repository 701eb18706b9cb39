"""Return addresses without tables, by following code: musl's is all that there is to go by.

`caller` goes forward from where a function stands to its `ret`, over every branch, and keeps count of the
stack pointer on the way. `search` is for functions that never return: it looks through the stack for a call
to a function whose code includes the place.
"""

import functools
from collections import deque
from dataclasses import replace
from typing import Any

from capstone import CS_GRP_JUMP, CS_GRP_RET
from capstone.x86 import X86_INS_JMP, X86_INS_UD2, X86_OP_IMM, X86_OP_MEM, X86_REG_RIP

from conformance.crash.calls import returning_to
from conformance.crash.image import Image
from conformance.crash.instructions import LONGEST, decode
from conformance.crash.memory import Memory
from conformance.crash.stackpointer import State, after

_MOST_INSTRUCTIONS = 2000


def caller(memory: Memory, registers: dict[str, int], *, doubtful: bool = False) -> dict[str, int] | None:
    """The registers that the caller would go on with: rip, rsp, and rbp where it is known.

    What follows a call that never returns belongs to another function, whose `ret` finds a wrong address. It
    is refused where the call before it was to a function that does not include the place. `doubtful` ones are
    for when all else fails: also those, and what a jump by pointer would leave on the stack.
    """
    start = State(registers["rip"], registers["rsp"], registers.get("rbp"))
    if not memory.code(start.rip, 1):
        # jumped to nowhere: nothing was pushed since the call
        return _returned(memory, start)
    waiting, seen = deque([start]), {start.rip}
    while waiting and len(seen) < _MOST_INSTRUCTIONS:
        state = waiting.popleft()
        instruction = decode(memory.code(state.rip, LONGEST), state.rip)
        if instruction is None:
            continue
        if instruction.group(CS_GRP_RET) or (doubtful and _jumps_by_pointer(instruction)):
            found = _returned(memory, state)
            if (
                found
                and found["rsp"] > registers["rsp"]
                and (doubtful or _leads(memory, found, start.rip) is not False)
            ):
                return found
            continue
        behind = after(memory, instruction, state)
        for following in _successors(instruction):
            if following not in seen:
                seen.add(following)
                waiting.append(replace(behind, rip=following))
    return None


def search(memory: Memory, registers: dict[str, int]) -> dict[str, int] | None:
    """Like `caller`, for a place that is never returned from, or that lies in no file."""
    rip = registers["rip"]
    anything = memory.locate(rip) is None
    for slot in range(registers["rsp"], memory.stack_end - 7, 8):
        found = _returned(memory, State(rip, slot, None))
        if found and (anything or _leads(memory, found, rip)):
            return found
    return None


def _leads(memory: Memory, caller: dict[str, int], place: int) -> bool | None:
    """Whether the call that would go back to `caller` was to a function with `place` in it; None if unknown.

    False may be wrong for a place in a `switch`, whose jumps are not followed.
    """
    located = memory.locate(place)
    call = returning_to(memory, caller["rip"])
    if located is None or call is None:
        return None
    file, moved = located
    target = file.exports.get(call.name) if call.name else call.target and call.target - moved
    return None if target is None else place - moved in extent(file, target)


@functools.lru_cache(maxsize=512)
def extent(file: Image, start: int) -> frozenset[int]:
    """Where instructions of the function at `start` begin and end, with those it jumps to elsewhere."""
    addresses, waiting = {start}, [start]
    while waiting and len(addresses) < _MOST_INSTRUCTIONS:
        address = waiting.pop()
        instruction = decode(file.read(address, LONGEST), address)
        if instruction is None or instruction.group(CS_GRP_RET):
            continue
        following = _successors(instruction)
        if _jumps_by_pointer(instruction):
            following = _through_slot(file, instruction)
        waiting += [place for place in following if place not in addresses]
        addresses |= {address + instruction.size, *following}
    return frozenset(addresses)


def _returned(memory: Memory, state: State) -> dict[str, int] | None:
    """The registers after a `ret`, if what it would go back to is the address after a call."""
    address = state.word(memory, state.rsp)
    if state.rsp is None or address is None or returning_to(memory, address) is None:
        return None
    registers = {"rip": address, "rsp": state.rsp + 8}
    return registers if state.rbp is None else {**registers, "rbp": state.rbp}


def _successors(instruction: Any) -> tuple[int, ...]:
    """Where the function may go on, calls being over at once."""
    following = instruction.address + instruction.size
    if instruction.id == X86_INS_UD2:
        return ()
    if not instruction.group(CS_GRP_JUMP):
        return (following,)
    target = instruction.operands[0]
    targets = (target.imm,) if target.type == X86_OP_IMM else ()
    return targets if instruction.id == X86_INS_JMP else (following, *targets)


def _jumps_by_pointer(instruction: Any) -> bool:
    return bool(instruction.id == X86_INS_JMP and instruction.operands[0].type != X86_OP_IMM)


def _through_slot(file: Image, instruction: Any) -> tuple[int, ...]:
    """Where a jump through the slot of an exported function leads, as in a procedure linkage table."""
    operand = instruction.operands[0]
    if operand.type != X86_OP_MEM or operand.mem.base != X86_REG_RIP:
        return ()
    name = file.imports.get(instruction.address + instruction.size + operand.mem.disp)
    return (file.exports[name],) if name in file.exports else ()
