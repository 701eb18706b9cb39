"""One case in words and a table: what each libc does, what is required, why they differ, what to do."""

import shlex
from collections.abc import Iterator

from conformance.case import Case, Facts, Scenario
from conformance.reference.markdown import code, link, prose, table
from conformance.reference.ranges import Group, groups
from conformance.values import same, shown

TOP = "../.."
"""The way from a page to the top of the project."""

FORBIDDEN = "✗"
"""Marks a value that a requirement forbids."""

ABSENT = "-"
"""Stands where a libc did not give a fact."""


def anchor(case: Case) -> str:
    """The name of a case's place in the page of its family."""
    return case.id.removeprefix(f"{case.family}/").replace("::", "-")


def entry(case: Case) -> Iterator[str]:
    """The paragraphs of a case."""
    yield f'<a id="{anchor(case)}"></a>'
    yield f"### {prose(case.title)}"
    grades = [f"{family}: {grade}" for family, grade in case.grade.items()]
    yield " · ".join([code(case.id), case.status, *grades])
    probe = case.scenario.probe
    yield f"{link(code(probe), f'{TOP}/c_src/probes/{probe}.c')}{_scenario(case.scenario)}"
    yield _facts_by_libc(case)
    if case.requires:
        yield f"Required by {prose(case.clause or '')}: {_listed(case.requires)}."
    elif case.clause:
        yield f"See {prose(case.clause)}."
    if case.why:
        yield f"Why: {prose(case.why)}"
    if case.advice:
        yield f"**Advice:** {prose(case.advice)}"
    if case.links:
        yield "\n".join(f"- <{address}>" for address in case.links)


def _scenario(scenario: Scenario) -> str:
    """The arguments, and what else the topic gives in full."""
    told = f" {code(shlex.join(scenario.argv))}" if scenario.argv else ""
    settings = [*scenario.flags, *(f"{name}={value}" for name, value in scenario.environment.items())]
    given = {
        " ".join(map(code, settings)): settings,
        "standard input": scenario.stdin,
        "files": scenario.files,
        "resolver settings": scenario.resolver,
        "scripted name servers": scenario.nameservers,
        "limits": scenario.limits != Scenario("").limits,
    }
    names = [name for name, value in given.items() if value]
    return told + (f" with {', '.join(names)}" if names else "")


def _facts_by_libc(case: Case) -> str:
    found = groups(case)
    names = dict.fromkeys(fact for facts in case.expect.values() for fact in facts)
    return table(
        ["", *(", ".join(group.labels) for group in found)],
        ([_name(fact, found), *(_value(case, group, fact) for group in found)] for fact in names),
    )


def _name(fact: str, found: list[Group]) -> str:
    differs = any(not same(group.facts.get(fact), found[0].facts.get(fact)) for group in found)
    return f"**{prose(fact)}**" if differs else prose(fact)


def _value(case: Case, group: Group, fact: str) -> str:
    value = group.facts.get(fact)
    if value is not None:
        told = code(shown(value))
    elif fact == "outcome":
        told = code("exit 0")
    else:
        told = ABSENT
    forbidden = fact in case.requires and not same(value, case.requires[fact])
    return f"{told} {FORBIDDEN}" if forbidden else told


def _listed(facts: Facts) -> str:
    return ", ".join(f"{prose(fact)} {code(shown(value))}" for fact, value in facts.items())
