"""Divergences as text for a terminal: one paragraph per case, versions with the same value side by side."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from itertools import groupby

import pandas as pd

from conformance.case import Case
from conformance.compare import ABSENT
from conformance.values import shown
from conformance.versions import FAMILIES, split_name

_REMARKS = ("grade", "why")
_CONTEXT = 8
"""Characters that are shown before the first difference of long values."""


def divergence_lines(rows: pd.DataFrame, cases: Mapping[str, Case], width: int) -> Iterator[str]:
    """The rows of `compare.divergences` as lines of at most `width` characters."""
    libcs = [column for column in rows.columns if column not in _REMARKS]
    records = zip(rows.index, rows.to_dict("records"), strict=True)
    for case, of_case in groupby(records, lambda record: record[0][0]):
        facts = {index[1]: record for index, record in of_case}
        title = f"  {cases[case].title}" if case in cases else ""
        yield _elided(f"{case}{title}", width)
        name_width = max(map(len, facts))
        for fact, record in facts.items():
            values = {libc: record[libc] for libc in libcs if isinstance(record[libc], str)}
            yield from _fact_lines(f"  {fact:{name_width}}  ", values, width)
        last = next(reversed(facts.values()))
        yield from _remark_lines(last["grade"], last["why"], width)


def _fact_lines(start: str, values: Mapping[str, str], width: int) -> Iterator[str]:
    """`addresses  musl 1.2.3: 0 | musl 1.2.5 1.2.6: 48 | glibc 2.36: 200`, wrapped between the groups."""
    texts = _short_values(set(values.values()), max(20, (width - len(start)) // 2))
    groups: dict[str, list[str]] = {}
    for libc, value in values.items():
        groups.setdefault(value, []).append(libc)
    line = start
    for at, (value, libcs) in enumerate(groups.items()):
        part = f"{libcs_label(libcs)}: {texts[value]}"
        separator = " | " if at and line != start else ""
        if separator and len(line) + len(separator) + len(part) > width:
            yield _elided(line, width)
            line = " " * len(start) + part
        else:
            line += separator + part
    yield _elided(line, width)


def libcs_label(libcs: list[str]) -> str:
    """`musl 1.2.5 1.2.6, glibc 2.36, host`."""
    labels = []
    for family, names in groupby(libcs, lambda libc: split_name(libc)[0]):
        versions = [split_name(name)[1] for name in names] if family in FAMILIES else []
        labels.append(" ".join([family, *versions]) if versions else family)
    return ", ".join(labels)


def _short_values(values: set[str], width: int) -> dict[str, str]:
    """Each value as text; long ones from where they begin to differ."""
    texts = {value: shown(json.loads(value)) for value in values}
    if max(map(len, texts.values())) <= width:
        return texts
    start = max(0, _shared([text for value, text in texts.items() if value != ABSENT]) - _CONTEXT)
    return {
        value: _elided(f"…{text[start:]}" if start and value != ABSENT else text, width)
        for value, text in texts.items()
    }


def _shared(texts: list[str]) -> int:
    """How many characters all texts have in common at their beginning."""
    columns = zip(*texts, strict=False)
    return next((at for at, column in enumerate(columns) if len(set(column)) > 1), min(map(len, texts)))


def _elided(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _remark_lines(grade: object, why: object, width: int) -> Iterator[str]:
    remark = "; ".join(part for part in (grade, why) if isinstance(part, str))
    if remark:
        yield from textwrap.wrap(remark, width, initial_indent="  ", subsequent_indent="  ")
