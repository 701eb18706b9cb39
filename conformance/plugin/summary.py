"""What the terminal shows after a run: where the libcs part, and how many cases did what."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from conformance import results
from conformance.case import Case
from conformance.paths import CASES
from conformance.topics import known_cases

_SHOWN = 12
"""Divergent cases in the summary of a run that is not verbose: an overview, not the whole reference."""

_WEIGHTS = ("bug", "limit", "not-implemented", "quality", "by-design")
"""Grades in the order in which divergences deserve to be seen."""


def summary(folder: Path, roots: Iterable[Path], width: int, *, verbose: bool) -> Iterator[str]:
    """The lines of the summary of the run in `folder`; `roots` are the folders that its topics came from."""
    # imported when it is needed: pandas takes long
    from conformance import compare
    from conformance.tables import divergence_lines

    read = results.read(folder)
    yield from read.torn
    columns = compare.by_libc(read)
    if len(columns) > 1:
        rows = compare.divergences(compare.table(columns), {})
        ids = list(dict.fromkeys(rows.index.get_level_values("case")))
        cases = _cases(ids, roots)
        shown = ids if verbose else sorted(ids, key=lambda case: _weight(cases.get(case)))[:_SHOWN]
        rows = compare.divergences(compare.table(columns).loc[shown], cases) if shown else rows
        yield from divergence_lines(rows, cases, width)
        if len(shown) < len(ids):
            first, *_, last = columns
            more = len(ids) - len(shown)
            yield f"... and {more} more: -v shows all, `conformance diff {first} {last}` those of two libcs"
    yield str(compare.count(read))


def _weight(case: Case | None) -> int:
    grades = case.grade.values() if case else ()
    return min(map(_WEIGHTS.index, grades), default=len(_WEIGHTS))


def _cases(ids: Iterable[str], roots: Iterable[Path]) -> dict[str, Case]:
    found: dict[str, Case] = {}
    for root in (CASES, *roots):
        found |= known_cases((case for case in ids if case not in found), root)
    return found
