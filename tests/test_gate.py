"""`conformance gate`: what it compares, its classes, what waivers do, and the exit code."""

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from gate_samples import DIGEST, EXPECTED, as_lines, entries, entry, write_run, write_topic

from conformance.case import Facts
from conformance.cli import main
from conformance.gate.finding import Effect, Finding, Kind
from conformance.gate.report import Report, gate
from conformance.gate.waivers import Waivers, read

FAILED = {"kind": "failed", "reason": "no memory"}
CRASHED = {"kind": "signalled", "signal": "SIGSEGV", "site": {"at": "hlt", "in": "free"}}


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The topics' folder; BASE is a run as expected."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    write_run(tmp_path / "base", entries())
    return write_topic(tmp_path)


def compared(cases: Path, objects: list[dict[str, Any]], *patterns: str, base: str = "base") -> Report:
    """The report on a new run."""
    write_run(Path("new"), objects)
    return gate(base, "new", patterns, cases, Waivers())


def told(report: Report) -> list[tuple[str, Kind, Effect]]:
    """Case, class and effect of all that is not the same."""
    return [(one.case.partition("::")[2], one.kind, one.effect) for one in report.told]


def only(report: Report) -> Finding:
    (finding,) = report.told
    return finding


def test_the_same_run_opens_the_gate(cases: Path) -> None:
    report = compared(cases, entries())
    assert (told(report), report.exit_code) == ([], 0)
    assert report.count(*Effect) == {Kind.SAME: len(EXPECTED)}


@pytest.mark.parametrize(
    ("case", "before", "after", "kind", "effect"),
    [
        ("free", {"answer": 1}, {"answer": 3}, Kind.REGRESSED, Effect.FAILS),
        ("free", {"answer": 3}, {"answer": 4}, Kind.CHANGED, Effect.FAILS),
        ("free", {"answer": 3}, {"answer": 1}, Kind.FIXED, Effect.PASSES),
        ("free", {"answer": 1}, {"answer": 1.0}, Kind.REGRESSED, Effect.FAILS),
        ("free", {"answer": 1}, {"answer": True}, Kind.REGRESSED, Effect.FAILS),
        ("free", {"answer": 1}, {"answer": 1, "more": 1}, Kind.REGRESSED, Effect.FAILS),
        ("free", {"answer": 1}, {}, Kind.REGRESSED, Effect.FAILS),
        ("right", {"answer": 1, "other": 5}, {"answer": 2, "other": 5}, Kind.REGRESSED, Effect.FAILS),
        ("right", {"answer": 1, "other": 5}, {"answer": 1, "other": 6}, Kind.CHANGED, Effect.FAILS),
        ("right", {"answer": 1, "other": 6}, {"answer": 1, "other": 5}, Kind.CHANGED, Effect.PASSES),
        ("right", {"answer": 2, "other": 5}, {"answer": 1, "other": 5}, Kind.FIXED, Effect.PASSES),
        ("wrong", {"answer": 0}, {"answer": 7}, Kind.CHANGED, Effect.FAILS),
        ("wrong", {"answer": 0}, {"answer": 1}, Kind.FIXED, Effect.FAILS),
        ("wrong", {"answer": 1}, {"answer": 0}, Kind.REGRESSED, Effect.FAILS),
    ],
)
def test_one_fact(cases: Path, case: str, before: Facts, after: Facts, kind: Kind, effect: Effect) -> None:
    write_run(Path("other"), entries(**{case: before}))
    report = compared(cases, entries(**{case: after}), base="other")
    assert told(report) == [(case, kind, effect)]
    assert report.exit_code == (1 if effect is Effect.FAILS else 0)


def test_a_fix_is_open_once_it_is_accepted(cases: Path) -> None:
    """The topic must say what is true: until then the gate is shut in this direction too."""
    fixed = entries(wrong={"answer": 1})
    assert compared(cases, fixed).exit_code == 1
    topic = cases / "answers" / "answers.yaml"
    topic.write_text(topic.read_text().replace("{all: {answer: 0}}", "{all: {answer: 1}}"))
    accepted = gate("base", "new", [], cases, Waivers())
    assert told(accepted) == [("wrong", Kind.FIXED, Effect.PASSES)]
    assert accepted.exit_code == 0


