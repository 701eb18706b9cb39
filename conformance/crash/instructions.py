"""x86-64 instructions, one at a time."""

from typing import Any

from capstone import CS_ARCH_X86, CS_MODE_64, Cs

_disassembler = Cs(CS_ARCH_X86, CS_MODE_64)
_disassembler.detail = True

LONGEST = 15
"""Bytes of the longest instruction."""


def decode(code: bytes, address: int) -> Any | None:
    """The instruction that `code` begins with, as capstone's CsInsn, or None where there is none."""
    return next(_disassembler.disasm(code[:LONGEST], address, 1), None)
