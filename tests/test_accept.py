"""What `conformance accept` writes into topics."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from topic_samples import TOPIC, load_cases, write_topic

from conformance import results
from conformance.acceptance import Plan, plan
from conformance.case import Facts, Observation, Outcome, Value
from conformance.cli import main
from conformance.errors import UserError
from conformance.results import Line
from conformance.topics import load_text
from conformance.topics.fold import fold
from conformance.values import same_facts
from conformance.versions import catalogued, expected, split_name

EXITED = Outcome("exited", {"code": 0})
OLD_MUSL = {"musl-1.2.2": 1, "musl-1.2.3": 1}
NEW_MUSL = {"musl-1.2.5": 2, "musl-1.2.6": 2}
GLIBC = {"glibc-2.31": 3, "glibc-2.36": 3, "glibc-2.41": 3, "glibc-2.43": 3}
MUSL = [*OLD_MUSL, *NEW_MUSL]
ALL = {**OLD_MUSL, **NEW_MUSL, **GLIBC}
HEAD = "topic: t\nabout: a\nprobe: probe\nfunctions: [f]\nstatus: extension\ncases:\n  c:\n    title: t\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))


def run(tmp_path: Path, seen: Mapping[str, Facts], case: str = "c", outcome: Outcome = EXITED) -> Path:
    """A results folder with these facts of one case, by libc."""
    folder = results.create(tmp_path / "run")
    fd = results.open_observations(folder)
    for libc, facts in seen.items():
        observation = Observation(f"resolver/truncation::{case}", libc, facts, outcome)
        results.append(fd, Line(observation, None))
    return folder


def accepted(tmp_path: Path, seen: Mapping[str, Facts], text: str, case: str = "c") -> str:
    """The topic's text after a run was accepted."""
    topic = write_topic(tmp_path, text)
    made = plan(results.read(run(tmp_path, seen, case)), tmp_path, [], [])
    made.write()
    return topic.read_bytes().decode()


def expectation(tmp_path: Path, seen: Mapping[str, Facts], old: str = "") -> list[str]:
    """The lines below `expect:` that come out of one case with the lines `old` below it."""
    text = HEAD + (f"    expect:\n{old}" if old else "") + "    why: w\n"
    new = accepted(tmp_path, seen, text)
    assert new.startswith(HEAD)
    assert new.endswith("    why: w\n")
    return [line.strip() for line in new[len(HEAD) : -len("    why: w\n")].splitlines()][1:]


def fact(values: Mapping[str, int | None], name: str = "a") -> dict[str, Facts]:
    return {libc: {} if value is None else {name: value} for libc, value in values.items()}


def each(libcs: Iterable[str], **facts: Value) -> dict[str, Facts]:
    return {libc: dict(facts) for libc in libcs}


def test_what_is_common_goes_under_all(tmp_path: Path) -> None:
    assert expectation(tmp_path, each(ALL, b=1, a="x y")) == ["all: {a: x y, b: 1}"]


def test_a_family_or_ranges_hold_what_differs(tmp_path: Path) -> None:
    assert expectation(tmp_path, fact(ALL)) == [
        "musl >=1.2.5: {a: 2}",
        "musl <1.2.5: {a: 1}",
        "glibc: {a: 3}",
    ]


def test_a_fact_that_comes_and_goes(tmp_path: Path) -> None:
    values = {**ALL, "musl-1.2.3": None, "musl-1.2.6": 1}
    assert expectation(tmp_path, fact(values)) == [
        "musl >=1.2.6: {a: 1}",
        "musl >=1.2.5,<1.2.6: {a: 2}",
        "musl <1.2.3: {a: 1}",
        "glibc: {a: 3}",
    ]


def test_the_boundary_of_somebody_who_knows_is_kept(tmp_path: Path) -> None:
    old = "      musl <1.2.4: {a: 7}\n      musl >=1.2.4: {a: 8}\n"
    assert expectation(tmp_path, fact(ALL), old) == [
        "musl <1.2.4: {a: 1}",
        "musl >=1.2.4: {a: 2}",
        "glibc: {a: 3}",
    ]


def test_a_boundary_is_kept_when_a_range_is_divided(tmp_path: Path) -> None:
    old = "      musl <1.2.4: {a: 7}\n      musl >=1.2.4: {a: 8}\n"
    assert expectation(tmp_path, fact({**ALL, "musl-1.2.6": 9}), old) == [
        "musl >=1.2.6: {a: 9}",
        "musl >=1.2.4,<1.2.6: {a: 2}",
        "musl <1.2.4: {a: 1}",
        "glibc: {a: 3}",
    ]