def test_an_outcome_is_a_fact(cases: Path) -> None:
    objects = entries()
    objects[0]["outcome"] = CRASHED
    finding = only(compared(cases, objects))
    assert finding.kind is Kind.REGRESSED
    assert [(one.fact, one.base, one.new) for one in finding.facts] == [
        ("at", None, "hlt"),
        ("in", None, "free"),
        ("outcome", None, "SIGSEGV"),
    ]


def test_what_is_never_compared(cases: Path) -> None:
    objects = entries()
    for each in objects:
        each["info"] = {"wall_seconds": 9.9}
        each["verdict"] = {"expected": False, "conforms": False}
    assert told(compared(cases, objects)) == []


def test_another_version_is_a_change_though_it_is_known(cases: Path) -> None:
    write_run(Path("old"), entries("musl-1.2.5", grown={"answer": 1}))
    report = gate("old", "base", [], cases, Waivers())
    assert told(report) == [("grown", Kind.CHANGED, Effect.FAILS)]
    assert only(report).as_expected


def test_new_case(cases: Path) -> None:
    write_run(Path("small"), entries()[:2])
    report = compared(cases, entries(wrong={"answer": 7}), base="small")
    assert told(report) == [
        ("wrong", Kind.NEW, Effect.FAILS),
        ("grown", Kind.NEW, Effect.PASSES),
        ("rooted", Kind.NEW, Effect.PASSES),
    ]
    assert report.exit_code == 1


def test_vanished_case_is_a_hole_unless_there_is_a_reason(cases: Path) -> None:
    base = [*entries(), entry("deleted", {"answer": 1})]
    write_run(Path("large"), base)
    report = compared(cases, entries()[:3], base="large")
    assert told(report) == [
        ("grown", Kind.VANISHED, Effect.NO_VERDICT),
        ("deleted", Kind.VANISHED, Effect.PASSES),
        ("rooted", Kind.VANISHED, Effect.PASSES),
    ]
    assert [one.reason for one in report.told] == [
        "NEW did not run it",
        "no topic has it any more",
        "it needs ipv6, so it may have been skipped",
    ]
    assert report.exit_code == 2


def test_a_reason_needs_topics(cases: Path) -> None:
    write_run(Path("new"), entries()[:3])
    report = gate("base", "new", [], Path("elsewhere"), Waivers())
    assert [one.effect for one in report.told] == [Effect.NO_VERDICT] * 2
    assert "name the topics' folder with --cases" in report.notes[0]


def test_could_not_run_is_no_verdict(cases: Path) -> None:
    objects = entries()
    objects[2] |= {"outcome": FAILED, "facts": {}, "verdict": None}
    report = compared(cases, objects)
    assert told(report) == [("wrong", Kind.COULD_NOT_RUN, Effect.NO_VERDICT)]
    assert (only(report).reason, report.exit_code) == ("no memory", 2)


def test_a_failure_weighs_more_than_a_hole(cases: Path) -> None:
    objects = entries(free={"answer": 9})
    objects[2] |= {"outcome": FAILED, "facts": {}, "verdict": None}
    assert compared(cases, objects).exit_code == 1


def test_what_base_could_not_run_is_new(cases: Path) -> None:
    objects = entries()
    objects[0] |= {"outcome": FAILED, "facts": {}, "verdict": None}
    write_run(Path("weak"), objects)
    assert told(compared(cases, entries(), base="weak")) == [("free", Kind.NEW, Effect.PASSES)]


