"""What the views `overview` and `history` show, ready for their templates."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from conformance.report.changes import Change
from conformance.report.charts import Mark, punch_card, stacked_bars
from conformance.report.figures import Agreement, Figures, Step
from conformance.report.links import matrix_link
from conformance.report.rows import Row

_FUNCTIONS = 24
_CHANGES = 40
"""Most functions and changes that the overview shows; the matrix has them all."""

_KINDS = {
    "same": "the same on all libcs",
    "versions": "differs between versions only",
    "families": "differs between musl and glibc",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A case that changed with a version of a family: its cells from old to new."""

    row: Row
    cells: tuple[tuple[int, str], ...]
    came_and_went: bool


def overview(figures: Figures, table: Sequence[Row], since: Mapping[str, Sequence[Change]]) -> dict[str, Any]:
    """Everything at a glance. `since` has the changes by the older run's name, the newest of these first."""
    base = next(iter(since), None)
    changes = since[base] if base else []
    return {
        "totals": figures.totals(),
        "newest": figures.newest(),
        "by_libc": figures.by_libc().to_dict("index"),
        "agreement": _agreement(figures),
        "kinds": _kinds_chart(figures),
        "kind_names": _KINDS,
        "conformance": _conformance(figures),
        "functions": _functions(figures, table),
        "base": base,
        "changes": changes[:_CHANGES],
        "change_counts": Counter(change.kind for change in changes),
    }


def _agreement(figures: Figures) -> list[tuple[str, list[Agreement | None]]]:
    """A line for each libc; None where a libc would meet itself."""
    found = figures.agreement()
    return [
        (one, [None if one == other else found[one, other] for other in figures.names])
        for one in figures.names
    ]


def _kinds_chart(figures: Figures) -> str:
    counts = {str(family): kinds for family, kinds in figures.kinds().to_dict("index").items()}
    totals = {family: sum(kinds.values()) for family, kinds in counts.items()}
    shows = {"same": "same", "versions": "only-versions", "families": "families"}
    parts = {
        kind: [
            Mark(
                kinds[kind] / totals[family],
                str(kinds[kind]),
                f"{family}: {kinds[kind]} of {totals[family]} cases: {told}",
                matrix_link(family=family, show=shows[kind]),
            )
            for family, kinds in counts.items()
        ]
        for kind, told in _KINDS.items()
    }
    names = [f"{family} {total}" for family, total in totals.items()]
    return stacked_bars(names, parts, "Cases by family: where libcs part")


def _conformance(figures: Figures) -> list[tuple[str, list[tuple[int, int]]]]:
    """For each family and libc how many cases deviate from their requirement, of how many that have one."""
    found = figures.conformance()
    families = sorted({family for family, _ in found})
    return [(family, [found.get((family, libc), (0, 0)) for libc in figures.names]) for family in families]


def _functions(figures: Figures, table: Sequence[Row]) -> list[tuple[str, int]]:
    """The functions with the most cases in which the newest versions part."""
    parts = figures.differs(figures.newest())
    counts = Counter(
        function
        for row, differs in zip(table, parts, strict=True)
        if row.case and differs
        for function in row.case.functions
    )
    return sorted(counts.most_common(_FUNCTIONS), key=lambda item: (-item[1], item[0]))


def history(figures: Figures, table: Sequence[Row]) -> list[dict[str, Any]]:
    """For each family with several versions: a chart, and the cases that changed with each version."""
    return [
        _history(family, [*steps], figures, table)
        for family, steps in groupby(figures.steps(), lambda step: step.family)
    ]


def _history(family: str, steps: list[Step], figures: Figures, table: Sequence[Row]) -> dict[str, Any]:
    columns = [figures.names.index(libc) for libc in figures.by_family[family]]
    return {
        "family": family,
        "libcs": figures.by_family[family],
        "chart": _steps_chart(steps, table),
        "steps": [(step, [_changed(table[at], columns) for at in step.changed]) for step in reversed(steps)],
    }


def _steps_chart(steps: list[Step], table: Sequence[Row]) -> str:
    counts = [Counter(table[at].family for at in step.changed) for step in steps]
    families = sorted({family for of_step in counts for family in of_step})
    lines = {
        family: [
            Mark(
                of_step[family],
                str(of_step[family]),
                f"{step.after}: {of_step[family]} cases of {family} changed",
                matrix_link(family=family, a=step.before, b=step.after),
            )
            if of_step[family]
            else None
            for step, of_step in zip(steps, counts, strict=True)
        ]
        for family in families
    }
    columns = [f"{step.before.partition('-')[2]} → {step.after.partition('-')[2]}" for step in steps]
    return punch_card(columns, lines, "Cases that changed, by family and version", 420)


def _changed(row: Row, columns: Sequence[int]) -> Changed:
    groups = [row.of[at] for at in columns]
    numbers: dict[int, int] = {}
    cells = tuple(
        (
            numbers.setdefault(group, len(numbers)) if group >= 0 else -1,
            row.shown[group] if group >= 0 else "",
        )
        for group in groups
    )
    ran = [group for group, _ in groupby(group for group in groups if group >= 0)]
    return Changed(row, cells, len(ran) > len({*ran}))
