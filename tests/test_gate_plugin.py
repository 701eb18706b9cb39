"""What the gate adds to `pytest --libc=...`: repeats, waivers, properties for JUnit XML, an exit code."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from conformance import results
from conformance.gate.finding import Kind
from conformance.gate.report import gate
from conformance.gate.waivers import Waivers
from conformance.paths import cache
from conformance.plugin.tally import EXIT_COULD_NOT_RUN

CACHE = cache()
"""Asked for before pytester moves the home directory."""

PROBE = """\
#include <string.h>
#include <sys/random.h>
#include "observation.h"

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned number = 42;
	if (!strcmp(what, "random")) getrandom(&number, sizeof number, 0);
	fact_int("answer", number);
	if (!strcmp(what, "scribble")) observation_area->record[0].length = 7;
	if (!strcmp(what, "crash")) *(volatile int *)0 = 1;
	return 0;
}
"""

TOPIC = """\
topic: Answers
about: What the answer is.
probe: answer
functions: [main]
status: unspecified
cases:
  right:
    title: The right answer
    status: specified
    clause: C17 5.1.2.2.1
    requires: {answer: 42}
    expect: {all: {answer: 42}}
  wrong:
    title: Another answer
    expect: {all: {answer: 41}}
  random:
    title: Another answer every time
    run: random
    expect: {all: {answer: 42}}
  broken:
    title: Records that are damaged
    run: scribble
    expect: {all: {answer: 42}}
  crash:
    title: The probe crashes
    run: crash
    expect: {all: {answer: 42, outcome: SIGSEGV, at: null page, in: the probe}}
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of somebody else's, with one topic and its probe."""
    monkeypatch.setenv("CONFORMANCE_CACHE", str(CACHE))
    mine = pytester.mkdir("mine")
    (mine / "answer.c").write_text(PROBE)
    (mine / "answers.yaml").write_text(TOPIC)
    return pytester


def run(project: pytest.Pytester, cases: str, *arguments: str) -> pytest.RunResult:
    """Runs some of the cases on musl."""
    return project.runpytest_subprocess("--libc=musl", "mine", "-k", cases, "--results=out", *arguments)


def line_of(case: str) -> results.Line:
    (line,) = [
        line for line in results.read(Path("out")).lines if line.observation.case == f"answers::{case}"
    ]
    return line


def waive(case: str, expires: str) -> None:
    Path("waivers.yaml").write_text(
        f"waivers: [{{case: 'answers::{case}', libc: musl, reason: known for long, expires: {expires}}}]\n"
    )


# ---------------------------------------------------------------- repeats


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_a_case_that_differs_between_repeats_is_unstable(
    project: pytest.Pytester, workers: list[str]
) -> None:
    done = run(project, "right or random", "--repeat=4", *workers)
    assert done.parseoutcomes() | {"deselected": 3} == {"passed": 1, "failed": 1, "deselected": 3}
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(
        [
            "unstable: 4 different observations in 4 repeats",
            "answer: * (once), * (once), * (once), * (once)",
            "*unstable between repeats*",
            "mine/answers.yaml::random?musl-1.2.6?",
        ]
    )
    done.stdout.no_fnmatch_line("*conformance accept*")
    assert line_of("right").observation.info["repeats"] == 4
    info = line_of("random").observation.info
    assert [variant["times"] for variant in info["unstable"]] == [1, 1, 1, 1]
    assert len({variant["facts"]["answer"] for variant in info["unstable"]}) == 4
    report = gate("out", "out", [], project.path / "mine", Waivers())
    assert [(one.case, one.kind) for one in report.told] == [("answers::random", Kind.UNSTABLE)]


def test_a_number_of_repeats_that_is_none(project: pytest.Pytester) -> None:
    done = run(project, "right", "--repeat=0")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*argument --repeat: '0' is not a number of times, 1 or more"])


def test_two_runs_of_the_same_libc_are_the_same(project: pytest.Pytester) -> None:
    run(project, "right or crash")
    Path("out").rename("before")
    run(project, "right or crash", "-n", "2")
    report = gate("before", "out", [], project.path / "mine", Waivers())
    assert (report.told, report.exit_code, len(report.findings)) == ([], 0, 2)


