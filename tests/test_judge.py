"""Verdicts: the outcome as facts, exact comparison, expectations and requirements."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.case import Case, Facts, Observation, Outcome, Scenario, Value
from conformance.judge import explain, judge, observed_facts
from conformance.values import same, shown

CASE = Case(
    id="resolver/truncation::two-hundred-addresses",
    title="A name with 200 addresses",
    family="resolver",
    about="",
    functions=("getaddrinfo",),
    status="specified",
    scenario=Scenario("resolver/getaddrinfo"),
    source=Path("cases/resolver/truncation.yaml"),
    line=8,
    clause="RFC 1035 4.2.1",
    requires={"addresses": 200},
    expect={
        "all": {"result": 0, "addresses": 200},
        "musl": {"addresses": 48},
        "musl <1.2.4": {"addresses": 0, "result": None},
    },
)
EXITED = Outcome("exited", {"code": 0})


def observed(facts: Facts, outcome: Outcome = EXITED) -> Observation:
    return Observation(CASE.id, "musl-1.2.6", facts, outcome)


def states(case: Case, version: str, facts: Facts, outcome: Outcome = EXITED) -> dict[str, str]:
    verdict = judge(case, "musl", version, observed(facts, outcome))
    assert verdict is not None
    return {fact.fact: fact.state for fact in verdict.facts}


@pytest.mark.parametrize(
    ("kind", "details", "facts"),
    [
        ("exited", {"code": 0}, {}),
        ("exited", {"code": 3}, {"outcome": "exit 3"}),
        ("signalled", {"signal": "SIGABRT", "site": None}, {"outcome": "SIGABRT"}),
        (
            "signalled",
            {"signal": "SIGSEGV", "site": {"at": "hlt", "in": "free", "offset": 12}},
            {"outcome": "SIGSEGV", "at": "hlt", "in": "free"},
        ),
        (
            "signalled",
            {"signal": "SIGABRT", "message": "double free detected"},
            {"outcome": "SIGABRT", "message": "double free detected"},
        ),
        ("timed-out", {"waiting": ["b", "a"]}, {"outcome": "timed-out", "waiting": ["a", "b"]}),
        ("not-built", {"missing": ["b.h", "a.h"]}, {"outcome": "not-built", "missing": ["a.h", "b.h"]}),
    ],
)
def test_the_outcome_gives_facts(kind: Any, details: dict[str, Any], facts: Facts) -> None:
    seen = observed_facts(observed({"reached": "first free"}, Outcome(kind, details)))
    assert seen == {"reached": "first free", **facts}


def test_facts_are_matched_one_by_one() -> None:
    assert states(CASE, "1.2.6", {"result": 0, "addresses": 48}) == {
        "result": "matched",
        "addresses": "matched",
    }
    assert states(CASE, "1.2.6", {"addresses": 200, "order": []}) == {
        "addresses": "differs",
        "order": "new",
        "result": "missing",
    }
    assert states(CASE, "1.2.3", {"addresses": 0}) == {"addresses": "matched"}
    assert states(CASE, "1.2.3", {"addresses": 0, "result": 0}) == {"addresses": "matched", "result": "new"}


def test_an_unexpected_crash_is_new_and_what_it_hid_is_missing() -> None:
    assert states(CASE, "1.2.6", {}, Outcome("signalled", {"signal": "SIGSEGV"})) == {
        "addresses": "missing",
        "outcome": "new",
        "result": "missing",
    }


@pytest.mark.parametrize(
    ("facts", "expected", "conforms"),
    [
        ({"result": 0, "addresses": 48}, True, False),
        ({"result": 0, "addresses": 48, "order": []}, "new", False),
        ({"result": 0, "addresses": 200}, False, True),
        ({"result": 0, "addresses": 200, "order": []}, False, True),
        ({"result": 0}, False, False),
    ],
)
def test_the_verdict_as_a_line_of_results(facts: Facts, expected: object, conforms: bool) -> None:
    verdict = judge(CASE, "musl", "1.2.6", observed(facts))
    assert verdict is not None
    assert verdict.as_json() == {"expected": expected, "conforms": conforms}


def test_without_requirement_nothing_conforms_or_deviates() -> None:
    verdict = judge(replace(CASE, requires={}), "musl", "1.2.6", observed({}))
    assert verdict is not None
    assert verdict.conforms is None


def test_a_failed_run_has_no_verdict() -> None:
    failed = observed({"addresses": 48}, Outcome("failed", {"reason": "out of memory"}))
    assert judge(CASE, "musl", "1.2.6", failed) is None
    with pytest.raises(ValueError, match="out of memory"):
        observed_facts(failed)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (1, True), (0, False), (1, "1"), (1.0, True), ([1], [True]), ([1, 2], [2, 1]), ([], "")],
)
def test_values_of_different_types_differ(one: Value, other: Value) -> None:
    assert not same(one, other)
    assert same(one, one)


def test_text_is_quoted_where_it_could_be_something_else() -> None:
    values: list[Value | None] = ["a b", "1", "", "true", "a, b", 1, 1.0, True, None, ["x", 2]]
    assert [shown(value) for value in values] == [
        "a b", '"1"', '""', '"true"', '"a, b"', "1", "1.0", "true", "absent", "[x, 2]"
    ]  # fmt: skip


def test_a_failure_is_explained() -> None:
    verdict = judge(CASE, "musl", "1.2.6", observed({"addresses": 47, "order": ["a", "b"]}))
    assert verdict is not None
    others: dict[str, Facts] = {
        "musl-1.2.5": {"addresses": 48, "result": 0},
        "glibc-2.36": {"addresses": 200, "result": 0},
        "glibc-2.41": {"addresses": 200, "result": 0},
    }
    assert explain(CASE, verdict, others) == [
        "addresses: expected 48 (by `musl`), observed 47",
        "    48 on musl-1.2.5",
        "    200 on glibc-2.36, glibc-2.41",
        "order: observed [a, b], and nothing is expected here",
        "    absent on musl-1.2.5, glibc-2.36, glibc-2.41",
        "result: expected 0 (by `all`), observed absent",
        "    0 on musl-1.2.5, glibc-2.36, glibc-2.41",
        "addresses: RFC 1035 4.2.1 demands 200, observed 47",
    ]


def test_what_is_as_expected_is_not_explained() -> None:
    verdict = judge(replace(CASE, requires={}), "musl", "1.2.6", observed({"result": 0, "addresses": 48}))
    assert verdict is not None
    assert explain(CASE, verdict, {"glibc-2.41": {"addresses": 200}}) == []
