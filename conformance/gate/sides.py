"""What BASE and NEW of the gate name: a run, a reference libc, or observations in a file or at a URL."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import Any

from packaging.version import Version

from conformance import paths, results
from conformance.builds import by_name, labelled
from conformance.case import Observation, Outcome
from conformance.errors import UserError
from conformance.judge import outcome_facts
from conformance.results import OBSERVATIONS, Line
from conformance.topics.errors import shorter
from conformance.versions import FAMILIES, split_name

_SECONDS_WITHOUT_DATA = 60
_LARGEST = 512 << 20
_WHOLE = "it needs `case`, `libc`, `facts` with values, and an `outcome` as results have it"


@dataclass(frozen=True, slots=True)
class Side:
    """One libc of BASE or NEW.

    `label` is how the user named it. `version` is "" where it is not known, `entry` is the libc in run.json
    and empty where there is none. `lines` are by case. `digest` is the SHA-256 of what was read.
    """

    label: str
    libc: str
    family: str
    version: str
    entry: dict[str, Any]
    lines: dict[str, Line]
    digest: str

    def __str__(self) -> str:
        return labelled(f"{self.label}: {self.libc}", self.entry)


@dataclass(slots=True)
class Source:
    """All libcs that an argument names, and what the user should know of it."""

    sides: dict[str, Side]
    notes: list[str] = field(default_factory=list)


def open_source(argument: str) -> Source:
    """The libcs of a run's folder, a folder of reference results, a file, a URL, or a reference libc.

    `ARGUMENT:LIBC` names one libc of any of these. Raises UserError.
    """
    if argument.startswith(("http://", "https://")):
        url, _, libc = argument.rpartition(":")
        if split_name(libc)[0] in FAMILIES:
            return _one(Source(_of_lines(url, _download(url))), url, libc)
        return Source(_of_lines(argument, _download(argument)))
    if found := _whole(argument):
        return found
    for at in (at for at, character in enumerate(argument) if character == ":"):
        if found := _whole(argument[:at]):
            return _one(found, argument[:at], argument[at + 1 :])
    raise UserError(
        f"{argument} is no results folder, no file of observations, no URL and no reference libc "
        f"({', '.join(_references()) or 'of which there are none'})"
    )


def _one(source: Source, label: str, libc: str) -> Source:
    if libc not in source.sides:
        raise UserError(f"{label} has no {libc!r}: it has {', '.join(source.sides)}")
    return Source({libc: source.sides[libc]}, source.notes)


def _whole(argument: str) -> Source | None:
    path = Path(argument)
    if (path / OBSERVATIONS).is_file():
        return _run(path)
    if path.is_file():
        return Source(_of_lines(argument, path.read_bytes()))
    if path.is_dir():
        files = sorted(path.glob("*.jsonl"))
        return Source({libc: side for file in files for libc, side in _file(file).items()}) if files else None
    references = _references()
    of_family = [name for name in references if split_name(name)[0] == argument]
    name = argument if argument in references else of_family[-1] if of_family else None
    return Source(_file(references[name])) if name else None


def _references() -> dict[str, Path]:
    """The committed reference results by libc, the newest of a family last."""
    files = {file.stem: file for file in paths.REFERENCE.glob("*-*.jsonl")}
    return {name: files[name] for name in sorted(files, key=lambda name: Version(split_name(name)[1]))}


def _file(path: Path) -> dict[str, Side]:
    return _of_lines(shorter(path), path.read_bytes())


def _run(folder: Path) -> Source:
    read = results.read(folder)
    if not read.lines:
        raise UserError(f"the run in {folder} has no observations")
    for line in read.lines:
        _check(line.observation, f"{folder / OBSERVATIONS}: {line.observation.case}")
    content = (folder / OBSERVATIONS).read_bytes()
    return Source(_sides(str(folder), read.lines, by_name(read.run), content), read.torn)


def _sides(
    label: str, lines: list[Line], entries: dict[str, dict[str, Any]], content: bytes
) -> dict[str, Side]:
    by_libc: dict[str, dict[str, Line]] = {}
    for line in lines:
        by_libc.setdefault(line.observation.libc, {})[line.observation.case] = line
    digest = sha256(content).hexdigest()
    sides = {}
    for libc, of_libc in by_libc.items():
        entry = entries.get(libc, {})
        family, version = split_name(libc)
        if family not in FAMILIES:
            family = version = ""
        sides[libc] = Side(
            label, libc, entry.get("family", family), entry.get("version", version), entry, of_libc, digest
        )
    return sides


def _of_lines(label: str, content: bytes) -> dict[str, Side]:
    """Observations as lines of JSON, as a list in one JSON document, or as its member `observations`."""
    lines = [_line(entry, place) for place, entry in _entries(label, content)]
    if not lines:
        raise UserError(f"{label} has no observations")
    return _sides(label, lines, {}, content)


def _entries(label: str, content: bytes) -> Iterator[tuple[str, Any]]:
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        yield from _entries_by_line(label, content)
        return
    if isinstance(whole, dict) and "case" not in whole:
        whole = whole.get("observations", [])
    for number, entry in enumerate(whole if isinstance(whole, list) else [whole], 1):
        yield f"{label}: observation {number}", entry


def _entries_by_line(label: str, content: bytes) -> Iterator[tuple[str, Any]]:
    for number, raw in enumerate(content.splitlines(), 1):
        if raw.strip():
            try:
                yield f"{label}:{number}", json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise UserError(f"{label}:{number} is not JSON: {error}") from error


def _line(entry: Any, place: str) -> Line:
    try:
        details = dict(entry["outcome"])
        outcome = Outcome(details.pop("kind"), details)
        info = dict(entry.get("info") or {})
        seen = Observation(entry["case"], entry["libc"], dict(entry["facts"]), outcome, info)
        verdict = dict(entry["verdict"]) if entry.get("verdict") else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{place} is no observation: {_WHOLE}") from error
    _check(seen, place)
    return Line(seen, verdict)


def _check(seen: Observation, place: str) -> None:
    """Raises UserError for what no run records."""
    try:
        if seen.outcome.kind != "failed":
            outcome_facts(seen.outcome)
        if not all(isinstance(name, str) for name in (seen.case, seen.libc)) or None in seen.facts.values():
            raise TypeError
        if unstable := seen.info.get("unstable"):
            _, _, *_ = [(seen.info["repeats"], one["times"], one["facts"].items()) for one in unstable]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{place} is no observation: {_WHOLE}") from error


def _download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS_WITHOUT_DATA) as answer:
            content: bytes = answer.read(_LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise UserError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise UserError(f"{url} cannot be read: {getattr(error, 'reason', None) or error}") from error
    if len(content) > _LARGEST:
        raise UserError(f"{url} is larger than {_LARGEST >> 20} MiB")
    return content