def test_unstable(cases: Path) -> None:
    objects = entries()
    variants = [{"times": 3, "facts": {"answer": 1}}, {"times": 1, "facts": {"answer": 4}}]
    objects[0]["info"] = {"repeats": 4, "unstable": variants}
    report = compared(cases, objects)
    finding = only(report)
    assert (finding.kind, finding.effect, report.exit_code) == (Kind.UNSTABLE, Effect.FAILS, 1)
    assert finding.reason == "2 different observations in 4 repeats (3 + 1)"
    assert [(one.fact, one.base, one.new) for one in finding.facts] == [("answer", 1, 4)]


def test_worst_first(cases: Path) -> None:
    objects = entries(free={"answer": 9}, wrong={"answer": 1}, right={"answer": 1, "other": 0})
    objects[3] |= {"outcome": FAILED, "facts": {}, "verdict": None}
    assert [kind for _, kind, _ in told(compared(cases, objects))] == [
        Kind.REGRESSED,
        Kind.CHANGED,
        Kind.FIXED,
        Kind.COULD_NOT_RUN,
    ]


def test_only_some_cases(cases: Path) -> None:
    objects = entries(free={"answer": 9})
    assert compared(cases, objects, "answers/answers::right").exit_code == 0
    assert gate("base", "new", ["answers"], cases, Waivers()).exit_code == 1


# ---------------------------------------------------------------- waivers


def with_waivers(
    cases: Path, case: str, expires: str, objects: list[dict[str, Any]], libc: str = "musl"
) -> Report:
    Path("waivers.yaml").write_text(
        f"waivers:\n  - {{case: '{case}', libc: '{libc}', reason: 'known, #7', expires: {expires}}}\n"
    )
    write_run(Path("new"), objects)
    return gate("base", "new", [], cases, read(None))


def test_a_waiver_lets_a_change_pass(cases: Path) -> None:
    report = with_waivers(cases, "answers/answers::free", "2999-01-01", entries(free={"answer": 9}))
    assert told(report) == [("free", Kind.REGRESSED, Effect.WAIVED)]
    assert (report.exit_code, report.unused) == (0, [])


def test_a_waiver_of_another_libc_does_not(cases: Path) -> None:
    objects = entries(free={"answer": 9})
    report = with_waivers(cases, "answers", "2999-01-01", objects, "musl <1.2.6")
    assert (report.exit_code, report.unused) == (1, [])


def test_an_expired_waiver_waives_nothing_and_shuts_the_gate(cases: Path) -> None:
    report = with_waivers(cases, "answers/answers::free", "2020-01-01", entries(free={"answer": 9}))
    assert told(report) == [("free", Kind.REGRESSED, Effect.FAILS)]
    assert gate("base", "base", [], cases, report.waivers).exit_code == 1


@pytest.mark.parametrize("case", ["answers/answers::free", "mistyped"])
def test_an_unused_waiver_is_reported(cases: Path, case: str) -> None:
    report = with_waivers(cases, case, "2999-01-01", entries())
    assert [one.case for one in report.unused] == [case]
    assert report.exit_code == 0


def test_a_waiver_that_an_accepted_change_does_not_need_is_unused(cases: Path) -> None:
    write_run(Path("old"), entries(free={"answer": 9}))
    write = "waivers: [{case: answers, libc: all, reason: r, expires: 2999-01-01}]"
    Path("waivers.yaml").write_text(write)
    report = gate("old", "base", [], cases, read(None))
    assert told(report) == [("free", Kind.FIXED, Effect.PASSES)]
    assert len(report.unused) == 1


# ---------------------------------------------------------------- what is compared

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(cases: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: str) -> tuple[int, str]:
        code = main(["gate", "--cases=cases", *arguments])
        shown = capsys.readouterr()
        return code, shown.err if code == 2 and shown.err else shown.out

    return call


