"""One edit to a recorded run is found, and nothing else is: on the reference results of two libcs."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.case import Case
from conformance.gate.classify import findings
from conformance.gate.finding import Kind
from conformance.gate.sides import Side, open_source
from conformance.gate.waivers import Waivers
from conformance.paths import CASES, REFERENCE
from conformance.topics import known_cases

LIBCS = ("musl-1.2.6", "glibc-2.43")

Entry = dict[str, Any]
"""A line of a run: `case`, `facts`, `outcome`."""


@cache
def side(libc: str) -> Side:
    return open_source(str(REFERENCE / f"{libc}.jsonl")).sides[libc]


@cache
def cases() -> dict[str, Case]:
    return known_cases({case for libc in LIBCS for case in side(libc).lines}, CASES)


@cache
def recorded(libc: str) -> list[Entry]:
    """The lines of cases that topics have, which a topic's author may be about to rename."""
    lines = (json.loads(line) for line in (REFERENCE / f"{libc}.jsonl").read_text().splitlines())
    return [entry for entry in lines if entry["case"] in cases()]


def other_value(value: Any) -> st.SearchStrategy[Any]:
    """Values that are another one, some of them only by type."""
    if isinstance(value, bool):
        return st.sampled_from([not value, int(value), str(value).lower()])
    if isinstance(value, int):
        return st.sampled_from([value + 1, -value - 1, float(value), str(value), [value]])
    if isinstance(value, float):
        return st.sampled_from([value + 0.5, str(value)])
    if isinstance(value, list):
        return st.sampled_from([[*value, "more"], value[1:] if value else ["one"], [value], "list"])
    return st.sampled_from([value + "x", value.swapcase() + "!", [value], len(value)])


def change_fact(entry: Entry, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(entry["facts"])))
    entry["facts"][name] = data.draw(other_value(entry["facts"][name]))


def remove_fact(entry: Entry, data: st.DataObject) -> None:
    del entry["facts"][data.draw(st.sampled_from(sorted(entry["facts"])))]


def add_fact(entry: Entry, data: st.DataObject) -> None:
    entry["facts"]["never_recorded"] = data.draw(st.sampled_from([0, "", False, []]))


def end_otherwise(entry: Entry, data: st.DataObject) -> None:
    outcomes = [
        {"kind": "exited", "code": 0},
        {"kind": "exited", "code": 97},
        {"kind": "signalled", "signal": "SIGSEGV", "site": {"at": "null page", "in": "strlen"}},
        {"kind": "signalled", "signal": "SIGABRT", "site": {}, "message": "never said"},
        {"kind": "timed-out", "waiting": ["never", "waited"]},
        {"kind": "not-built", "missing": ["never.h"]},
    ]
    entry["outcome"] = data.draw(st.sampled_from([one for one in outcomes if one != entry["outcome"]]))


EDITS: dict[str, Callable[[Entry, st.DataObject], None]] = {
    "a fact has another value": change_fact,
    "a fact is gone": remove_fact,
    "a fact is new": add_fact,
    "it ended otherwise": end_otherwise,
}


def judged(entry: Entry) -> Entry:
    """All facts of an entry, with those of its outcome, worked out here and not by the gate."""
    outcome = entry["outcome"]
    facts = dict(entry["facts"])
    if outcome["kind"] == "exited":
        return facts | ({"outcome": f"exit {outcome['code']}"} if outcome["code"] else {})
    if outcome["kind"] == "signalled":
        told = {**outcome["site"], "message": outcome.get("message")}
        return facts | {"outcome": outcome["signal"]} | {name: told[name] for name in told if told[name]}
    rest = {"timed-out": "waiting", "not-built": "missing"}[outcome["kind"]]
    return facts | {"outcome": outcome["kind"], rest: outcome[rest]}


def conforms(entry: Entry) -> bool:
    facts = judged(entry)
    required = cases()[entry["case"]].requires
    return all(json.dumps(facts.get(name)) == json.dumps(value) for name, value in required.items())


def right_class(before: Entry, after: Entry) -> Kind:
    """What the two observations are to each other: all reference results are as expected, an edit is not."""
    if json.dumps(judged(before), sort_keys=True) == json.dumps(judged(after), sort_keys=True):
        return Kind.SAME
    if not cases()[before["case"]].requires:
        return Kind.REGRESSED
    if conforms(before) == conforms(after):
        return Kind.CHANGED
    return Kind.FIXED if conforms(after) else Kind.REGRESSED


def classes(libc: str, entries: list[Entry], tmp_path: Path) -> dict[str, Kind]:
    """Cases that are not the same, when a run of these entries is compared with the reference."""
    file = tmp_path / "new.jsonl"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    base = replace(
        side(libc), lines={case: line for case, line in side(libc).lines.items() if case in cases()}
    )
    pair = base, open_source(str(file)).sides[libc]
    found = findings(pair, cases(), [], Waivers())
    return {one.case: one.kind for one in found if one.kind is not Kind.SAME}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edits")


@pytest.mark.parametrize("libc", LIBCS)
def test_without_an_edit_nothing_is_found(libc: str, folder: Path) -> None:
    assert len(recorded(libc)) > 800
    assert classes(libc, recorded(libc), folder) == {}


@pytest.mark.parametrize("edit", EDITS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_one_edit_is_found_and_classified(edit: str, folder: Path, data: st.DataObject) -> None:
    libc = data.draw(st.sampled_from(LIBCS))
    entries = list(recorded(libc))
    # cases with a requirement are few, and the more interesting
    required = [at for at, entry in enumerate(entries) if cases()[entry["case"]].requires]
    at = data.draw(st.sampled_from(required) | st.integers(0, len(entries) - 1))
    before, after = entries[at], copy.deepcopy(entries[at])
    if not before["facts"] and edit in ("a fact has another value", "a fact is gone"):
        return
    EDITS[edit](after, data)
    entries[at] = after
    kind = right_class(before, after)
    assert classes(libc, entries, folder) == ({} if kind is Kind.SAME else {before["case"]: kind})


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_deviation_that_is_mended_is_fixed(folder: Path, data: st.DataObject) -> None:
    libc = data.draw(st.sampled_from(LIBCS))
    entries = list(recorded(libc))
    wrong = [
        at
        for at, entry in enumerate(entries)
        if not conforms(entry) and conforms(mended(entry)) and entry["facts"]
    ]
    at = data.draw(st.sampled_from(wrong))
    case = entries[at]["case"]
    entries[at] = mended(entries[at])
    assert classes(libc, entries, folder) == {case: Kind.FIXED}


def mended(entry: Entry) -> Entry:
    return copy.deepcopy(entry) | {"facts": {**entry["facts"], **cases()[entry["case"]].requires}}


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_lines_that_come_go_or_failed(folder: Path, data: st.DataObject) -> None:
    libc = data.draw(st.sampled_from(LIBCS))
    entries = list(recorded(libc))
    at = data.draw(st.integers(0, len(entries) - 1))
    case = entries[at]["case"]
    what = data.draw(st.sampled_from([Kind.VANISHED, Kind.COULD_NOT_RUN, Kind.NEW]))
    if what is Kind.VANISHED:
        del entries[at]
    elif what is Kind.COULD_NOT_RUN:
        entries[at] = entries[at] | {"facts": {}, "outcome": {"kind": "failed", "reason": "no memory"}}
    else:
        case = "resolver/truncation::never-written"
        entries.append(entries[at] | {"case": case})
    assert classes(libc, entries, folder) == {case: what}
