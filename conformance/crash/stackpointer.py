"""What instructions do to rsp and rbp, the two registers that may lead to a return address."""

from dataclasses import dataclass, replace
from typing import Any

from capstone import CS_GRP_CALL
from capstone.x86 import (
    X86_INS_ADD,
    X86_INS_AND,
    X86_INS_LEA,
    X86_INS_LEAVE,
    X86_INS_MOV,
    X86_INS_POP,
    X86_INS_PUSH,
    X86_INS_SUB,
    X86_OP_IMM,
    X86_OP_REG,
    X86_REG_BP,
    X86_REG_BPL,
    X86_REG_EBP,
    X86_REG_INVALID,
    X86_REG_RBP,
    X86_REG_RSP,
)

from conformance.crash.memory import Memory

_RBP = {X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL}
_ADDRESSES = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class State:
    """What is known at `rip` on one path: rsp and rbp, and the words pushed on the way. None is unknown."""

    rip: int
    rsp: int | None
    rbp: int | None
    pushed: tuple[tuple[int, int | None], ...] = ()

    def word(self, memory: Memory, address: int | None) -> int | None:
        """Eight bytes of the stack as they are after what was pushed."""
        if address is None:
            return None
        for where, value in reversed(self.pushed):
            if where == address:
                return value
        return memory.word(address)


def after(memory: Memory, instruction: Any, state: State) -> State:
    """The state behind an instruction that is no `ret`. A call leaves the stack as it was."""
    kind, operands = instruction.id, instruction.operands
    if instruction.group(CS_GRP_CALL):
        return state
    if kind == X86_INS_LEAVE:
        rsp = None if state.rbp is None else state.rbp + 8
        return replace(state, rsp=rsp, rbp=state.word(memory, state.rbp))
    if kind == X86_INS_PUSH and state.rsp is not None:
        at = state.rsp - 8
        return replace(state, rsp=at, pushed=(*state.pushed, (at, _register(operands[0], state))))
    if kind == X86_INS_POP and state.rsp is not None:
        popped = state.word(memory, state.rsp)
        state = replace(state, rsp=state.rsp + 8)
        return replace(state, rbp=popped) if operands[0].reg in _RBP else state
    _, written = instruction.regs_access()
    result = _result(kind, operands, state) if X86_REG_RSP in written or _RBP & {*written} else None
    if X86_REG_RSP in written:
        state = replace(state, rsp=result if operands[0].reg == X86_REG_RSP else None)
    if _RBP & {*written}:
        state = replace(state, rbp=result if operands[0].reg == X86_REG_RBP else None)
    return state


def _result(kind: int, operands: Any, state: State) -> int | None:
    """What an instruction with two operands writes to the first of them, if it is known."""
    if len(operands) != 2:
        return None
    target, source = operands
    if kind == X86_INS_MOV:
        return _register(source, state)
    if kind == X86_INS_LEA and source.mem.index == X86_REG_INVALID:
        base = {X86_REG_RSP: state.rsp, X86_REG_RBP: state.rbp}.get(source.mem.base)
        return None if base is None else base + source.mem.disp
    before = _register(target, state)
    if before is None or source.type != X86_OP_IMM:
        return None
    results = {
        X86_INS_ADD: before + source.imm,
        X86_INS_SUB: before - source.imm,
        X86_INS_AND: before & source.imm & _ADDRESSES,
    }
    return results.get(kind)


def _register(operand: Any, state: State) -> int | None:
    if operand.type != X86_OP_REG:
        return None
    return {X86_REG_RSP: state.rsp, X86_REG_RBP: state.rbp}.get(operand.reg)
