"""What people would rather look at than read: memory given back, and misuse of the heap caught or not."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.case import Facts
from conformance.report.charts import Mark, punch_card, stacked_bars
from conformance.report.links import case_link, matrix_link
from conformance.report.rows import Row

_MEMORY = "allocator/memory-returned::"
_HELD = "percent held"
_HEAP = {"malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign", "memalign"}

ENDS = {
    "message": "stopped with a message",
    "stop": "stopped without a word",
    "crash": "crashed by accident",
    "hang": "hangs",
    "on": "went on unnoticed",
    "none": "not run",
}
"""What a libc made of a misuse of the heap."""


@dataclass(frozen=True, slots=True)
class Misuse:
    """A case of misuse, and for each libc a key of ENDS."""

    row: Row
    ends: tuple[str, ...]


def memory_chart(table: Sequence[Row], libcs: Sequence[str]) -> str | None:
    """Per case and libc how much of 40 MB is held after it was freed; None where no such case was run."""
    lines = {row.title: _held(row, libcs) for row in table if row.id.startswith(_MEMORY)}
    if not any(mark for marks in lines.values() for mark in marks):
        return None
    label = (
        "Memory that is still held after a program has freed 40 MB, by case and libc; small dots are better"
    )
    return punch_card([libc.partition("-")[2] or libc for libc in libcs], lines, label, 880)


def _held(row: Row, libcs: Sequence[str]) -> list[Mark | None]:
    marks: list[Mark | None] = []
    for libc, seen in zip(libcs, row.seen, strict=True):
        percent = json.loads("{" + seen.record)["info"].get(_HELD) if seen else None
        if isinstance(percent, int):
            text = f"{libc}: {row.title}: {percent} % still held"
            held = max(0, min(percent, 100))
            marks.append(Mark(held, f"{held}" if held else "", text, case_link(row.id, libc)))
        else:
            marks.append(None)
    return marks


def misuses(table: Sequence[Row]) -> list[Misuse]:
    """The cases that misuse the heap."""
    rows = [row for row in table if row.case and row.family == "misuse" and _HEAP & {*row.case.functions}]
    return [
        Misuse(row, tuple(_end(json.loads(row.groups[group])) if group >= 0 else "none" for group in row.of))
        for row in rows
    ]


def _end(facts: Facts) -> str:
    outcome = facts.get("outcome", "")
    if outcome == "timed-out":
        return "hang"
    if outcome == "SIGABRT":
        return "message" if "message" in facts else "stop"
    if facts.get("at") == "hlt":
        return "stop"
    if str(outcome).startswith("SIG"):
        return "crash"
    return "none" if outcome == "not-built" else "on"


def misuse_chart(found: Sequence[Misuse], libcs: Sequence[str]) -> str | None:
    """Per libc how many misuses of the heap ended in which way; None where there are none."""
    if not found:
        return None
    counts = [Counter(misuse.ends[at] for misuse in found) for at in range(len(libcs))]
    parts = {
        told: [
            Mark(
                counts[at][end],
                str(counts[at][end]),
                f"{libc}: {counts[at][end]} of {len(found)} {told}",
                matrix_link(family="misuse"),
            )
            for at, libc in enumerate(libcs)
        ]
        for end, told in ENDS.items()
    }
    return stacked_bars(libcs, parts, "What became of misuses of the heap, by libc")
