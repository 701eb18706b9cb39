"""Properties of an item that its reports carry, into JUnit XML for example."""

from conformance.case import Case, Outcome
from conformance.judge import Verdict, outcome_facts
from conformance.libcs.model import Libc
from conformance.values import shown

VERDICT = "verdict"
COULD_NOT_RUN = "could not run"
UNSTABLE = "unstable"

Properties = list[tuple[str, object]]


def of_item(case: Case, libc: Libc) -> Properties:
    """What is known before anything ran."""
    properties: Properties = [
        ("case", case.id),
        ("status", case.status),
        ("libc", f"{libc.family} {libc.version}"),
        ("digest", f"sha256:{libc.identity.digest}"),
    ]
    if libc.identity.package:
        properties.append(("package", libc.identity.package))
    return properties


def of_verdict(verdict: Verdict, outcome: Outcome, *, stable: bool) -> Properties:
    """What an observation means; `requirement` only where something is required."""
    word = {True: "expected", False: "unexpected", "new": "new"}[verdict.expected]
    properties: Properties = [(VERDICT, word if stable else UNSTABLE), ("outcome", _told(outcome))]
    if verdict.conforms is not None:
        properties.append(("requirement", "conforms" if verdict.conforms else "deviates"))
    return properties


def of_failure() -> Properties:
    """The surroundings failed."""
    return [(VERDICT, COULD_NOT_RUN)]


def _told(outcome: Outcome) -> str:
    """`exit 0`, `SIGSEGV, at hlt, in free`, `timed-out, waiting [futex]`."""
    facts = outcome_facts(outcome)
    how = facts.pop("outcome", "exit 0")
    return ", ".join([str(how), *(f"{name} {shown(value)}" for name, value in facts.items())])