def test_text_tells_what_is_needed_to_decide(command: Command) -> None:
    write_run(Path("new"), entries(free={"answer": 9}, wrong={"answer": 1}))
    code, shown = command("base", "new")
    assert code == 1
    assert shown == (
        "BASE base: musl-1.2.6 (musl 1.2.6-1, sha256 abababababab)\n"
        "NEW  new: musl-1.2.6 (musl 1.2.6-1, sha256 abababababab)\n"
        "\n"
        "REGRESSED  answers/answers::free on musl-1.2.6\n"
        "  Nothing is required  (cases/answers/answers.yaml:6)\n"
        "  answer: 1 -> 9, expected 1\n"
        "  again:   pytest --libc=musl-1.2.6 'cases/answers/answers.yaml::free[musl-1.2.6]'\n"
        "  accept:  conformance accept answers/answers::free --run new --cases cases\n"
        "\n"
        "FIXED  answers/answers::wrong on musl-1.2.6\n"
        "  Required, and known to be otherwise  (cases/answers/answers.yaml:16)\n"
        "  answer: 0 -> 1, expected 0\n"
        "  C17 1.3 demands answer 1\n"
        "  again:   pytest --libc=musl-1.2.6 'cases/answers/answers.yaml::wrong[musl-1.2.6]'\n"
        "  accept:  conformance accept answers/answers::wrong --run new --cases cases\n"
        "\n"
        "the gate is shut: 1 regressed, 1 fixed; 3 same\n"
    )


def test_text_of_an_open_gate(command: Command) -> None:
    code, shown = command("base", "base")
    assert (code, shown.splitlines()[-1]) == (0, "the gate is open: nothing to decide; 5 same")


@pytest.mark.parametrize(
    "content",
    [
        as_lines(entries()),
        json.dumps(entries()),
        json.dumps({"observations": entries()}),
        as_lines([{key: each[key] for key in ("case", "libc", "facts", "outcome")} for each in entries()]),
    ],
    ids=["lines", "list", "member", "reference"],
)
def test_base_is_a_file(command: Command, content: str) -> None:
    Path("base.json").write_text(content)
    write_run(Path("new"), entries(free={"answer": 9}))
    assert command("base.json", "base")[0] == 0
    assert "1 regressed; 4 same" in command("base.json", "new")[1]


