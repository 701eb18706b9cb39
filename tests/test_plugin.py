"""`pytest --libc=...` as its users know pytest, on real libcs."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from conformance import results
from conformance.paths import cache

CACHE = cache()
"""Asked for before pytester moves the home directory."""

PROBE = """\
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "observation.h"

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	fact_int("answer", 42);
	if (!strcmp(what, "scribble")) observation_area->record[0].length = 7;
	if (!strcmp(what, "wait")) pause();
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
    expect:
      all: {answer: 42}
  wrong:
    title: Another answer on musl
    status: implementation-defined
    expect:
      musl: {answer: 41}
      glibc: {answer: 42}
"""

HANGS = """\
topic: Waiting
about: Cases that wait.
probe: answer
functions: [pause]
status: unspecified
time: 0.3
cases:
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of somebody else's, with one topic and its probe."""
    monkeypatch.setenv("CONFORMANCE_CACHE", str(CACHE))
    mine = pytester.mkdir("mine")
    (mine / "answer.c").write_text(PROBE)
    (mine / "answers.yaml").write_text(TOPIC)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Runs the topic's cases on both families."""
    return project.runpytest_subprocess("--libc=musl,glibc", "mine", *arguments)


def test_each_case_on_each_libc(project: pytest.Pytester) -> None:
    done = run(project, "-v")
    done.stdout.fnmatch_lines(
        [
            "libc: musl-1.2.6 (musl 1.2.6-*",
            "libc: glibc-2.43 (libc6 2.43-*",
            "results: results/runs/*",
            "mine/answers.yaml::right?musl-1.2.6? PASSED*",
            "mine/answers.yaml::right?glibc-2.43? PASSED*",
            "mine/answers.yaml::wrong?musl-1.2.6? FAILED*",
            "mine/answers.yaml::wrong?glibc-2.43? PASSED*",
        ]
    )
    assert done.ret == pytest.ExitCode.TESTS_FAILED


def test_failure_tells_what_was_expected_and_what_others_did(project: pytest.Pytester) -> None:
    done = run(project)
    done.stdout.fnmatch_lines(
        [
            "mine/answers.yaml:11 on musl-1.2.6",
            "answer: expected 41 (by `musl`), observed 42",
            "    42 on glibc-2.43",
            "*conformance accept 'answers::wrong' --cases mine",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")


def test_results_are_recorded(project: pytest.Pytester) -> None:
    run(project, "--results=out")
    read = results.read(project.path / "out")
    assert {(line.observation.case, line.observation.libc) for line in read.lines} == {
        (f"answers::{case}", libc) for case in ("right", "wrong") for libc in ("musl-1.2.6", "glibc-2.43")
    }
    assert all(line.observation.facts == {"answer": 42} for line in read.lines)
    assert [libc["name"] for libc in read.run["libcs"]] == ["musl-1.2.6", "glibc-2.43"]
    assert len(read.run["libcs"][0]["identity"]["digest"]) == 64


def test_selection_by_keyword_and_marker(project: pytest.Pytester) -> None:
    assert run(project, "-k", "right and musl").parseoutcomes() == {"passed": 1, "deselected": 3}
    assert run(project, "-m", "implementation-defined").parseoutcomes()["deselected"] == 2
    assert run(project, "-m", "mine", "-k", "right").parseoutcomes() == {"passed": 2, "deselected": 2}


def test_last_failed_and_exit_first(project: pytest.Pytester) -> None:
    run(project)
    assert run(project, "--lf").parseoutcomes() == {"failed": 1}
    done = project.runpytest_subprocess("--libc=musl", "mine", "-x", "-k", "wrong or right")
    assert done.parseoutcomes() == {"passed": 1, "failed": 1}


def test_junit_xml(project: pytest.Pytester) -> None:
    run(project, "--junitxml=report.xml")
    suite = ElementTree.parse(project.path / "report.xml").getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "0")
    assert next(case.get("name") for case in suite.iter("testcase")) == "right[musl-1.2.6]"


def test_workers_share_the_items(project: pytest.Pytester) -> None:
    done = run(project, "-n", "2", "--results=out")
    assert done.parseoutcomes() == {"passed": 3, "failed": 1}
    assert len(results.read(project.path / "out").lines) == 4


def test_collecting_needs_no_libc(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(project.path / "empty"))
    monkeypatch.setenv("CONFORMANCE_DEBIAN_MIRROR", "http://127.0.0.1:9")
    done = project.runpytest_subprocess("--libc=all", "mine", "--collect-only", "-q")
    assert done.ret == 0
    done.stdout.fnmatch_lines(["mine/answers.yaml::right?musl-1.2.2?", "16 tests collected*"])


def test_without_a_path_the_catalogue_runs(project: pytest.Pytester) -> None:
    done = project.runpytest_subprocess("--libc=musl", "--collect-only", "-q")
    assert done.ret == 0
    assert "truncation.yaml::" in done.stdout.str()
    assert "answers.yaml" not in done.stdout.str()


def test_without_the_option_topics_are_not_collected(project: pytest.Pytester) -> None:
    assert project.runpytest_subprocess("mine").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mulsl", "ERROR: there is no libc 'mulsl' (did you mean musl?)*musl-1.2.6*"),
        ("dir:nowhere", "ERROR: dir:nowhere: nowhere is not a directory"),
    ],
)
def test_unknown_libc_is_a_usage_error(project: pytest.Pytester, name: str, message: str) -> None:
    done = project.runpytest_subprocess(f"--libc={name}", "mine")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([message])
    done.stderr.no_fnmatch_line("*Traceback*")


