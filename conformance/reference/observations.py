"""The committed observations of each catalogued libc, in `results/reference/<libc>.jsonl`.

They hold what is judged and nothing else, one case a line in the order of cases, so that a change of what a
libc does, or of what is asked, reads well in a diff.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance import topics
from conformance.case import Observation, Outcome
from conformance.errors import UserError
from conformance.judge import outcome_facts
from conformance.libcs.catalogue import catalogue
from conformance.paths import CASES, REFERENCE
from conformance.results import Results
from conformance.values import as_line, in_order

Lines = dict[str, bytes]
"""The lines of one libc by case."""


def file_of(libc: str, folder: Path = REFERENCE) -> Path:
    """Where the observations of a libc such as `musl-1.2.6` stand."""
    return folder / f"{libc}.jsonl"


def read(libc: str, folder: Path = REFERENCE) -> list[Observation]:
    """The reference observations of a catalogued libc, without `info`. Raises UserError."""
    path = file_of(libc, folder)
    observations = []
    for number, line in enumerate(_content(path).splitlines(), 1):
        try:
            entry = json.loads(line)
            details = dict(entry["outcome"])
            outcome = Outcome(details.pop("kind"), details)
            observations.append(Observation(entry["case"], entry["libc"], dict(entry["facts"]), outcome))
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"{path}:{number} is not an observation: restore it, or make it anew with "
                "`conformance reference results`"
            ) from error
    return observations


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror}. There are reference results for "
            f"{', '.join(catalogue())}; `make reference` makes them"
        ) from error


def line_of(seen: Observation) -> bytes:
    """An observation as it is committed: the facts, and of the outcome only what is judged."""
    return as_line(
        {
            "case": seen.case,
            "libc": seen.libc,
            "facts": in_order(seen.facts),
            "outcome": _judged(seen.outcome).as_json(),
        }
    )


def _judged(outcome: Outcome) -> Outcome:
    """The outcome without what differs between builds of a libc, such as the place in its code."""
    facts: dict[str, Any] = outcome_facts(outcome)
    details = outcome.details
    match outcome.kind:
        case "signalled":
            site = {name: facts[name] for name in ("at", "in") if name in facts}
            message = {"message": facts["message"]} if "message" in facts else {}
            return Outcome("signalled", {"signal": details["signal"], "site": site, **message})
        case "timed-out":
            return Outcome("timed-out", {"waiting": facts["waiting"]})
        case "not-built":
            return Outcome("not-built", {"missing": facts["missing"]})
    return Outcome("exited", {"code": details["code"]})


def of_run(results: Results) -> dict[str, Lines]:
    """The lines that a run gives for each catalogued libc that it observed.

    Raises UserError where a case could not run: the reference would have a hole that looks like nothing.
    """
    found: dict[str, Lines] = {}
    for line in results.lines:
        seen = line.observation
        if seen.libc not in catalogue():
            continue
        if seen.outcome.kind == "failed":
            reason = seen.outcome.details.get("reason", "no reason was given")
            raise UserError(f"{seen.case} could not run on {seen.libc}: {reason}. Run it again first")
        found.setdefault(seen.libc, {})[seen.case] = line_of(seen)
    if not found:
        raise UserError(
            f"the run in {results.folder} observed no catalogued libc: run the cases with --libc=all first"
        )
    return found


def update(found: Mapping[str, Lines], folder: Path) -> list[str]:
    """Takes a run's lines into the files of its libcs.

    Cases that the run left out keep their lines, and cases that no topic has any more lose theirs. Gives
    sentences about cases that have no observation. Raises UserError.
    """
    known = [case.id for path in topics.find(CASES) for case in topics.load(path)]
    notes = []
    for libc, lines in found.items():
        path = file_of(libc, folder)
        merged = {seen.case: line_of(seen) for seen in read(libc, folder)} if path.exists() else {}
        merged |= lines
        missing = [case for case in known if case not in merged]
        if missing:
            notes.append(
                f"{libc} has no observation of {len(missing)} cases, the first is {missing[0]}: "
                f"run them with --libc={libc}"
            )
        _write(path, content(merged[case] for case in known if case in merged))
    return notes


def content(lines: Iterable[bytes]) -> bytes:
    """The text of a file: lines begin with their case, so that they sort by it."""
    return b"".join(sorted(lines))


def _write(path: Path, text: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
