"""What the gate can say of a case on a libc, in the order in which it matters."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.case import Case, Value
from conformance.gate.waivers import Waiver


class Kind(StrEnum):
    """The classes, worst first."""

    REGRESSED = "regressed"
    UNSTABLE = "unstable"
    CHANGED = "changed"
    COULD_NOT_RUN = "could not run"
    VANISHED = "vanished case"
    NEW = "new case"
    FIXED = "fixed"
    SAME = "same"


class Effect(StrEnum):
    """What a finding does to the gate, worst first: only `fails` and `no verdict` keep it shut."""

    FAILS = "fails"
    NO_VERDICT = "no verdict"
    WAIVED = "waived"
    PASSES = "passes"


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact that differs; None stands for a fact that is absent. `expected` is what the topic says now."""

    fact: str
    base: Value | None
    new: Value | None
    expected: Value | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one case on one libc, which is named as in the newer run.

    `as_expected` is whether the newer observation is what its topic expects; None where there is none, or no
    topic is known. `accepted` is whether the change needs no further decision. `reason` is a sentence
    on why a case could not run, vanished, or is accepted.
    """

    case: str
    libc: str
    kind: Kind
    facts: tuple[FactChange, ...] = ()
    as_expected: bool | None = None
    accepted: bool = False
    reason: str | None = None
    known: Case | None = None
    waiver: Waiver | None = None

    @property
    def effect(self) -> Effect:
        """What the finding does to the gate."""
        if self.kind is Kind.SAME or self.accepted:
            return Effect.PASSES
        if self.waiver:
            return Effect.WAIVED
        return Effect.NO_VERDICT if self.kind in (Kind.COULD_NOT_RUN, Kind.VANISHED) else Effect.FAILS
