"""What changed on each libc since an older run, in the classes of the gate."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.case import Value
from conformance.gate.classify import Standing, kind_of_change
from conformance.gate.finding import Kind
from conformance.report.reading import Run, Seen
from conformance.report.rows import Row

_WORST_FIRST = list(Kind)

_Facts = tuple[tuple[str, Value | None, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A case on a libc that is not as it was in the run `since`. `facts` are name, old and new value."""

    row: Row
    libc: str
    since: str
    kind: Kind
    facts: _Facts


def changes(table: Sequence[Row], libcs: Sequence[str], older: Run) -> list[Change]:
    """All changes since `older` on the libcs that both runs have, worst first, then by case."""
    common = [(at, libc) for at, libc in enumerate(libcs) if libc in older.libcs]
    found = [change for row in table for change in _of_row(row, common, older)]
    return sorted(found, key=lambda change: _WORST_FIRST.index(change.kind))


def _of_row(row: Row, libcs: Sequence[tuple[int, str]], older: Run) -> Iterator[Change]:
    before = older.seen.get(row.id, {})
    for at, libc in libcs:
        old, new = before.get(libc), row.seen[at]
        if new is None or (old and old.facts == new.facts):
            continue
        yield Change(row, libc, older.name, _kind(old, new), _facts(old, new))


def _kind(old: Seen | None, new: Seen) -> Kind:
    if new.facts is None:
        return Kind.COULD_NOT_RUN
    if old is None or old.facts is None:
        return Kind.NEW
    return kind_of_change(_standing(old), _standing(new))


def _standing(seen: Seen) -> Standing:
    return Standing(seen.expected is True, seen.conforms)


def _facts(old: Seen | None, new: Seen) -> _Facts:
    if not (old and old.facts and new.facts):
        return ()
    before, after = json.loads(old.facts), json.loads(new.facts)
    return tuple(
        (name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if json.dumps(before.get(name)) != json.dumps(after.get(name))
    )