# ---------------------------------------------------------------- the exit code


def test_an_exit_code_of_its_own_for_what_could_not_run(project: pytest.Pytester) -> None:
    assert EXIT_COULD_NOT_RUN not in list(pytest.ExitCode)
    done = run(project, "right or broken")
    assert done.parseoutcomes() == {"passed": 1, "errors": 1, "deselected": 3}
    assert done.ret == EXIT_COULD_NOT_RUN
    done.stdout.fnmatch_lines(["1 could not run, *"])


def test_workers_give_the_same_exit_code(project: pytest.Pytester) -> None:
    assert run(project, "right or broken", "-n", "2").ret == EXIT_COULD_NOT_RUN


def test_a_failure_weighs_more(project: pytest.Pytester) -> None:
    assert run(project, "wrong or broken").ret == pytest.ExitCode.TESTS_FAILED


def test_stopping_at_the_first_keeps_the_exit_code(project: pytest.Pytester) -> None:
    assert run(project, "broken", "-x").ret == EXIT_COULD_NOT_RUN


def test_other_tests_are_counted_too(project: pytest.Pytester) -> None:
    project.makepyfile(test_other="def test_no(): assert False")
    done = project.runpytest_subprocess("--libc=musl", "mine", "test_other.py", "-k", "broken or no")
    assert done.ret == pytest.ExitCode.TESTS_FAILED


# ---------------------------------------------------------------- waivers


def test_a_waived_failure_is_expected(project: pytest.Pytester) -> None:
    waive("wrong", "2999-01-01")
    done = run(project, "right or wrong", "-rx")
    assert done.parseoutcomes() == {"passed": 1, "xfailed": 1, "deselected": 3}
    assert done.ret == 0
    done.stdout.fnmatch_lines(["XFAIL *::wrong?musl-1.2.6? - waived until 2999-01-01: known for long"])
    assert line_of("wrong").verdict == {"expected": False, "conforms": None}


def test_an_expired_waiver_waives_nothing(project: pytest.Pytester) -> None:
    waive("wrong", "2020-01-01")
    done = run(project, "wrong")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(["expired: waivers.yaml:1 waives answers::wrong on musl until 2020-*: known*"])


def test_an_unused_waiver_is_told_of(project: pytest.Pytester) -> None:
    waive("right", "2999-01-01")
    done = run(project, "right")
    assert done.ret == 0
    done.stdout.fnmatch_lines(["unused: waivers.yaml:1 waives answers::right on musl until 2999-*: known*"])


def test_a_waiver_for_a_case_that_did_not_run_is_not_unused(project: pytest.Pytester) -> None:
    waive("wrong", "2999-01-01")
    run(project, "right").stdout.no_fnmatch_line("unused: *")


def test_a_mistake_in_waivers_is_a_usage_error(project: pytest.Pytester) -> None:
    Path("mine.yaml").write_text("waivers:\n  - case: x\n")
    done = run(project, "right", "--waivers=mine.yaml")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*mine.yaml:2: waivers?0?: the key `expires` is missing*"])


# ---------------------------------------------------------------- JUnit XML


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_junit_xml_has_properties(project: pytest.Pytester, workers: list[str]) -> None:
    run(project, "right or wrong or broken or crash", "--junitxml=report.xml", *workers)
    found = {}
    for case in ElementTree.parse("report.xml").getroot().iter("testcase"):
        properties = {each.get("name"): each.get("value") for each in case.iter("property")}
        found[str(case.get("name")).partition("[")[0]] = properties
    assert {name: one.pop("verdict") for name, one in found.items()} == {
        "right": "expected",
        "wrong": "unexpected",
        "broken": "could not run",
        "crash": "expected",
    }
    assert found["right"].pop("digest", "").startswith("sha256:")
    assert found["right"].pop("package", "").startswith("musl 1.2.6-")
    assert found["right"] == {
        "case": "answers::right",
        "status": "specified",
        "libc": "musl 1.2.6",
        "outcome": "exit 0",
        "requirement": "conforms",
    }
    assert found["crash"]["outcome"] == "SIGSEGV, at null page, in the probe"
