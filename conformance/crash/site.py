"""From a dump to the place of the crash, in words that are the same on every run."""

import re
from pathlib import Path

from conformance.crash import fault
from conformance.crash.dump import CrashDump
from conformance.crash.maps import Maps
from conformance.crash.memory import Memory
from conformance.crash.unwind import frames

THE_PROBE = "the probe"

# What a header makes of a function's name: glibc's C99 and C23 variants, and those of _FORTIFY_SOURCE.
_RENAMED = re.compile(r"__(?:isoc\d+_(?P<standard>\w+)|(?!stack_)(?P<fortified>\w+)_chk)")

# Calls of the program that its source does not make: before and after main.
_BY_START_FILES = {"__libc_start_main", "__cxa_finalize"}


def site(dump: CrashDump, root: Path, program: Path) -> dict[str, str]:
    """Where the probe died; a key is missing where there is no answer.

    at      the kind of fault (`fault.kind`); missing for a signal that was sent, as abort() does
    in      the function that the probe had called, or `the probe` where its own code was at fault
    symbol  the nearest exported symbol with the distance: for information, often misleading
    rip     the file that was executed and the offset: for information

    `root` is the libc's root directory and `program` the probe, both on this machine.
    """
    maps = Maps(dump.maps)
    memory = Memory(dump, maps, root, program)
    rip = dump.registers["rip"]
    found = {"at": fault.kind(dump, maps), "in": _called(rip, dump.registers, memory), **_place(rip, memory)}
    return {key: value for key, value in found.items() if value is not None}


def _called(rip: int, registers: dict[str, int], memory: Memory) -> str | None:
    if memory.in_program(rip):
        return THE_PROBE
    inside = rip
    for frame in frames(registers, memory):
        if memory.in_program(frame.returns_to):
            if frame.call.name in _BY_START_FILES:
                return None
            if name := frame.call.name or _entered(inside, memory):
                return _plain(name)
            # by function pointer: to nowhere, or to a libc's function whose name is lost
            return None if memory.code(rip, 1) else THE_PROBE
        inside = frame.returns_to
    return None


def _entered(inside: int, memory: Memory) -> str | None:
    """The exported function that holds an address: it was called by way of a register, as clang likes to."""
    located = memory.locate(inside)
    if located is None:
        return None
    file, moved = located
    start = file.frame_table.start(inside - moved) if file.frame_table else None
    nearest = None if start is None else file.nearest_export(start)
    return nearest[0] if nearest and nearest[1] == 0 else None


def _plain(name: str) -> str:
    match = _RENAMED.fullmatch(name)
    return (match["standard"] or match["fortified"]) if match else name


def _place(rip: int, memory: Memory) -> dict[str, str]:
    located = memory.locate(rip)
    if located is None:
        return {}
    file, moved = located
    place = {"rip": f"{file.path.name}+{rip - moved:#x}"}
    nearest = None if memory.in_program(rip) else file.nearest_export(rip - moved)
    if nearest:
        place["symbol"] = f"{nearest[0]}+{nearest[1]:#x}"
    return place