@pytest.fixture
def server(cases: Path) -> Iterator[str]:
    """The test's folder over HTTP on loopback."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(cases.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_base_is_at_a_url(command: Command, server: str) -> None:
    write_run(Path("new"), entries(free={"answer": 9}))
    url = f"{server}/base/observations.jsonl"
    assert command(url, "base")[0] == 0
    assert command(url, "new")[0] == 1
    assert command(f"{url}:musl-1.2.6", "base")[0] == 0
    code, shown = command(f"{server}/none.json", "new")
    assert (code, f"{server}/none.json: the server answered 404 File not found" in shown) == (2, True)


def test_nobody_answers_at_the_url(command: Command) -> None:
    code, shown = command("http://127.0.0.1:1/base.json", "base")
    assert (code, "cannot be read: [Errno 111] Connection refused" in shown) == (2, True)


def test_base_is_a_reference_libc(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = Path("reference")
    reference.mkdir()
    for libc in ("musl-1.2.5", "musl-1.2.6", "glibc-2.9", "glibc-2.43"):
        (reference / f"{libc}.jsonl").write_text(as_lines(entries(libc)))
    monkeypatch.setattr("conformance.paths.REFERENCE", reference)
    assert "BASE reference/musl-1.2.6.jsonl: musl-1.2.6" in command("musl-1.2.6", "base")[1]
    assert "BASE reference/musl-1.2.6.jsonl: musl-1.2.6" in command("musl", "base")[1]
    assert "BASE reference/glibc-2.43.jsonl: glibc-2.43" in command("glibc", "glibc-2.43")[1]
    assert "BASE reference/musl-1.2.6.jsonl: musl-1.2.6" in command("reference", "base")[1]
    code, shown = command("musl-9", "base")
    assert (code, "(musl-1.2.5, musl-1.2.6, glibc-2.9, glibc-2.43)" in shown) == (2, True)


def test_libcs_are_compared_by_name_or_by_what_they_are(command: Command) -> None:
    both = [*entries(), *entries("glibc-2.43", grown={"answer": 1}, free={"answer": 2})]
    write_run(Path("both"), both)
    write_run(Path("rootfs"), entries("dir:/image"))
    write_run(Path("older"), entries("musl-1.2.3"))
    shown = command("both", "both")[1]
    assert shown.count("BASE") == 2
    assert "BASE both: musl-1.2.6" in command("both", "rootfs")[1]
    assert "NEW  both: glibc-2.43" in command("both:glibc-2.43", "both:glibc-2.43")[1]
    assert "glibc-2.43 is not compared: BASE has no such libc" in command("base", "both")[1]
    assert "BASE older: musl-1.2.3" in command("older", "base")[1]
    assert "only BASE has glibc-2.43" in command("both", "base")[1]


def test_what_is_known_only_of_the_family_counts_as_known_elsewhere(command: Command) -> None:
    """A libc outside the catalogue may do what nobody could have written down."""
    more = entries("dir:/image", free={"answer": 1, "more": 2})
    write_run(Path("rootfs"), more)
    write_run(Path("before"), entries("dir:/image"))
    assert "1 changed; 4 same" in command("before", "rootfs")[1]


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("nothing", "nothing is no results folder, no file of observations, no URL and no reference libc"),
        ("empty", "the run in empty has no observations"),
        ("none.json", "none.json has no observations"),
        ("base:musl-9", "base has no 'musl-9': it has musl-1.2.6"),
        ("glibc.json", "the gate compares a libc with itself"),
        ("two.json", "nothing to compare: BASE has musl-8, musl-9 and NEW has musl-1.2.6"),
        ("broken.jsonl", "broken.jsonl:2 is not JSON"),
        ("other.json", "other.json: observation 1 is no observation: it needs `case`"),
        ("kind.json", "is no observation"),
        ("null.json", "is no observation"),
        ("unstable.json", "is no observation"),
    ],
)
def test_trouble_is_told_with_exit_code_2(command: Command, base: str, message: str) -> None:
    write_run(Path("empty"), [])
    files = {
        "none.json": "[]",
        "glibc.json": json.dumps(entries("glibc-2.43")),
        "two.json": json.dumps([*entries("musl-8"), *entries("musl-9")]),
        "broken.jsonl": as_lines(entries()[:1]) + '{"case": \n',
        "other.json": '[{"a": 1}]',
        "kind.json": json.dumps([entry("free", {}, outcome={"kind": "melted"})]),
        "unstable.json": json.dumps([entry("free", {}, info={"unstable": [{"times": 1}]})]),
        "null.json": json.dumps([entry("free", {"answer": None})]),  # type: ignore[dict-item]
    }
    for name, text in files.items():
        Path(name).write_text(text)
    code, shown = command(base, "base")
    assert (code, message in shown) == (2, True), shown


def test_no_case_matches(command: Command) -> None:
    assert command("base", "base", "nothing") == (2, "conformance: no case of base or base matches nothing\n")


def test_a_torn_line_of_a_killed_run_is_told_of(command: Command) -> None:
    write_run(Path("new"), entries())
    file = Path("new/observations.jsonl")
    file.write_bytes(file.read_bytes()[:-20])
    code, shown = command("base", "new")
    assert (code, "new/observations.jsonl:5 is not a whole line" in shown) == (0, True)
    assert "vanished case  answers/answers::rooted" in shown


def test_text_of_a_hostile_file_stays_on_its_line(command: Command) -> None:
    hostile = entry("x\n::error::y\x1b[31m", {"a": "b\n::set-output name=c::d"}, verdict=None)
    Path("new.json").write_text(json.dumps([*entries(), hostile]))
    code, shown = command("base", "new.json", "--summary=summary.md")
    assert code == 1
    for text in (shown, Path("summary.md").read_text()):
        assert "\x1b" not in text
        assert not [line for line in text.splitlines() if line.startswith("::")]


def test_a_file_that_cannot_be_written(command: Command) -> None:
    code, shown = command("base", "base", "--json=base/run.json/x")
    assert (code, "cannot write base/run.json/x" in shown) == (2, True)


def test_digest_of_the_sample() -> None:
    assert len(DIGEST) == 64
