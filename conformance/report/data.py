"""The data of the page: one JSON document, written piece by piece, and the facts as CSV.

The document is described in docs/dashboard.md. Facts and records are put in as the texts that they are, so
that large runs are never held as objects.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.case import Case
from conformance.report.changes import Change
from conformance.report.probes import Sources
from conformance.report.reading import Run, Seen, compact, described
from conformance.report.rows import NOT_RUN, Row
from conformance.versions import parse_selector

_TOLD = (
    *("id", "title", "family", "functions", "status", "clause", "requires", "expect"),
    *("grade", "why", "advice", "links", "needs", "line"),
)
"""What is told of a case as it is."""

_SPECIAL = {*',"\r\n'}

FORMAT = 1
"""Changes when a reader of the document would have to."""


def document(
    runs: Sequence[Run], table: Sequence[Row], since: Mapping[str, Sequence[Change]], generated: str
) -> Iterator[str]:
    """The JSON document in pieces. `since` has the changes by the older run's name."""
    libcs = described(runs[0])
    known = [row.case for row in table if row.case]
    sources = Sources()
    columns = {libc["name"]: at for at, libc in enumerate(libcs)}
    head = {
        "format": FORMAT,
        "generated": generated,
        "runs": [entry(run) for run in runs],
        "libcs": libcs,
        "topics": {case.id.partition("::")[0]: {"title": case.topic, "about": case.about} for case in known},
        "selectors": _selectors(known, libcs),
        "changes": {run: [_change(change, columns) for change in found] for run, found in since.items()},
    }
    yield compact(head)[:-1] + ',"cases":['
    for at, row in enumerate(table):
        yield ("," if at else "") + _row(row, sources)
    yield f'],"probes":{compact(sources.probes())}}}\n'


def entry(run: Run) -> dict[str, Any]:
    """What the page tells of a run."""
    keys = ("started", "harness", "kernel", "machine", "compiler", "user")
    told = {key: run.entry.get(key) for key in keys}
    observations = sum(map(len, run.seen.values()))
    return {
        "name": run.name,
        **told,
        "libcs": run.libcs,
        "cases": len(run.seen),
        "observations": observations,
        "torn": len(run.torn),
    }


def _selectors(cases: Sequence[Case], libcs: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    """The columns that each selector of an expectation speaks of."""
    texts = sorted({text for case in cases for text in case.expect})
    return {
        text: [at for at, libc in enumerate(libcs) if _matches(text, libc["family"], libc["version"])]
        for text in texts
    }


def _matches(text: str, family: str, version: str) -> bool:
    return parse_selector(text).matches(family, version)


def _change(change: Change, column: Mapping[str, int]) -> dict[str, Any]:
    return {
        "case": change.row.id,
        "libc": column[change.libc],
        "kind": change.kind,
        "facts": {name: [old, new] for name, old, new in change.facts},
    }


def _row(row: Row, sources: Sources) -> str:
    pairs = zip(row.shown, row.groups, strict=True)
    groups = ",".join(f'{{"shown":{compact(text)},"facts":{facts}}}' for text, facts in pairs)
    cells = ",".join(_cell(seen, group) for seen, group in zip(row.seen, row.of, strict=True))
    return f'{compact(_case(row, sources))[:-1]},"groups":[{groups}],"cells":[{cells}]}}'


def _cell(seen: Seen | None, group: int) -> str:
    if seen is None:
        return "null"
    return f'{{"group":{group if group > NOT_RUN else "null"},{seen.record}'


def _case(row: Row, sources: Sources) -> dict[str, Any]:
    case = row.case
    if case is None:
        return {"id": row.id, "title": row.title, "family": row.family, "lead": row.lead}
    told = {name: getattr(case, name) for name in _TOLD}
    return {
        **{name: value for name, value in told.items() if value not in (None, (), {}, "")},
        "lead": row.lead,
        "source": sources.place(case.source),
        "written": sources.written(case),
        "probe": sources.probe(case),
    }


def write_csv(path: Path, table: Sequence[Row], libcs: Sequence[str]) -> None:
    """One line per case, libc and fact, the fact's value in the spelling of JSON. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("case,libc,fact,value,expected,conforms\n")
        for row in table:
            file.writelines(_csv_lines(row, libcs))


def _csv_lines(row: Row, libcs: Sequence[str]) -> Iterator[str]:
    """Put together by hand: the same facts stand in many lines, and are quoted once (RFC 4180)."""
    case = _quoted(row.id)
    groups = [
        [f"{_quoted(fact)},{_quoted(compact(value))}" for fact, value in json.loads(facts).items()]
        for facts in row.groups
    ]
    for libc, seen, group in zip(libcs, row.seen, row.of, strict=True):
        if seen and group > NOT_RUN:
            start = f"{case},{_quoted(libc)}"
            expected = compact(seen.expected).strip('"')
            conforms = "" if seen.conforms is None else compact(seen.conforms)
            yield "".join(f"{start},{fact},{expected},{conforms}\n" for fact in groups[group])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPECIAL & {*text} else text
