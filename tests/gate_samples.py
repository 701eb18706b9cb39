"""Runs and topics that the tests of the gate start from."""

import json
from pathlib import Path
from typing import Any

from conformance.case import Facts

PROBE = "int main(void) { return 0; }\n"

TOPIC = """\
topic: Answers
about: What the answer is.
probe: probe
functions: [main]
cases:
  free:
    title: Nothing is required
    status: unspecified
    expect: {musl: {answer: 1}, glibc: {answer: 2}}
  right:
    title: Required, and so it is
    status: specified
    clause: C17 1.2
    requires: {answer: 1}
    expect: {all: {answer: 1, other: 5}}
  wrong:
    title: Required, and known to be otherwise
    status: specified
    clause: C17 1.3
    requires: {answer: 1}
    expect: {all: {answer: 0}}
  grown:
    title: Changed between versions
    status: unspecified
    expect: {musl >=1.2.6: {answer: 2}, musl <1.2.6: {answer: 1}, glibc: {answer: 1}}
  rooted:
    title: Needs something
    status: unspecified
    needs: [ipv6]
    expect: {all: {answer: 1}}
"""

EXPECTED: dict[str, Facts] = {
    "free": {"answer": 1},
    "right": {"answer": 1, "other": 5},
    "wrong": {"answer": 0},
    "grown": {"answer": 2},
    "rooted": {"answer": 1},
}
"""What the topic expects of musl 1.2.6."""

DIGEST = "ab" * 32


def write_topic(folder: Path) -> Path:
    """The folder of the topic's cases, with the topic `answers/answers` in it."""
    topic = folder / "cases" / "answers" / "answers.yaml"
    topic.parent.mkdir(parents=True)
    topic.write_text(TOPIC)
    (topic.parent / "probe.c").write_text(PROBE)
    return folder / "cases"


def entry(case: str, facts: Facts, libc: str = "musl-1.2.6", **changed: Any) -> dict[str, Any]:
    """A line of observations.jsonl as an object."""
    whole = {
        "case": f"answers/answers::{case}",
        "libc": libc,
        "facts": facts,
        "outcome": {"kind": "exited", "code": 0},
        "verdict": {"expected": True, "conforms": None},
        "info": {},
    }
    return whole | changed


def entries(libc: str = "musl-1.2.6", **changed: Facts) -> list[dict[str, Any]]:
    """A whole run of the topic, with other facts in some cases."""
    return [entry(case, changed.get(case, facts), libc) for case, facts in EXPECTED.items()]


def as_lines(objects: list[dict[str, Any]]) -> str:
    """Objects as JSON Lines."""
    return "".join(json.dumps(each) + "\n" for each in objects)


def write_run(folder: Path, objects: list[dict[str, Any]], **entry_of_libc: Any) -> Path:
    """A results folder with run.json."""
    folder.mkdir(parents=True)
    (folder / "observations.jsonl").write_text(as_lines(objects))
    libcs = [libc_entry(name) | entry_of_libc for name in dict.fromkeys(each["libc"] for each in objects)]
    (folder / "run.json").write_text(json.dumps({"libcs": libcs}))
    return folder


def libc_entry(name: str) -> dict[str, Any]:
    """A libc as run.json has it; names of no catalogued libc are those of musl 1.2.6 elsewhere."""
    family, _, version = (
        name.partition("-") if name.startswith(("musl-", "glibc-")) else ("musl", "", "1.2.6")
    )
    identity = {"digest": DIGEST, "build_id": "c0ffee", "package": f"{family} {version}-1"}
    return {
        "name": name,
        "family": family,
        "version": version,
        "library": "/lib/libc.so",
        "identity": identity,
    }
