"""The mistakes of a topic, collected so that one run tells all of them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from conformance.errors import UserError

_SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: its line, counted from 1, the key as `cases.NAME.expect.musl`, and what is wrong."""

    line: int
    key: str
    message: str


class TopicError(UserError):
    """A topic, or another file `what` of the same syntax, that cannot be used.

    `problems` are in the order of their lines.
    """

    def __init__(self, source: Path, problems: Iterable[Problem], what: str = "topic") -> None:
        self.source = source
        self.what = what
        self.problems = sorted(set(problems))
        shown = [
            f"  {shorter(source)}:{problem.line}: " + ": ".join(filter(None, (problem.key, problem.message)))
            for problem in self.problems[:_SHOWN]
        ]
        if left := len(self.problems) - len(shown):
            shown.append(f"  and {left} more")
        count = "a mistake" if len(self.problems) == 1 else f"{len(self.problems)} mistakes"
        super().__init__("\n".join([f"the {what} {shorter(source)} has {count}:", *shown]))

    def __reduce__(self) -> tuple[type["TopicError"], tuple[Path, list[Problem], str]]:
        """Exceptions travel between the workers of pytest-xdist."""
        return TopicError, (self.source, self.problems, self.what)


@dataclass(slots=True)
class Problems:
    """The mistakes found so far in one topic, or another file `what` of the same syntax."""

    source: Path
    what: str = "topic"
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, key: str, message: str) -> None:
        """Note one mistake; `line` counts from 1."""
        self.found.append(Problem(line, key, message))

    def raise_any(self) -> None:
        """Raises TopicError where there was a mistake."""
        if self.found:
            raise TopicError(self.source, self.found, self.what)


def shorter(path: Path) -> str:
    """A path as the user would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def allowed(wrong: str, words: Iterable[str]) -> str:
    """What to write instead of a wrong word."""
    choices = list(words)
    if close := get_close_matches(wrong, choices, n=1):
        return f"did you mean `{close[0]}`?"
    return "allowed: " + ", ".join(choices)
