"""`waivers.yaml`: changes that somebody decided to live with, for a reason and for a time.

A waiver speaks of cases, by a pattern, and of libcs, by the selectors that expectations have. After its last
day it waives nothing any more, and is reported until it is taken out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from conformance.errors import UserError
from conformance.patterns import matches
from conformance.topics.errors import Problems, allowed, shorter
from conformance.topics.nodes import Item, decoded, document
from conformance.versions import Selector, parse_selector

DEFAULT = Path("waivers.yaml")
"""Read where it exists and no other file is named."""

_KEYS = ("case", "libc", "reason", "expires")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry. `expires` is the last day on which it counts, in UTC."""

    case: str
    libc: Selector
    reason: str
    expires: date
    source: Path
    line: int

    def covers(self, case: str, family: str, version: str) -> bool:
        """Whether the waiver speaks of this case on this libc; a version of "" is within no range."""
        selected = self.libc.matches(family, version) if version or not self.libc.range else False
        return selected and matches(case, self.case)

    @property
    def place(self) -> str:
        """File and line."""
        return f"{shorter(self.source)}:{self.line}"

    def __str__(self) -> str:
        return f"{self.place} waives {self.case} on {self.libc.text} until {self.expires}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a file, sorted into those that count today and those that are over."""

    source: Path | None = None
    in_force: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()

    def find(self, case: str, family: str, version: str) -> Waiver | None:
        """The first waiver in force that covers a case on a libc."""
        return next((one for one in self.in_force if one.covers(case, family, version)), None)

    def unused(
        self, used: Iterable[Waiver], ran: Sequence[tuple[str, str, str]], *, complete: bool
    ) -> list[Waiver]:
        """Waivers in force that nothing needed, out of those that speak of what ran.

        `ran` holds case, family and version. In a run that is `complete`, a waiver for one of its libcs that
        speaks of no case is unused too.
        """
        taken = {*used}
        libcs = {(family, version) for _, family, version in ran}
        return [
            one
            for one in self.in_force
            if one not in taken
            and (
                any(one.covers(*each) for each in ran)
                or (complete and any(one.libc.matches(*libc) for libc in libcs))
            )
        ]


def read(path: Path | None, today: date | None = None) -> Waivers:
    """The waivers in a file: the one named, or DEFAULT where it exists.

    `today` is by default the present day in UTC. Raises UserError, which tells all mistakes with their lines.
    """
    if path is None:
        if not DEFAULT.is_file():
            return Waivers()
        path = DEFAULT
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"the waivers in {path} cannot be read: {error.strerror}") from error
    problems = Problems(path, "waiver file")
    text = decoded(content, problems)
    empty = "write `waivers: []` where nothing is waived"
    root = document(text, problems, empty) if text is not None else None
    found = _read_root(root) if root else []
    problems.raise_any()
    day = today or datetime.now(UTC).date()
    in_force = tuple(waiver for waiver in found if waiver.expires >= day)
    return Waivers(path, in_force, tuple(waiver for waiver in found if waiver.expires < day))


def _read_root(root: Item) -> list[Waiver]:
    entries = root.entries("a mapping with the key `waivers`")
    if entries is None:
        return []
    for key in entries.keys() - {"waivers"}:
        entries[key].wrong(f"unknown key: {allowed(key, ['waivers'])}")
    if "waivers" not in entries:
        root.wrong("the key `waivers` is missing")
        return []
    items = entries["waivers"].items("a list of waivers") or []
    return [waiver for item in items if (waiver := _read_waiver(item))]


def _read_waiver(item: Item) -> Waiver | None:
    entries = item.entries(f"a mapping with {', '.join(_KEYS)}")
    if entries is None:
        return None
    for key in entries.keys() - {*_KEYS}:
        entries[key].wrong(f"unknown key: {allowed(key, _KEYS)}")
    for key in _KEYS:
        if key not in entries:
            item.wrong(f"the key `{key}` is missing: each waiver has {', '.join(_KEYS)}")
    if not entries.keys() >= {*_KEYS}:
        return None
    case, reason = entries["case"].text(), entries["reason"].text()
    libc, expires = _selector(entries["libc"]), _day(entries["expires"])
    if case is None or reason is None or libc is None or expires is None:
        return None
    return Waiver(case, libc, reason, expires, item.problems.source, item.line)


def _selector(item: Item) -> Selector | None:
    text = item.text()
    if text is None:
        return None
    try:
        return parse_selector(text)
    except ValueError as error:
        item.wrong(str(error))
        return None


def _day(item: Item) -> date | None:
    text = item.text()
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        item.wrong(f"{text!r} is not a day: write the last day on which the waiver counts as YYYY-MM-DD")
        return None