def test_a_boundary_that_is_wrong_goes(tmp_path: Path) -> None:
    old = "      musl <1.2.3: {a: 1}\n      musl >=1.2.3: {a: 2}\n      glibc: {a: 3}\n"
    assert expectation(tmp_path, fact(ALL), old) == [
        "musl >=1.2.5: {a: 2}",
        "musl <1.2.5: {a: 1}",
        "glibc: {a: 3}",
    ]


def test_a_common_value_that_is_still_right_for_some_is_overridden(tmp_path: Path) -> None:
    values = {**dict.fromkeys(ALL, 3), **OLD_MUSL}
    assert expectation(tmp_path, fact(values), "      all: {a: 3}\n") == [
        "all: {a: 3}",
        "musl <1.2.5: {a: 1}",
    ]


def test_null_stands_where_a_wider_value_is_absent(tmp_path: Path) -> None:
    values = {**dict.fromkeys(ALL, 3), "musl-1.2.2": None, "musl-1.2.3": None}
    assert expectation(tmp_path, fact(values), "      all: {a: 3}\n") == [
        "all: {a: 3}",
        "musl <1.2.5: {a: ~}",
    ]


def test_ranges_that_became_the_same_are_one(tmp_path: Path) -> None:
    old = "      musl <1.2.4: {a: 1, b: 1}\n      musl >=1.2.4: {a: 2, b: 1}\n"
    seen: dict[str, Facts] = {**each(MUSL, a=5, b=1), **fact(GLIBC)}
    assert expectation(tmp_path, seen, old) == ["musl: {a: 5, b: 1}", "glibc: {a: 3}"]


def test_libcs_that_did_not_run_keep_their_expectations(tmp_path: Path) -> None:
    old = "      musl: {a: 1}\n      glibc: {a: 3}\n"
    assert expectation(tmp_path, fact({"musl-1.2.6": 2}), old) == [
        "musl: {a: 1}",
        "musl >=1.2.6: {a: 2}",
        "glibc: {a: 3}",
    ]


def test_facts_seen_on_one_family_only_stay_with_it(tmp_path: Path) -> None:
    assert expectation(tmp_path, fact(OLD_MUSL)) == ["musl: {a: 1}"]


def test_a_case_without_facts_expects_none(tmp_path: Path) -> None:
    assert accepted(tmp_path, fact(dict.fromkeys(ALL)), HEAD + "    expect: {all: {a: 1}}\n") == (
        HEAD + "    expect: {}\n"
    )


VALUES: list[Value] = [
    *(1, -5, 2**64 - 1, 1.0, -0.0, 1e22, 1e-7, True, False, [], ["a", 1, "2", True, 1.5, "a, b"]),
    *("1", "1.0", "1e5", "0x1f", ".5", "010", "true", "yes", "~", "Null", "", " a", "a ", "a b", "exit 3"),
    *("x: y", "a:", "::1", "12:30", "2001-01-01", "a#b", "a #b", "it's", '"q"', "\\x00", "\\n", "a,b", "[x"),
    *("{y", "z}", "- z", "-", "?", "*a", "&b", "!c", "%d", "@e", "`f", "|", ">", "=", "<<", "é", "€uro"),
]


def test_values_read_back_as_they_are(tmp_path: Path) -> None:
    values: Facts = {f"v{n}": value for n, value in enumerate(VALUES)}
    text = accepted(tmp_path, {"musl-1.2.6": values}, HEAD)
    (case,) = load_text(text, tmp_path / "resolver" / "truncation.yaml", tmp_path)
    assert same_facts(case.expect["musl"], values)
    assert max(map(len, text.splitlines())) <= 110


SAMPLE: dict[str, Facts] = {
    "glibc-2.36": {"result": 0, "addresses": 200, "tcp_queries": 1},
    "musl-1.2.6": {"result": 0, "addresses": 48, "tcp_queries": 1},
    "musl-1.2.3": {"result": "EAI_NONAME", "addresses": 0, "tcp_queries": 0},
}


def test_a_run_as_expected_changes_nothing(tmp_path: Path) -> None:
    assert accepted(tmp_path, SAMPLE, TOPIC, "two-hundred-addresses") == TOPIC


