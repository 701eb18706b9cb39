"""From the place of a crash back through the calls that were under way.

glibc brings tables that say where each return address lies. musl does not: there the code itself is followed.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conformance.crash import flow, tables
from conformance.crash.calls import Call, returning_to
from conformance.crash.memory import Memory

_MOST_FRAMES = 128


@dataclass(frozen=True, slots=True)
class Frame:
    """A call that had not returned: how it was made, and the address after it."""

    call: Call
    returns_to: int


def frames(registers: dict[str, int], memory: Memory) -> Iterator[Frame]:
    """The calls from the innermost outward, until one of them cannot be found."""
    for depth in range(_MOST_FRAMES):
        methods: tuple[Callable[[Memory, dict[str, int]], dict[str, int] | None], ...] = (
            functools.partial(tables.caller, after_call=depth > 0),
            flow.caller,
            flow.search,
            functools.partial(flow.caller, doubtful=True),
        )
        for method in methods:
            caller = method(memory, registers)
            if caller and (call := returning_to(memory, caller["rip"])):
                yield Frame(call, caller["rip"])
                registers = caller
                break
        else:
            return