def test_faulty_topic_names_file_line_and_key(project: pytest.Pytester) -> None:
    (project.path / "mine" / "answers.yaml").write_text(TOPIC.replace("title: The right", "titel: The right"))
    done = run(project)
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["*answers.yaml:8: *titel*did you mean*title*"])
    done.stdout.no_fnmatch_line("*Traceback*")


def test_probe_that_does_not_compile(project: pytest.Pytester) -> None:
    (project.path / "mine" / "answer.c").write_text(PROBE.replace("return 0;", "return 0"))
    done = run(project)
    assert done.parseoutcomes() == {"errors": 4}
    done.stdout.fnmatch_lines(
        ["*could not run: *answer.c cannot be built for musl-1.2.6:", "*error: expected*"]
    )
    done.stdout.no_fnmatch_line("*Traceback*")


def test_probe_that_a_libc_lacks_something_for(project: pytest.Pytester) -> None:
    (project.path / "mine" / "answer.c").write_text(
        PROBE.replace("#include <stdlib.h>", "#include <printf.h>")
    )
    topic = TOPIC.replace(
        "all: {answer: 42}", "musl: {outcome: not-built, missing: [printf.h]}\n      glibc: {answer: 42}"
    )
    (project.path / "mine" / "answers.yaml").write_text(topic)
    assert run(project, "-k", "right").parseoutcomes() == {"passed": 2, "deselected": 2}


def test_fact_without_expectation_is_a_defect_of_the_case(project: pytest.Pytester) -> None:
    topic = project.path / "mine" / "answers.yaml"
    topic.write_text(TOPIC.replace("all: {answer: 42}", "all: {question: 6}"))
    done = run(project, "-k", "right")
    assert done.parseoutcomes()["failed"] == 2
    done.stdout.fnmatch_lines(["answer: observed 42, and nothing is expected here"])


def test_need_that_is_not_met_skips(project: pytest.Pytester) -> None:
    topic = project.path / "mine" / "answers.yaml"
    topic.write_text(
        TOPIC.replace("title: The right answer", "title: The right answer\n    needs: [{kernel: '>=99'}]")
    )
    done = run(project, "-k", "right", "-rs")
    assert done.parseoutcomes()["skipped"] == 2
    done.stdout.fnmatch_lines(["*needs Linux >=99; this is *"])


def test_failing_surroundings_are_an_error_not_a_verdict(project: pytest.Pytester) -> None:
    topic = project.path / "mine" / "answers.yaml"
    topic.write_text(TOPIC.replace("title: The right answer", "title: The right answer\n    run: scribble"))
    done = run(project, "-k", "right", "--results=out")
    assert done.parseoutcomes()["errors"] == 2
    done.stdout.fnmatch_lines(["*could not run: the probe's records are damaged*"])
    assert [line.verdict for line in results.read(project.path / "out").lines] == [None, None]


def test_two_root_directories(project: pytest.Pytester) -> None:
    from conformance.libcs.select import select

    root = select("musl-1.2.3")[0].root
    done = project.runpytest_subprocess(f"--libc=dir:{root}", "mine", "-v", "-k", "right")
    assert done.parseoutcomes() == {"passed": 1, "deselected": 1}
    done.stdout.fnmatch_lines([f"libc: dir:{root} is musl-1.2.3 (*"])