def test_only_what_changed_is_written_anew(tmp_path: Path) -> None:
    seen = {**SAMPLE, "musl-1.2.5": {**SAMPLE["musl-1.2.6"], "addresses": 100}}
    seen["musl-1.2.6"] = seen["musl-1.2.5"]
    assert accepted(tmp_path, seen, TOPIC, "two-hundred-addresses") == TOPIC.replace(
        "addresses: 48,  tcp", "addresses: 100,  tcp"
    )


def test_a_new_fact_of_one_range(tmp_path: Path) -> None:
    seen = {
        **SAMPLE,
        **{f"glibc-{v}": {**SAMPLE["glibc-2.36"], "z": "a, b"} for v in ("2.36", "2.41", "2.43")},
    }
    assert accepted(tmp_path, seen, TOPIC, "two-hundred-addresses") == TOPIC.replace(
        "tcp_queries: 1}   # one query", "tcp_queries: 1, z: 'a, b'}   # one query"
    )


def test_a_case_without_expectation_gets_one_before_the_reasons(tmp_path: Path) -> None:
    text = TOPIC + "    why: because\n"
    assert accepted(tmp_path, {"musl-1.2.6": {"a": 1}}, text, "unknown-yet") == (
        TOPIC + "    expect:\n      musl: {a: 1}\n    why: because\n"
    )
    assert accepted(tmp_path, {"musl-1.2.6": {"a": 1}}, TOPIC[:-1], "unknown-yet") == (
        TOPIC + "    expect:\n      musl: {a: 1}\n"
    )


@pytest.mark.parametrize("written", ["", " {}  # later", " ~", " {musl: {a: 5}}", " {musl:\n      {a: 5}}"])
def test_an_empty_or_short_expectation_is_replaced(tmp_path: Path, written: str) -> None:
    text = HEAD + f"    expect:{written}\n" + "\n    # about why\n    why: w\n"
    assert accepted(tmp_path, each(MUSL, a=1), text) == (
        HEAD + "    expect:\n      musl: {a: 1}\n\n    # about why\n    why: w\n"
    )


def test_comments_and_layout_stay(tmp_path: Path) -> None:
    old = (
        "    expect:\n"
        "      # first\n"
        "      musl <1.2.4:   # old\n"
        "        a: 1   # one\n"
        "        # between\n"
        "        b: [x,\n"
        "            y]\n"
        "        gone: 5\n"
        "\n"
        "      # second\n"
        "      musl >=1.2.4:  {a: 2, b: 'z'}  # new\n"
        "      glibc: {a: 3}  # other\n"
        "    # last\n"
    )
    seen: dict[str, Facts] = {
        **each(OLD_MUSL, a=7, b=["x", "y"], c=[1]),
        **each(NEW_MUSL, a=2, b="z", c="q"),
        **each(GLIBC, a=3),
    }
    new = old.replace("a: 1 ", "a: 7 ").replace("        gone: 5\n", "        c: [1]\n")
    new = new.replace("b: 'z'}", "b: 'z', c: q}")
    assert accepted(tmp_path, seen, HEAD + old) == HEAD + new


def test_other_line_ends_stay(tmp_path: Path) -> None:
    text = "\ufeff" + (HEAD + "    expect:\n      musl: {a: 1}\n    why: w\n").replace("\n", "\r\n")
    seen: dict[str, Facts] = each(MUSL, a=2)
    assert accepted(tmp_path, seen, text) == text.replace("a: 1", "a: 2")


@pytest.mark.parametrize(
    "layout",
    [
        HEAD.replace("  c:\n    title: t\n", "  c: {title: t}\n"),
        HEAD + "    expect:\n      musl: {a: 1,  # why\n        gone: 3}\n",
    ],
)
def test_a_layout_that_cannot_be_kept_is_refused(tmp_path: Path, layout: str) -> None:
    with pytest.raises(
        UserError, match=r"truncation\.yaml cannot be changed: .*Write it with one key per line"
    ):
        accepted(tmp_path, each(MUSL, a=2, b=5), layout)
    assert (tmp_path / "resolver" / "truncation.yaml").read_text() == layout


def planned(tmp_path: Path, folder: Path, *patterns: str, libcs: tuple[str, ...] = ()) -> Plan:
    return plan(results.read(folder), tmp_path, patterns, libcs)


def test_what_could_not_run_is_refused(tmp_path: Path) -> None:
    write_topic(tmp_path)
    failed = Outcome("failed", {"reason": "no memory"})
    made = planned(tmp_path, run(tmp_path, {"musl-1.2.6": {"a": 1}}, "unknown-yet", failed))
    assert made.changes == []
    assert made.notes == ["left out: resolver/truncation::unknown-yet could not run on musl-1.2.6: no memory"]


