"""Judges observations: are they what the case expects of this libc, and do they meet what the clause demands?

Judging reads records and never runs anything, so old records can be judged again with newer topics.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from conformance.case import Case, Facts, Observation, Outcome, Value
from conformance.libcs.catalogue import catalogue
from conformance.values import same, shown
from conformance.versions import expected

State = Literal["matched", "differs", "new", "missing"]


@dataclass(frozen=True, slots=True)
class FactVerdict:
    """One fact beside its expectation.

    `differs` from the value expected; `new` has no expectation; `missing` was expected and not observed.
    `expected` and `selector` are None for a new fact, `observed` is None for a missing one.
    """

    fact: str
    state: State
    expected: Value | None
    selector: str | None
    observed: Value | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an observation means.

    `expected` is "new" where all that has an expectation is as expected and something has none. `conforms` is
    None where nothing is required; `deviations` are the required facts that were observed otherwise, or not.
    """

    expected: bool | Literal["new"]
    conforms: bool | None
    facts: tuple[FactVerdict, ...]
    deviations: tuple[FactVerdict, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The `verdict` of a line of observations.jsonl."""
        return {"expected": self.expected, "conforms": self.conforms}


def is_as_expected(expected: bool | str | None, libc: str) -> bool:
    """Whether a verdict's `expected` lets an item pass: what is new is a defect only on catalogued libcs."""
    return expected is True or (expected == "new" and libc not in catalogue())


def observed_facts(observation: Observation) -> Facts:
    """The facts that are judged: those recorded, and those that the outcome gives."""
    return {**observation.facts, **outcome_facts(observation.outcome)}


def outcome_facts(outcome: Outcome) -> Facts:
    """How the probe ended, in the facts that a topic can expect; none for a plain exit with 0.

    Raises ValueError for an outcome of kind `failed`, which says nothing about the libc.
    """
    details = outcome.details
    match outcome.kind:
        case "exited":
            return {"outcome": f"exit {details['code']}"} if details["code"] else {}
        case "signalled":
            told = {**(details.get("site") or {}), "message": details.get("message")}
            site = {name: told[name] for name in ("at", "in", "message") if told.get(name)}
            return {"outcome": details["signal"], **site}
        case "timed-out":
            return {"outcome": "timed-out", "waiting": sorted(details.get("waiting", []))}
        case "not-built":
            return {"outcome": "not-built", "missing": sorted(details.get("missing", []))}
    raise ValueError(f"a failed run has no facts: {details.get('reason')}")


def judge(case: Case, family: str, version: str, observation: Observation) -> Verdict | None:
    """The verdict on what one libc did, or None where the surroundings failed."""
    if observation.outcome.kind == "failed":
        return None
    observed = observed_facts(observation)
    wanted = expected(case, family, version)
    facts = tuple(_verdict(fact, wanted.get(fact), observed) for fact in sorted({*wanted, *observed}))
    required = [_verdict(fact, (value, case.clause or ""), observed) for fact, value in case.requires.items()]
    deviations = tuple(fact for fact in required if fact.state != "matched")
    states = {fact.state for fact in facts}
    as_expected: bool | Literal["new"] = not states & {"differs", "missing"}
    return Verdict(
        expected="new" if as_expected and "new" in states else as_expected,
        conforms=not deviations if case.requires else None,
        facts=facts,
        deviations=deviations,
    )


def _verdict(fact: str, wanted: tuple[Value, str] | None, observed: Facts) -> FactVerdict:
    value, selector = wanted or (None, None)
    seen = observed.get(fact)
    if wanted is None:
        state: State = "new"
    elif seen is None:
        state = "missing"
    else:
        state = "matched" if same(value, seen) else "differs"
    return FactVerdict(fact, state, value, selector, seen)


def explain(case: Case, verdict: Verdict, others: Mapping[str, Facts]) -> list[str]:
    """What a failing item tells: per fact what was expected where, what was seen, and what other libcs did.

    `others` maps the other libcs of the run to their judged facts.
    """
    lines = []
    for fact in verdict.facts:
        if fact.state == "matched":
            continue
        lines.append(f"{fact.fact}: {_difference(fact)}")
        seen = _by_value({libc: facts.get(fact.fact) for libc, facts in others.items()})
        lines += [f"    {value} on {', '.join(libcs)}" for value, libcs in seen.items()]
    lines += [
        f"{fact.fact}: {case.clause} demands {shown(fact.expected)}, observed {shown(fact.observed)}"
        for fact in verdict.deviations
    ]
    return lines


def _difference(fact: FactVerdict) -> str:
    seen = shown(fact.observed)
    if fact.state == "new":
        return f"observed {seen}, and nothing is expected here"
    return f"expected {shown(fact.expected)} (by `{fact.selector}`), observed {seen}"


def _by_value(values: Mapping[str, Value | None]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for libc, value in values.items():
        groups.setdefault(shown(value), []).append(libc)
    return groups
