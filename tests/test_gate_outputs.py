"""What the gate writes for machines: JSON, SARIF, the summary of a job."""

import json
from pathlib import Path
from typing import Any

import pytest
from gate_samples import entries, entry, write_run, write_topic
from schemas import validate

from conformance.cli import main

FAILED = {"kind": "failed", "reason": "no | memory"}


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BASE, and a NEW with a finding of each kind of effect."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    write_topic(tmp_path)
    write_run(tmp_path / "base", entries())
    new = entries(free={"answer": "a|b `c` <d>"}, right={"answer": 2, "other": 5})[:4]
    new[2] |= {"outcome": FAILED, "facts": {}, "verdict": None}
    write_run(tmp_path / "new", [*new, entry("unknown", {"answer": 1})])
    Path("waivers.yaml").write_text(
        "waivers: [{case: 'answers/answers::right', libc: musl, reason: 'since #7', expires: 2999-01-01}]"
    )


def written(option: str, *arguments: str) -> str:
    assert main(["gate", "base", "new", "--cases=cases", f"--{option}=out/file", *arguments]) == 1
    return Path("out/file").read_text()


def test_json() -> None:
    document = json.loads(written("json"))
    assert document["exit_code"] == 1
    assert document["counts"] == {
        "fails": {"regressed": 1},
        "no verdict": {"could not run": 1},
        "waived": {"regressed": 1},
        "passes": {"vanished case": 1, "new case": 1, "same": 1},
    }
    first = document["findings"][0]
    assert first["case"] == "answers/answers::free"
    assert (first["class"], first["effect"], first["as_expected"]) == ("regressed", "fails", False)
    assert first["facts"] == {"answer": {"base": 1, "new": "a|b `c` <d>", "expected": 1}}
    assert first["source"] == {"file": "cases/answers/answers.yaml", "line": 6}
    waived = next(one for one in document["findings"] if one["effect"] == "waived")
    assert waived["waiver"]["reason"] == "since #7"
    assert waived["clause"] == "C17 1.2"
    assert document["compared"][0]["new"]["identity"]["package"] == "musl 1.2.6-1"


def sarif(*arguments: str) -> dict[str, Any]:
    document = json.loads(written("sarif", *arguments))
    validate(document, "sarif-2.1.0-used.json")
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_points_at_the_line_of_the_case() -> None:
    run = sarif()
    lines = Path("cases/answers/answers.yaml").read_text().splitlines()
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        if "locations" in result:
            place = result["locations"][0]["physicalLocation"]
            assert place["artifactLocation"] == {
                "uri": "cases/answers/answers.yaml",
                "uriBaseId": "%SRCROOT%",
            }
            name = result["ruleId"].partition("::")[2]
            assert lines[place["region"]["startLine"] - 1] == f"  {name}:"
    assert sum("locations" in result for result in run["results"]) == 4


def test_sarif_levels_and_suppressions() -> None:
    results = {result["ruleId"].partition("::")[2]: result for result in sarif()["results"]}
    assert {name: result["level"] for name, result in results.items()} == {
        "free": "error",
        "wrong": "warning",
        "right": "note",
        "rooted": "note",
        "unknown": "note",
    }
    assert results["right"]["suppressions"] == [{"kind": "external", "justification": "since #7"}]
    assert results["wrong"]["message"]["text"] == "could not run on musl-1.2.6: no | memory"


def test_sarif_fingerprints_stay_when_lines_move() -> None:
    before = {result["ruleId"]: result["partialFingerprints"] for result in sarif()["results"]}
    topic = Path("cases/answers/answers.yaml")
    topic.write_text("# one more line\n" + topic.read_text())
    assert {result["ruleId"]: result["partialFingerprints"] for result in sarif()["results"]} == before
    assert len({json.dumps(each) for each in before.values()}) == len(before)


def test_summary_is_one_table_that_holds_any_text() -> None:
    lines = written("summary").splitlines()
    assert lines[0] == "## libc conformance: the gate is shut"
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 2 + 5
    assert all(row.replace("\\|", "").count("|") == 6 for row in rows)
    assert "a\\|b \\`c\\` \\<d\\>" in rows[2]
    assert "waived until 2999-01-01: since \\#7" in "\n".join(rows)
    assert "pytest --libc=musl-1.2.6 'cases/answers/answers.yaml::free[musl-1.2.6]'" in lines


def test_summary_of_an_open_gate() -> None:
    Path("waivers.yaml").unlink()
    assert main(["gate", "base", "base", "--cases=cases", "--summary=out.md"]) == 0
    assert (
        Path("out.md").read_text().startswith("## libc conformance: the gate is open\n\nnothing to decide;")
    )


def test_summary_is_added_to_the_job_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "step.md")
    Path("step.md").write_text("before\n")
    main(["gate", "base", "new", "--cases=cases"])
    assert Path("step.md").read_text().startswith("before\n## libc conformance")
    main(["gate", "base", "new", "--cases=cases", "--summary=mine.md"])
    assert Path("step.md").read_text().count("## libc conformance") == 1


def test_a_long_summary_is_cut() -> None:
    write_run(Path("many"), [*entries(), *(entry(f"new-{at}", {"answer": 1}) for at in range(60))])
    main(["gate", "base", "many", "--cases=cases", "--summary=out.md"])
    text = Path("out.md").read_text()
    assert text.count("\n| ") == 2 + 40
    assert "and 20 more" in text