def test_machine_s_own_libc(project: pytest.Pytester) -> None:
    done = project.runpytest_subprocess("--libc=host", "mine", "-k", "right")
    assert done.parseoutcomes() == {"passed": 1, "deselected": 1}


def test_without_a_compiler(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project.path / "empty"))
    monkeypatch.delenv("CC", raising=False)
    (project.path / "conftest.py").write_text("import sys; sys.modules['ziglang'] = None\n")
    done = run(project)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["ERROR: No C compiler: *apt install gcc*zig*"])


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to forbid user namespaces")
def test_without_user_namespaces(project: pytest.Pytester) -> None:
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    command = [sys.executable, "-m", "pytest", "--libc=musl", "mine"]
    done = project.run("unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh", *command)
    assert "This machine forbids user namespaces" in done.stdout.str()
    assert "kernel.unprivileged_userns_clone=1" in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small file system")
def test_full_disk_keeps_what_was_recorded(project: pytest.Pytester) -> None:
    cases = "".join(f"  c{i}: {{title: Number {i}, expect: {{all: {{answer: 42}}}}}}\n" for i in range(200))
    (project.path / "mine" / "answers.yaml").write_text(TOPIC.partition("cases:\n")[0] + "cases:\n" + cases)
    out = project.mkdir("out")
    mount = f'mount -t tmpfs -o size=16k tmpfs {out} && "$@"; cp {out}/* {project.mkdir("copy")}'
    command = [sys.executable, "-m", "pytest", "--libc=musl", "mine", f"--results={out}"]
    done = project.run("unshare", "--mount", "sh", "-c", mount, "sh", *command)
    assert "No space left on device" in done.stdout.str()
    assert "Traceback" not in done.stdout.str()
    lines = (project.path / "copy" / "observations.jsonl").read_bytes().split(b"\n")
    assert len(lines) > 10
    assert all(json.loads(line) for line in lines[:-1])


def waiting_run(project: pytest.Pytester, *arguments: str) -> "subprocess.Popen[str]":
    """A run of many cases that wait, after its first results."""
    hang = "outcome: timed-out, waiting: [pause]"
    cases = "".join(
        f"  w{i}: {{title: Number {i}, run: wait, expect: {{all: {{answer: 42, {hang}}}}}}}\n"
        for i in range(400)
    )
    (project.path / "mine" / "answers.yaml").write_text(HANGS + cases)
    command = [sys.executable, "-m", "pytest", "--libc=musl,glibc", "mine", "--results=out", *arguments]
    process = subprocess.Popen(
        command, cwd=project.path, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    observations = project.path / "out" / "observations.jsonl"
    deadline = time.monotonic() + 60
    while not observations.exists() or observations.stat().st_size < 4000:
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < deadline, "the run does not get going"
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_sigkill_leaves_nothing_behind(project: pytest.Pytester, arguments: list[str]) -> None:
    process = waiting_run(project, *arguments)
    descendants = below(process.pid)
    assert len(descendants) > 2
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while left := [pid for pid in descendants if Path(f"/proc/{pid}/exe").exists()]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.05)
    read = results.read(project.path / "out")
    assert read.lines
    assert not read.torn


def test_interrupt_leaves_nothing_behind(project: pytest.Pytester) -> None:
    process = waiting_run(project)
    descendants = below(process.pid)
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in output
    assert not [pid for pid in descendants if Path(f"/proc/{pid}/exe").exists()]
    assert not results.read(project.path / "out").torn


def test_killed_worker_is_replaced(project: pytest.Pytester) -> None:
    process = waiting_run(project, "-n", "2")
    worker = next(pid for pid in below(process.pid) if parent(pid) == process.pid)
    os.kill(worker, signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert "worker 'gw" in output
    read = results.read(project.path / "out")
    assert not read.torn
    assert len({(line.observation.case, line.observation.libc) for line in read.lines}) >= 799


def parent(pid: int) -> int:
    """The parent of a process, 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def below(pid: int) -> list[int]:
    """All descendants of a process."""
    parents = {
        int(path.name): parent(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()
    }
    found, frontier = [], [pid]
    while frontier:
        frontier = [child for child, above in parents.items() if above in frontier]
        found += frontier
    return found
