"""results/reference: only what is judged, and checked against what a run gives."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.case import Facts, Observation, Outcome
from conformance.cli import main
from conformance.errors import UserError
from conformance.judge import observed_facts
from conformance.libcs.catalogue import catalogue
from conformance.libcs.select import catalogued
from conformance.needs import lacking
from conformance.paths import CASES
from conformance.reference import observations
from conformance.results import Line
from conformance.topics import find, load

SITE = {"at": "hlt", "in": "free", "symbol": "free", "rip": "ld-musl+0x1234"}
ONE = "getopt/getopt::abbreviated"
OUTCOMES = [
    Outcome("exited", {"code": 3}),
    Outcome("signalled", {"signal": "SIGSEGV", "site": SITE}),
    Outcome("signalled", {"signal": "SIGABRT", "site": {"rip": "0x0"}, "message": "double free"}),
    Outcome("signalled", {"signal": "SIGKILL"}),
    Outcome("timed-out", {"waiting": ["read", "futex"], "threads": 2}),
    Outcome("not-built", {"missing": ["printf.h", "a"], "log": "..."}),
]


def seen(case: str, facts: Facts, outcome: Outcome = OUTCOMES[0], libc: str = "musl-1.2.6") -> Observation:
    return Observation(case, libc, facts, outcome, {"wall_seconds": 0.5})


def run(folder: Path, *observed: Observation) -> Path:
    fd = results.open_observations(results.create(folder))
    for one in observed:
        results.append(fd, Line(one, None))
    os.close(fd)
    return folder


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "reference"
    monkeypatch.setattr("conformance.commands.reference.REFERENCE", folder)
    return folder


@pytest.fixture
def cases() -> list[str]:
    """Three cases that there are."""
    return [one.case for one in observations.read("musl-1.2.6")[:3]]


def conformance(*arguments: Any) -> int:
    return main(["reference", "results", *map(str, arguments)])


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.kind)
def test_all_that_is_judged_is_kept_and_nothing_else(tmp_path: Path, outcome: Outcome) -> None:
    one = seen("x/y::z", {"b": "é\\n", "a": [1, 2.0, True]}, outcome)
    path = observations.file_of("musl-1.2.6", tmp_path)
    path.write_bytes(observations.line_of(one))
    [kept] = observations.read("musl-1.2.6", tmp_path)
    assert observed_facts(kept) == observed_facts(one)
    assert observations.line_of(kept) == path.read_bytes()
    entry = json.loads(path.read_bytes())
    assert list(entry) == ["case", "libc", "facts", "outcome"]
    assert not {"rip", "symbol"} & set(entry["outcome"].get("site", {}))
    assert not {"threads", "log"} & set(entry["outcome"])


def test_made_from_a_run_in_the_order_of_cases(reference: Path, tmp_path: Path, cases: list[str]) -> None:
    folder = run(tmp_path / "run", *(seen(case, {"a": 1}) for case in reversed(cases)))
    assert conformance("--run", folder) == 0
    path = reference / "musl-1.2.6.jsonl"
    assert [json.loads(line)["case"] for line in path.read_text().splitlines()] == sorted(cases)
    assert conformance("--run", folder, "--check") == 0
    assert [path.name for path in reference.iterdir()] == ["musl-1.2.6.jsonl"]


def test_a_partial_run_replaces_what_it_saw(
    reference: Path, tmp_path: Path, cases: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    gone = seen("getopt/getopt::no-such-case", {"a": 1})
    assert conformance("--run", run(tmp_path / "all", gone, *(seen(case, {"a": 1}) for case in cases))) == 0
    assert "has no observation of" in capsys.readouterr().err
    assert conformance("--run", run(tmp_path / "part", seen(cases[1], {"a": 2}))) == 0
    kept = observations.read("musl-1.2.6", reference)
    assert [(one.case, one.facts) for one in kept] == [
        (cases[0], {"a": 1}),
        (cases[1], {"a": 2}),
        (cases[2], {"a": 1}),
    ]


def test_check_tells_what_differs(
    reference: Path, tmp_path: Path, cases: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    other = [seen(cases[0], {"a": 1}), seen(cases[1], {"a": 1})]
    assert conformance("--run", run(tmp_path / "old", *other)) == 0
    crash = seen(cases[1], {"a": 1}, OUTCOMES[1])
    before = (reference / "musl-1.2.6.jsonl").read_bytes()
    assert conformance("--check", "--run", run(tmp_path / "new", other[0], crash, seen(cases[2], {}))) == 1
    told = capsys.readouterr().out
    assert '  outcome: "exit 3" -> SIGSEGV' in told or "  outcome: exit 3 -> SIGSEGV" in told
    assert "  at: absent -> hlt" in told
    assert f"only on {tmp_path / 'new'}:musl-1.2.6: {cases[2]}" in told
    assert cases[0] not in told
    assert (reference / "musl-1.2.6.jsonl").read_bytes() == before


def test_check_also_sees_a_changed_order(
    reference: Path, tmp_path: Path, cases: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run(tmp_path / "run", *(seen(case, {"a": 1}) for case in cases))
    assert conformance("--run", folder) == 0
    path = reference / "musl-1.2.6.jsonl"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    assert conformance("--check", "--run", folder) == 1
    assert "another order" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("observed", "told"),
    [
        (seen(ONE, {}, Outcome("failed", {"reason": "no memory"})), "could not run on musl-1.2.6: no memory"),
        (seen(ONE, {}, libc="host"), "observed no catalogued libc"),
    ],
)
def test_a_run_that_proves_nothing(
    reference: Path,
    tmp_path: Path,
    observed: Observation,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert conformance("--run", run(tmp_path / "run", observed)) == 2
    assert told in capsys.readouterr().err
    assert not reference.exists()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = observations.file_of("musl-1.2.6", tmp_path)
    with pytest.raises(UserError, match="make reference"):
        observations.read("musl-1.2.6", tmp_path)
    path.write_text('{"case": "a"}\n')
    with pytest.raises(UserError, match=r"musl-1\.2\.6\.jsonl:1 is not an observation"):
        observations.read("musl-1.2.6", tmp_path)


def test_every_catalogued_libc_has_all_cases_but_those_that_its_packager_spoils() -> None:
    cases = {case.id: case for topic in find(CASES) for case in load(topic)}
    for libc in catalogued([*catalogue()]):
        observed = list(observations.read(libc.name))
        assert all(one.libc == libc.name for one in observed)
        left_out = cases.keys() - {one.case for one in observed}
        spoilt = [
            case.id
            for case in cases.values()
            if any("musl-without" in need and lacking(need, libc) for need in case.needs)
        ]
        assert sorted(left_out) == spoilt
