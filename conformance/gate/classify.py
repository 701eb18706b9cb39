"""Classes between two observations of a case: better, worse or other, by the requirement and the expectation.

Old records are judged with the topics as they are now, so accepting a change today opens the gate today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.case import Case, Facts, Observation
from conformance.gate.finding import FactChange, Finding, Kind
from conformance.gate.pairing import Pair
from conformance.gate.sides import Side
from conformance.gate.waivers import Waivers
from conformance.judge import is_as_expected, judge, observed_facts
from conformance.patterns import matches
from conformance.results import Line
from conformance.values import same, same_facts
from conformance.versions import expected


@dataclass(frozen=True, slots=True)
class Standing:
    """How an observation stands to its topic; None where nothing is required, or not enough is known."""

    as_expected: bool | None
    conforms: bool | None


def findings(
    pair: Pair, cases: Mapping[str, Case], patterns: Sequence[str], waivers: Waivers
) -> Iterator[Finding]:
    """A finding for each case of either side that matches a pattern, or for all where there is no pattern."""
    base, new = pair
    for case in sorted({*base.lines, *new.lines}):
        if patterns and not any(matches(case, pattern) for pattern in patterns):
            continue
        found = _finding(case, pair, cases)
        waiver = waivers.find(case, new.family, new.version)
        yield replace(found, waiver=waiver) if waiver else found


def _finding(case: str, pair: Pair, cases: Mapping[str, Case]) -> Finding:
    base, new = pair
    known = cases.get(case)
    before, after = base.lines.get(case), new.lines.get(case)
    if after is None:
        return _vanished(case, new.libc, cases)
    seen = after.observation
    if seen.outcome.kind == "failed":
        reason = str(seen.outcome.details.get("reason", "no reason was given"))
        return Finding(case, new.libc, Kind.COULD_NOT_RUN, reason=reason, known=known)
    now = _standing(known, new, after)
    if seen.info.get("unstable"):
        facts = _changes(known, new, *_variants(seen))
        return Finding(
            case, new.libc, Kind.UNSTABLE, facts, now.as_expected, reason=_repeats(seen), known=known
        )
    if before is None or before.observation.outcome.kind == "failed":
        facts = _changes(known, new, {}, observed_facts(seen))
        return Finding(case, new.libc, Kind.NEW, facts, now.as_expected, now.as_expected is True, known=known)
    old_facts, new_facts = observed_facts(before.observation), observed_facts(seen)
    if same_facts(old_facts, new_facts):
        return Finding(case, new.libc, Kind.SAME, as_expected=now.as_expected, known=known)
    then = _standing(known, base, before)
    kind = kind_of_change(then, now)
    return Finding(
        case,
        new.libc,
        kind,
        _changes(known, new, old_facts, new_facts),
        now.as_expected,
        _is_accepted(kind, then, now),
        known=known,
    )


def kind_of_change(then: Standing, now: Standing) -> Kind:
    """The class of facts that differ: where something is required that decides, else what is expected."""
    required = then.conforms is not None and now.conforms is not None
    before, after = (then.conforms, now.conforms) if required else (then.as_expected, now.as_expected)
    if before == after or before is None or after is None:
        return Kind.CHANGED
    return Kind.FIXED if after else Kind.REGRESSED


def _is_accepted(kind: Kind, then: Standing, now: Standing) -> bool:
    """Whether the topics already say what is seen now: for a change, instead of what was seen before."""
    if kind is Kind.FIXED:
        return now.as_expected is True
    return kind is Kind.CHANGED and now.as_expected is True and then.as_expected is False


def _standing(known: Case | None, side: Side, line: Line) -> Standing:
    if known and side.version:
        verdict = judge(known, side.family, side.version, line.observation)
        assert verdict
        return Standing(is_as_expected(verdict.expected, side.libc), verdict.conforms)
    if not line.verdict:
        return Standing(None, None)
    told = line.verdict.get("expected")
    return Standing(is_as_expected(told, side.libc), line.verdict.get("conforms"))


def _changes(known: Case | None, side: Side, old: Facts, new: Facts) -> tuple[FactChange, ...]:
    wanted = expected(known, side.family, side.version) if known and side.version else {}
    return tuple(
        FactChange(fact, old.get(fact), new.get(fact), wanted[fact][0] if fact in wanted else None)
        for fact in sorted({*old, *new})
        if not same(old.get(fact), new.get(fact))
    )


def _vanished(case: str, libc: str, cases: Mapping[str, Case]) -> Finding:
    """A case that was taken out of its topic, or that a machine cannot run, is no hole in NEW."""
    known = cases.get(case)
    if cases and known is None:
        return Finding(case, libc, Kind.VANISHED, accepted=True, reason="no topic has it any more")
    if known and known.needs:
        needs = ", ".join(need if isinstance(need, str) else " ".join(*need.items()) for need in known.needs)
        reason = f"it needs {needs}, so it may have been skipped"
        return Finding(case, libc, Kind.VANISHED, accepted=True, reason=reason, known=known)
    return Finding(case, libc, Kind.VANISHED, reason="NEW did not run it", known=known)


def _variants(seen: Observation) -> tuple[Facts, Facts]:
    """What was seen most often in the repeats, and what was seen next."""
    first, second = seen.info["unstable"][:2]
    return first["facts"], second["facts"]


def _repeats(seen: Observation) -> str:
    counts = " + ".join(str(variant["times"]) for variant in seen.info["unstable"])
    return f"{len(seen.info['unstable'])} different observations in {seen.info['repeats']} repeats ({counts})"
