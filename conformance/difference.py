"""Two libcs, or two runs, side by side: the facts that differ and the cases that only one of them has."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from conformance.builds import by_name, changed, changes_told, labelled
from conformance.case import Case, Observation
from conformance.compare import by_libc, divergences, table
from conformance.errors import UserError
from conformance.results import LATEST, OBSERVATIONS, Results, read
from conformance.topics import known_cases
from conformance.values import shown
from conformance.versions import FAMILIES, split_name


@dataclass(frozen=True, slots=True)
class Side:
    """One libc of one run; `label` is how the user named it, `entry` the libc in run.json, if it is there."""

    label: str
    observations: tuple[Observation, ...]
    libc: str = ""
    entry: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return labelled(self.label, self.entry)

    def cases(self) -> set[str]:
        """The cases that were observed; those that could not run are not among them."""
        return {seen.case for seen in self.observations if seen.outcome.kind != "failed"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that differs, in the spelling of JSON on both sides."""

    case: str
    fact: str
    values: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two sides. It is true where anything does."""

    sides: tuple[Side, Side]
    differences: list[Difference]
    only: tuple[list[str], list[str]]
    compared: int
    cases: dict[str, Case]

    @property
    def changed(self) -> dict[str, tuple[str, str]]:
        """How the build of the libc changed between two runs, or that an image's name stands for another."""
        a, b = self.sides
        return changed(a.entry, b.entry) if a.libc == b.libc else {}

    def __bool__(self) -> bool:
        return bool(self.differences or any(self.only))


def pairs(one: str, other: str) -> list[tuple[Side, Side]]:
    """The sides that two arguments of the command name.

    Each names a libc of the last run, `RUN:LIBC`, or a run. Two runs are compared libc by libc.
    Raises UserError.
    """
    a, b = _sides(one), _sides(other)
    if len(a) == len(b) == 1:
        return [(next(iter(a.values())), next(iter(b.values())))]
    common = [libc for libc in a if libc in b]
    if not common:
        raise UserError(
            f"{one} and {other} have no libc in common: {', '.join(a)}; {', '.join(b)}. "
            "Name one libc of each as RUN:LIBC"
        )
    return [(a[libc], b[libc]) for libc in common]


def _sides(argument: str) -> dict[str, Side]:
    """The libcs that an argument names."""
    if (Path(argument) / OBSERVATIONS).is_file():
        return _all(read(Path(argument)), argument)
    for at in (at for at, character in enumerate(argument) if character == ":"):
        if (Path(argument[:at]) / OBSERVATIONS).is_file():
            return _one(read(Path(argument[:at])), argument[at + 1 :], argument)
    if not (LATEST / OBSERVATIONS).is_file():
        raise UserError(f"{argument} is no folder with results, and there is no last run in {LATEST}")
    return _one(read(LATEST), argument, argument)


def _all(results: Results, label: str) -> dict[str, Side]:
    columns = by_libc(results)
    if not columns:
        raise UserError(f"the run in {results.folder} has no observations")
    return {libc: _side(results, libc, f"{label}:{libc}", seen) for libc, seen in columns.items()}


def _one(results: Results, libc: str, label: str) -> dict[str, Side]:
    columns = by_libc(results)
    named = [name for name in columns if libc in FAMILIES and split_name(name)[0] == libc]
    chosen = libc if libc in columns else named[-1] if named else None
    if chosen is None:
        raise UserError(
            f"{libc} is neither a results folder nor a libc of the run in {results.folder}, "
            f"which has {', '.join(columns) or 'none'}"
        )
    return {chosen: _side(results, chosen, label.removesuffix(libc) + chosen, columns[chosen])}


def _side(results: Results, libc: str, label: str, seen: Sequence[Observation]) -> Side:
    return Side(label, tuple(seen), libc, by_name(results.run).get(libc, {}))


def compare(one: str, other: str, root: Path) -> list[Comparison]:
    """Compares what two arguments of the command name, one comparison per pair of libcs. Raises UserError.

    `root` is the folder of the cases' topics.
    """
    found = [differences(sides, root) for sides in pairs(one, other)]
    if not any(comparison.compared for comparison in found):
        raise UserError(f"{one} and {other} have no case in common that could run")
    return found


def differences(sides: tuple[Side, Side], root: Path) -> Comparison:
    """Compares all facts of the cases that both sides have."""
    cases = [side.cases() for side in sides]
    both = cases[0] & cases[1]
    # the labels may be the same
    wide = table(
        {str(at): [seen for seen in side.observations if seen.case in both] for at, side in enumerate(sides)}
    )
    rows = divergences(wide, {})
    found = [
        Difference(case, fact, (values["0"], values["1"]))
        for (case, fact), values in zip(rows.index, rows.to_dict("records"), strict=True)
    ]
    return Comparison(
        sides=sides,
        differences=found,
        only=(sorted(cases[0] - both), sorted(cases[1] - both)),
        compared=len(both),
        cases=known_cases({difference.case for difference in found}, root),
    )


def as_text(comparisons: list[Comparison]) -> str:
    """One paragraph per case, in the manner of diff."""
    return "\n".join(line for comparison in comparisons for line in _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    a, b = comparison.sides
    differing = len({difference.case for difference in comparison.differences})
    if comparison.changed:
        yield f"{b.libc} is another build: {changes_told(comparison.changed)}"
    if not comparison:
        yield f"{a.label} and {b.label} are the same in {comparison.compared} cases"
        return
    yield f"--- {a}"
    yield f"+++ {b}"
    for name, of_case in groupby(comparison.differences, lambda difference: difference.case):
        case = comparison.cases.get(name)
        yield f"{name}  {case.title}" if case else name
        for difference in of_case:
            old, new = (shown(json.loads(value)) for value in difference.values)
            yield f"  {difference.fact}: {old} -> {new}"
        if case and case.why:
            yield textwrap.fill(case.why, 100, initial_indent="  ", subsequent_indent="  ")
    for side, only in zip(comparison.sides, comparison.only, strict=True):
        yield from (f"only on {side.label}: {name}" for name in only)
    yield f"{differing} of {comparison.compared} cases differ"


def as_json(comparisons: list[Comparison]) -> str:
    """A list of comparisons, each with `a`, `b`, `changed`, `compared`, `differences` and `only`."""
    return json.dumps([_entry(comparison) for comparison in comparisons], indent=2)


def _entry(comparison: Comparison) -> dict[str, Any]:
    return {
        "a": comparison.sides[0].label,
        "b": comparison.sides[1].label,
        "changed": {word: {"a": a, "b": b} for word, (a, b) in comparison.changed.items()},
        "compared": comparison.compared,
        "differences": [
            {
                "case": difference.case,
                "fact": difference.fact,
                "a": json.loads(difference.values[0]),
                "b": json.loads(difference.values[1]),
            }
            for difference in comparison.differences
        ],
        "only": {"a": comparison.only[0], "b": comparison.only[1]},
    }
