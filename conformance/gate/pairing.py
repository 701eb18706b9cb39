"""Which libc of NEW is compared with which libc of BASE."""

from conformance.errors import UserError
from conformance.gate.sides import Side, Source

Pair = tuple[Side, Side]


def pairs(base: Source, new: Source) -> tuple[list[Pair], list[str]]:
    """Each libc of NEW with the one of BASE that has its name, or its family and version, or is the only one.

    Gives sentences about libcs that are left over. Raises UserError where none can be compared.
    """
    found = [(one, side) for side in new.sides.values() if (one := _partner(side, base, new))]
    if not found:
        raise UserError(
            f"nothing to compare: BASE has {', '.join(base.sides)} and NEW has {', '.join(new.sides)}. "
            "Name one libc of each as RUN:LIBC"
        )
    one, other = found[0]
    if one.family and other.family and one.family != other.family:
        raise UserError(
            f"BASE is {one.libc} and NEW is {other.libc}: the gate compares a libc with itself. "
            "`conformance diff` compares two libcs"
        )
    compared = {side.libc for _, side in found}
    notes = [f"{libc} is not compared: BASE has no such libc" for libc in new.sides if libc not in compared]
    used = {side.libc for side, _ in found}
    if left := [libc for libc in base.sides if libc not in used]:
        notes.append(f"only BASE has {', '.join(left)}")
    return found, notes


def _partner(side: Side, base: Source, new: Source) -> Side | None:
    if side.libc in base.sides:
        return base.sides[side.libc]
    known = (side.family, side.version)
    for one in base.sides.values():
        if side.version and (one.family, one.version) == known:
            return one
    return next(iter(base.sides.values())) if len(base.sides) == len(new.sides) == 1 else None
