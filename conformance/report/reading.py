"""Runs as the report needs them: large ones are read line by line, and little of each line is kept."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from conformance.builds import build, by_name, changed, changes_told
from conformance.case import Observation
from conformance.compare import libcs_in_order
from conformance.errors import UserError
from conformance.judge import observed_facts
from conformance.results import LATEST, OBSERVATIONS, Line, read_run, stream
from conformance.values import in_order
from conformance.versions import split_name

compact = json.JSONEncoder(separators=(",", ":")).encode
"""JSON without spaces, in ASCII. There is one encoder, as making one costs more than using it."""


_MEMBERS = (b'"facts": {', b', "outcome": {', b', "verdict": ', b', "info": {')
"""How these begin in a line as runs write it. No fact is a mapping, so none can look like them."""


class Seen(NamedTuple):
    """One case on one libc.

    `facts` is the JSON of the judged facts, sorted, so that equal texts are equal facts; None where the case
    could not run. `unstable`: repeats of the case differed. `record` is the rest of the line, from
    `"outcome": ` on, and empty in runs that are only compared with.
    """

    facts: str | None
    expected: bool | Literal["new"] | None
    conforms: bool | None
    unstable: bool
    record: str


@dataclass(slots=True)
class Run:
    """One results folder. `seen` maps a case to libcs; `entry` is its run.json."""

    folder: Path
    entry: dict[str, Any]
    seen: dict[str, dict[str, Seen]] = field(default_factory=dict)
    libcs: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the page calls the run: the name of its folder."""
        return self.folder.name

    @property
    def started(self) -> str:
        """When it began, in UTC; empty where a killed run left no run.json."""
        return str(self.entry.get("started", ""))


def read(folder: Path, *, records: bool) -> Run:
    """Reads a run, with what was recorded besides facts if `records`. Raises UserError."""
    run = Run(folder.resolve(), read_run(folder))
    known: dict[bytes, str | None] = {}
    names: set[str] = set()
    for line, raw in stream(folder, run.torn):
        case, libc = line.observation.case, line.observation.libc
        run.seen.setdefault(case, {})[libc] = _seen(line, raw, known, records)
        names.add(libc)
    run.libcs = libcs_in_order(names, run.entry)
    return run


def _seen(line: Line, raw: bytes, known: dict[bytes, str | None], records: bool) -> Seen:
    """Cuts the line's text up, as writing its parts anew would take as long as reading it.

    `known` has the judged facts of what was read before.
    """
    places = [raw.find(member) for member in _MEMBERS]
    if places[0] < 0 or places != sorted(places):
        raw = line.as_bytes()
        places = [raw.find(member) for member in _MEMBERS]
    facts, outcome, verdict, _ = places
    judged = raw[facts:verdict]
    if judged not in known:
        known[judged] = _judged(line.observation)
    told = line.verdict or {}
    return Seen(
        known[judged],
        told.get("expected"),
        told.get("conforms"),
        "unstable" in line.observation.info,
        raw[outcome + 2 :].decode().rstrip() if records else "",
    )


def _judged(observation: Observation) -> str | None:
    return None if observation.outcome.kind == "failed" else json.dumps(in_order(observed_facts(observation)))


def read_all(folders: Sequence[Path]) -> list[Run]:
    """The runs that the user named, or the last one and the one before; newest first. Raises UserError."""
    if not folders:
        return [*_last_two()]
    newest, *older = sorted(dict.fromkeys(folders), key=_started, reverse=True)
    return [_newest(newest), *(read(folder, records=False) for folder in older)]


def _started(folder: Path) -> str:
    return str(read_run(folder).get("started", ""))


def _newest(folder: Path) -> Run:
    run = read(folder, records=True)
    if not run.seen:
        raise UserError(f"the run in {folder} has no observations yet: there is nothing to report")
    return run


def _last_two() -> Iterator[Run]:
    """The last run, and the newest before it that has a case on a libc in common with it."""
    if not (LATEST / OBSERVATIONS).is_file():
        raise UserError(
            f"there is no last run in {LATEST}: run the cases first, as with `pytest --libc=musl,glibc`, "
            "or name a results folder"
        )
    last = _newest(LATEST)
    yield last
    for folder in sorted(last.folder.parent.iterdir(), reverse=True):
        if folder.name < last.name and (folder / OBSERVATIONS).is_file():
            run = read(folder, records=False)
            if any(by_libc.keys() & run.seen.get(case, {}).keys() for case, by_libc in last.seen.items()):
                yield run
                return


def rebuilt(newest: Run, older: Run) -> dict[str, str]:
    """Of libcs that both runs have, how their build changed; also that of images whose tag moved."""
    before, now = by_name(older.entry), by_name(newest.entry)
    told = {name: changes_told(changed(before.get(name, {}), now.get(name, {}))) for name in newest.libcs}
    return {name: changes for name, changes in told.items() if changes}


def described(run: Run) -> list[dict[str, Any]]:
    """The libcs of a run: name, family, version, and the identity as run.json has it."""
    known = by_name(run.entry)
    return [_described(name, known.get(name, {})) for name in run.libcs]


def _described(name: str, libc: dict[str, Any]) -> dict[str, Any]:
    family, version = split_name(name)
    identity, headers = libc.get("identity", {}), libc.get("development", {})
    return {
        "name": name,
        "family": libc.get("family", family),
        "version": libc.get("version", version),
        "package": identity.get("package"),
        "digest": identity.get("digest"),
        "build_id": identity.get("build_id"),
        "library": libc.get("library"),
        "image": build(libc).get("image"),
        "headers_of": headers.get("borrowed_from") or (headers.get("builder") or {}).get("reference"),
    }
