"""What the page shows of sources: a probe's opening comment and text, and a case as it is written."""

import re
from pathlib import Path

from conformance.case import Case
from conformance.paths import C_SOURCES, CASES
from conformance.topics import probe_source

_OPENING = re.compile(r"/\*(.*?)\*/", re.DOTALL)
_MARGIN = re.compile(r"^ \* ?", re.MULTILINE)


class Sources:
    """The topics and probes of one report, each looked for and read once."""

    def __init__(self) -> None:
        self._probes: dict[tuple[str, Path], Path | None] = {}
        self._lines: dict[Path, list[str]] = {}
        self._places: dict[Path, str] = {}

    def probe(self, case: Case) -> str | None:
        """The place of the probe's C file, if it is still there."""
        key = case.scenario.probe, case.source
        if key not in self._probes:
            self._probes[key] = probe_source(*key)
        source = self._probes[key]
        return self.place(source) if source else None

    def place(self, path: Path) -> str:
        """A path as a reader of the project knows it."""
        if path not in self._places:
            self._places[path] = _place(path)
        return self._places[path]

    def probes(self) -> dict[str, dict[str, str]]:
        """By their places the probes that were asked for: `about` is the opening comment."""
        texts = {path: _text(path) for path in sorted({*filter(None, self._probes.values())})}
        return {
            self.place(path): {"about": opening_comment(text), "source": text} for path, text in texts.items()
        }

    def written(self, case: Case) -> str:
        """The lines of the topic in which a case stands, without the indentation that they share."""
        if case.source not in self._lines:
            self._lines[case.source] = _text(case.source).splitlines()
        return passage(self._lines[case.source], case.line - 1)


def _place(path: Path) -> str:
    for root in (CASES, C_SOURCES):
        if path.is_relative_to(root):
            return f"{root.name}/{path.relative_to(root).as_posix()}"
    return path.as_posix()


def _text(path: Path) -> str:
    """The text of a file; empty where it went away since the topics were read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def opening_comment(text: str) -> str:
    """The text of the comment at the top of a C file, without its stars; empty where there is none."""
    found = _OPENING.match(text)
    return _MARGIN.sub("", found[1]).strip() if found else ""


def passage(lines: list[str], start: int) -> str:
    """The line `start`, counted from 0, and those after it that are indented deeper."""
    if start >= len(lines):
        return ""
    margin = len(lines[start]) - len(lines[start].lstrip())
    inside = " " * (margin + 1)
    after = range(start + 1, len(lines))
    end = next((at for at in after if lines[at].strip() and not lines[at].startswith(inside)), len(lines))
    return "\n".join(line[margin:] for line in lines[start:end]).strip()
