"""Results: one line per case and libc in observations.jsonl, and run.json beside it.

Lines are appended as soon as they are known, by several processes at once, so a killed run keeps what it had.
Every table is computed from these two files and from nothing else.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.case import Observation, Outcome
from conformance.errors import UserError
from conformance.values import as_line, in_order

OBSERVATIONS = "observations.jsonl"
RUN = "run.json"
LATEST = Path("results/latest")

_LINE_START = b'{"case": '


@dataclass(frozen=True, slots=True)
class Line:
    """One line of observations.jsonl. `verdict` is None where the surroundings failed."""

    observation: Observation
    verdict: dict[str, Any] | None

    def as_bytes(self) -> bytes:
        """The line as it is written: keys in a fixed order, facts sorted."""
        seen = self.observation
        return as_line(
            {
                "case": seen.case,
                "libc": seen.libc,
                "facts": in_order(seen.facts),
                "outcome": seen.outcome.as_json(),
                "verdict": self.verdict,
                "info": seen.info,
            }
        )


@dataclass(slots=True)
class Results:
    """A results folder as read. `torn` tells of lines that cannot be read, as sentences for the user."""

    folder: Path
    run: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)


def create(chosen: Path | None) -> Path:
    """Makes the folder of a new run, with an empty observations.jsonl.

    `chosen` is the folder that the user named; the results of an earlier run there are replaced. Without one,
    the folder is `results/runs/<UTC time>`. Raises UserError.
    """
    try:
        if chosen is not None:
            chosen.mkdir(parents=True, exist_ok=True)
            (chosen / RUN).unlink(missing_ok=True)
            (chosen / OBSERVATIONS).write_bytes(b"")
            return chosen
        if LATEST.exists() and not LATEST.is_symlink():
            raise UserError(f"{LATEST} is not a symbolic link: move it away, it should point at the last run")
        folder = _new_folder(LATEST.parent / "runs")
        (folder / OBSERVATIONS).write_bytes(b"")
    except OSError as error:
        place = error.filename or chosen or LATEST.parent
        raise UserError(
            f"cannot keep results in {place}: {error.strerror}. Name another folder with --results"
        ) from error
    return folder


def _new_folder(runs: Path) -> Path:
    """Two runs may start in the same second."""
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    runs.mkdir(parents=True, exist_ok=True)
    attempt = 1
    while True:
        folder = runs / (time if attempt == 1 else f"{time}.{attempt}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
        attempt += 1


def publish(folder: Path) -> None:
    """Makes `results/latest` point at a run in its usual place, once the run has something to show."""
    if folder.parent != LATEST.parent / "runs":
        return
    new = LATEST.with_name(f"{LATEST.name}.{os.getpid()}")
    # replaced in one step, so that it always points somewhere; without it nothing recorded is lost
    with contextlib.suppress(OSError):
        new.unlink(missing_ok=True)
        new.symlink_to(os.path.relpath(folder, LATEST.parent))
        new.replace(LATEST)


def open_observations(folder: Path) -> int:
    """A file descriptor to append lines to. Raises UserError."""
    path = folder / OBSERVATIONS
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error


def append(fd: int, line: Line) -> None:
    """Appends a line with one write, so that the lines of several processes do not mix.

    Raises UserError where the line could not be written whole; the reader passes over a part of a line.
    """
    content = line.as_bytes()
    try:
        written = os.write(fd, content)
    except OSError as error:
        raise UserError(f"cannot write results: {error.strerror}. All earlier lines are kept") from error
    if written < len(content):
        with contextlib.suppress(OSError):
            os.write(fd, b"\n")
        raise UserError("cannot write results: the disk is full. All earlier lines are kept")


def write_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Writes run.json in one step: a reader sees the old one or the new one. Raises UserError."""
    path = folder / RUN
    new = path.with_name(f"{RUN}.{os.getpid()}")
    try:
        new.write_text(json.dumps(run, indent=2, sort_keys=True) + "\n", encoding="ascii")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise UserError(f"cannot write {path}: {error.strerror}") from error


def read(folder: Path) -> Results:
    """Reads a results folder. A line that is not whole is passed over and told of.

    A case that was observed again on the same libc counts with its last line. Raises UserError where there
    are no results.
    """
    results = Results(folder, read_run(folder))
    lines = {(line.observation.case, line.observation.libc): line for line, _ in stream(folder, results.torn)}
    results.lines = list(lines.values())
    return results


def stream(folder: Path, torn: list[str]) -> Iterator[tuple[Line, bytes]]:
    """The lines of a results folder and their texts one by one, for runs that are too large to be held whole.

    Appends to `torn` what cannot be read, as sentences for the user. Raises UserError where there are no
    results.
    """
    path = folder / OBSERVATIONS
    try:
        file = path.open("rb")
    except OSError as error:
        raise UserError(
            f"no results in {folder}: {path.name} cannot be read ({error.strerror}). "
            "Name the folder of a run, or run the cases first"
        ) from error
    with file:
        for number, raw in enumerate(file, 1):
            line = _parse(raw)
            if line is None:
                torn.append(f"{path}:{number} is not a whole line: passed over")
                raw = raw[raw.rfind(_LINE_START) :]
                line = _parse(raw)
            if line is not None:
                yield line, raw


def read_run(folder: Path) -> dict[str, Any]:
    """The run.json of a results folder; empty where a killed run left none. Raises UserError."""
    path = folder / RUN
    try:
        run = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
    if not isinstance(run, dict):
        raise UserError(f"{path} is not the description of a run")
    return run


def _parse(raw: bytes) -> Line | None:
    try:
        entry = json.loads(raw)
        details = dict(entry["outcome"])
        outcome = Outcome(details.pop("kind"), details)
        seen = Observation(entry["case"], entry["libc"], dict(entry["facts"]), outcome, entry["info"])
        return Line(seen, entry["verdict"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
