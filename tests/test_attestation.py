"""The in-toto test results that the gate writes, against schemas made after the specification."""

import copy
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from gate_samples import DIGEST, EXPECTED, entries, write_run, write_topic
from jsonschema import ValidationError
from schemas import validate

from conformance.cli import main

SCHEMA = "test-result-v0.1.json"
IMAGE = "registry.test/app:1@sha256:" + "cd" * 32
FAILED = {"kind": "failed", "reason": "no memory"}


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run as expected, and its topic, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_RUN_ID", "CI_JOB_URL"):
        monkeypatch.delenv(name, raising=False)
    write_topic(tmp_path)
    write_run(tmp_path / "base", entries())


def statements(new: str, *arguments: str) -> list[dict[str, Any]]:
    """What `conformance gate base NEW --attestation` writes, found to be valid."""
    main(["gate", "base", new, "--cases=cases", "--attestation=a.jsonl", *arguments])
    found = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    for statement in found:
        validate(statement, SCHEMA)
    return found


def statement(new: str, *arguments: str) -> dict[str, Any]:
    (only,) = statements(new, *arguments)
    return only


def test_subject_is_the_libc() -> None:
    assert statement("base")["subject"] == [
        {
            "name": "musl-1.2.6",
            "digest": {"sha256": DIGEST},
            "annotations": {"package": "musl 1.2.6-1", "buildId": "c0ffee", "file": "/lib/libc.so"},
        }
    ]


def test_images_are_subjects_too() -> None:
    image = {"reference": "app:2", "id": "sha256:" + "ef" * 32, "digest": None}
    write_run(Path("new"), entries(), image=image)
    subjects = statement("new", f"--image={IMAGE}")["subject"]
    assert [one["digest"]["sha256"] for one in subjects] == [DIGEST, "ef" * 32, "cd" * 32]
    assert [one["name"] for one in subjects] == ["musl-1.2.6", "app:2", "registry.test/app:1"]


def test_an_image_by_digest_has_its_name() -> None:
    digest = "sha256:" + "ee" * 32
    image = {"reference": f"registry.test:5000/app@{digest}", "id": "sha256:" + "ef" * 32, "digest": digest}
    write_run(Path("new"), entries(), image=image)
    assert statement("new")["subject"][1] == {
        "name": "registry.test:5000/app",
        "digest": {"sha256": "ee" * 32},
    }


def test_all_passed() -> None:
    predicate = statement("base")["predicate"]
    assert predicate["result"] == "PASSED"
    assert predicate["passedTests"] == sorted(f"answers/answers::{case}" for case in EXPECTED)
    assert predicate["warnedTests"] == predicate["failedTests"] == []


def test_what_could_not_be_compared_has_not_passed() -> None:
    objects = entries(free={"answer": 9})[:3]
    objects[1] |= {"outcome": FAILED, "facts": {}, "verdict": None}
    write_run(Path("new"), objects)
    predicate = statement("new")["predicate"]
    assert predicate["result"] == "FAILED"
    assert predicate["failedTests"] == [f"answers/answers::{case}" for case in ("free", "grown", "right")]
    assert predicate["passedTests"] == ["answers/answers::wrong"]


def test_what_is_waived_or_known_to_be_unexpected_is_a_warning() -> None:
    Path("waivers.yaml").write_text(
        "waivers: [{case: 'answers/answers::free', libc: musl, reason: r, expires: 2999-01-01}]"
    )
    write_run(Path("odd"), entries(wrong={"answer": 8}))
    write_run(Path("new"), entries(free={"answer": 9}, wrong={"answer": 8}))
    main(["gate", "odd", "new", "--cases=cases", "--attestation=a.jsonl"])
    predicate = json.loads(Path("a.jsonl").read_text())["predicate"]
    assert predicate["result"] == "WARNED"
    assert predicate["warnedTests"] == ["answers/answers::free", "answers/answers::wrong"]


def test_a_statement_for_each_libc() -> None:
    both = [*entries(), *entries("musl-1.2.5", grown={"answer": 1}, free={"answer": 9})]
    write_run(Path("new"), both)
    Path("base/observations.jsonl").write_text(
        "".join(json.dumps(each) + "\n" for each in [*entries(), *entries("musl-1.2.5", grown={"answer": 1})])
    )
    found = {each["subject"][0]["name"]: each["predicate"]["result"] for each in statements("new")}
    assert found == {"musl-1.2.6": "PASSED", "musl-1.2.5": "FAILED"}


def test_configuration_names_what_decided() -> None:
    configuration = {each["name"]: each for each in statement("base")["predicate"]["configuration"]}
    assert configuration["libc-conformance"]["uri"].startswith("pkg:pypi/libc-conformance@")
    recorded = sha256(Path("base/observations.jsonl").read_bytes()).hexdigest()
    topic = sha256(Path("cases/answers/answers.yaml").read_bytes()).hexdigest()
    assert configuration["base"]["digest"] == configuration["observations"]["digest"] == {"sha256": recorded}
    assert configuration["topics"]["digest"] == {"sha256": topic}
    assert "waivers" not in configuration


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (
            {"GITHUB_RUN_ID": "7", "GITHUB_SERVER_URL": "https://github.test", "GITHUB_REPOSITORY": "a/b"},
            "https://github.test/a/b/actions/runs/7",
        ),
        ({"CI_JOB_URL": "https://gitlab.test/a/b/-/jobs/7"}, "https://gitlab.test/a/b/-/jobs/7"),
        ({}, None),
    ],
)
def test_the_job_is_named(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert statement("base")["predicate"].get("url") == url


def test_without_a_digest_there_is_nothing_to_attest(capsys: pytest.CaptureFixture[str]) -> None:
    Path("base/run.json").unlink()
    assert main(["gate", "base", "base", "--cases=cases", "--attestation=a.jsonl"]) == 2
    assert "base does not tell the digest of musl-1.2.6" in capsys.readouterr().err
    assert not Path("a.jsonl").exists()


@pytest.mark.parametrize("image", ["app:1", "app@sha256:12", "app@sha256:" + "G" * 64])
def test_an_image_without_a_digest(capsys: pytest.CaptureFixture[str], image: str) -> None:
    assert main(["gate", "base", "base", "--cases=cases", f"--image={image}"]) == 2
    assert "write NAME@sha256: and 64 hex digits" in capsys.readouterr().err


def without(*path: str) -> dict[str, Any]:
    """A valid statement that lacks something."""
    broken = copy.deepcopy(statement("base"))
    place: Any = broken
    for key in path[:-1]:
        place = place[int(key)] if isinstance(place, list) else place[key]
    del place[path[-1]]
    return broken


@pytest.mark.parametrize(
    "path",
    [
        ["_type"],
        ["subject"],
        ["subject", "0", "digest"],
        ["predicate"],
        ["predicate", "result"],
        ["predicate", "configuration"],
        ["predicate", "configuration", "0", "uri"],
    ],
    ids=".".join,
)
def test_the_schema_misses_what_is_required(path: list[str]) -> None:
    with pytest.raises(ValidationError):
        validate(without(*path), SCHEMA)


@pytest.mark.parametrize(
    ("key", "value"), [("result", "passed"), ("failedTests", "a"), ("passedTests", ["a", "a"]), ("tests", [])]
)
def test_the_schema_refuses_what_is_wrong(key: str, value: object) -> None:
    broken = statement("base")
    broken["predicate"][key] = value
    with pytest.raises(ValidationError):
        validate(broken, SCHEMA)