def test_other_libcs_and_lost_cases_are_left_out(tmp_path: Path) -> None:
    write_topic(tmp_path)
    made = planned(tmp_path, run(tmp_path, {"host": {"a": 1}, "musl-1.2.6": {"a": 1}}, "gone"))
    assert made.changes == []
    assert made.notes == [
        "left out: host is not in the catalogue, so no expectation is kept for it",
        f"left out: resolver/truncation::gone is no longer in {tmp_path}/resolver/truncation.yaml",
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        "resolver",
        "resolver/",
        "resolver/truncation",
        "cases/resolver/truncation.yaml",
        "resolver/truncation::unknown-yet",
        "resolver/truncation.yaml::unknown-yet[musl-1.2.6]",
        "*unknown*",
    ],
)
def test_cases_are_chosen_by_patterns(tmp_path: Path, pattern: str) -> None:
    write_topic(tmp_path)
    folder = run(tmp_path, {"musl-1.2.6": {"a": 1}}, "unknown-yet")
    made = planned(tmp_path, folder, pattern)
    (change,) = made.changes
    assert (change.case, change.fact, change.old, change.new) == (
        "resolver/truncation::unknown-yet",
        "a",
        None,
        1,
    )
    assert change.libcs == ("musl-1.2.2", "musl-1.2.3", "musl-1.2.5", "musl-1.2.6")
    assert made.notes[0].startswith("nothing was expected of musl-1.2.2, musl-1.2.3, musl-1.2.5 and the run")
    with pytest.raises(UserError, match=r"no case of the run in .* matches 'resolv'"):
        planned(tmp_path, folder, "resolv")


def test_libcs_are_chosen_by_name(tmp_path: Path) -> None:
    write_topic(tmp_path)
    folder = run(tmp_path, {"musl-1.2.6": {"a": 1}, "glibc-2.41": {"a": 2}}, "unknown-yet")
    (change,) = planned(tmp_path, folder, libcs=("glibc-2.41",)).changes
    assert change.libcs[0] == "glibc-2.31"
    with pytest.raises(UserError, match=r"has no musl-9: it has glibc-2\.41, musl-1\.2\.6"):
        planned(tmp_path, folder, libcs=("musl-9",))


def test_the_command_shows_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    topic = write_topic(tmp_path / "cases")
    seen: dict[str, Facts] = {"musl-1.2.6": {**SAMPLE["musl-1.2.6"], "addresses": 49}}
    folder = run(tmp_path, seen, "two-hundred-addresses")

    def output(*more: str) -> str:
        assert main(["accept", f"--run={folder}", "--cases=cases", *more]) == 0
        return capsys.readouterr().out

    shown = (
        "cases/resolver/truncation.yaml\n"
        "  two-hundred-addresses\n"
        "    addresses: 48 -> 49 on musl-1.2.6\n"
    )  # fmt: skip
    assert output("--dry-run") == shown + "would change 1 facts of 1 cases in 1 topics\n"
    assert topic.read_text() == TOPIC
    assert output() == shown + "changed 1 facts of 1 cases in 1 topics\n"
    assert "      musl >=1.2.6: {result: 0, addresses: 49, tcp_queries: 1}\n" in topic.read_text()
    assert output() == "nothing to accept: all expectations agree with the run\n"


def test_the_command_tells_a_wrong_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", f"--run={tmp_path}"]) == 2
    assert "conformance: no results in" in capsys.readouterr().err


versions = st.sampled_from(["-".join(libc) for libc in catalogued()])
some_facts = st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, 2, "x"]), max_size=3)
runs = st.dictionaries(versions, some_facts, min_size=1)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(runs, min_size=1, max_size=3))
def test_what_was_accepted_is_expected(tmp_path: Path, rounds: list[dict[str, Facts]]) -> None:
    text = HEAD
    for seen in rounds:
        (before,) = load_cases(tmp_path, text).values()
        text = accepted(tmp_path, seen, text)
        (after,) = load_cases(tmp_path, text).values()
        for libc in catalogued():
            now = {name: value for name, (value, _) in expected(after, *libc).items()}
            then = {name: value for name, (value, _) in expected(before, *libc).items()}
            if "-".join(libc) in seen:
                assert same_facts(now, seen["-".join(libc)])
            elif then:
                assert same_facts(now, then)
        assert fold(after, {split_name(libc): facts for libc, facts in seen.items()}) is after.expect
