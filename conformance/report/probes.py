"""What the page shows of sources: a probe's opening comment and text, and a case as it is written."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from conformance.case import Case
from conformance.paths import C_SOURCES, CASES
from conformance.topics import probe_source

_OPENING = re.compile(r"/\*(.*?)\*/", re.DOTALL)
_MARGIN = re.compile(r"^ \* ?", re.MULTILINE)


def probes(cases: Iterable[Case]) -> dict[str, dict[str, Any]]:
    """The probes of cases by the place of their source: `about` is the opening comment."""
    return {
        place: _probe(source) for case in cases if (source := source_of(case)) for place in [shown(source)]
    }


def source_of(case: Case) -> Path | None:
    """The C file of a case's probe, if it is still there."""
    return probe_source(case.scenario.probe, case.source)


@cache
def _probe(source: Path) -> dict[str, Any]:
    text = source.read_text(encoding="utf-8", errors="replace")
    return {"about": opening_comment(text), "source": text}


def opening_comment(text: str) -> str:
    """The text of the comment at the top of a C file, without its stars; empty where there is none."""
    found = _OPENING.match(text)
    return _MARGIN.sub("", found[1]).strip() if found else ""


def shown(path: Path) -> str:
    """A path as a reader of the project knows it."""
    for root in (CASES, C_SOURCES):
        if path.is_relative_to(root):
            return f"{root.name}/{path.relative_to(root).as_posix()}"
    return path.as_posix()


def written(case: Case) -> str:
    """The lines of a topic in which the case stands, without the indentation that they share."""
    lines = _lines(case.source)[case.line - 1 :]
    if not lines:
        return ""
    margin = len(lines[0]) - len(lines[0].lstrip())
    inside = " " * (margin + 1)
    starts = (at for at, line in enumerate(lines) if at and line.strip() and not line.startswith(inside))
    end = next(starts, len(lines))
    return "\n".join(line[margin:] for line in lines[:end]).strip()


@cache
def _lines(topic: Path) -> list[str]:
    try:
        return topic.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
