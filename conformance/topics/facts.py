"""The parts of a case that name facts: `expect`, `requires` and `grade`."""

import re
from itertools import combinations

from conformance.case import Facts, Value
from conformance.topics.errors import allowed
from conformance.topics.nodes import Item
from conformance.versions import FAMILIES, Selector, catalogued, overlap, parse_selector

GRADES = ("by-design", "limit", "bug", "not-implemented", "quality")

_FACT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,38}")

Expectation = dict[str, dict[str, Value | None]]


def is_fact_name(name: str) -> bool:
    """Whether probes can record a fact of this name: a C identifier of at most 39 characters."""
    return _FACT_NAME.fullmatch(name) is not None


def read_requires(item: Item) -> Facts:
    """The facts that the clause demands."""
    facts = _read_facts(item, absent_allowed=False)
    return {name: value for name, value in facts.items() if value is not None}


def read_expect(item: Item) -> Expectation:
    """The facts seen, by selector; empty where nothing was accepted yet.

    Every range must match a catalogued version, and no two ranges of a family may overlap.
    """
    if item.is_null:
        return {}
    entries = item.entries("a mapping from selectors such as `musl >=1.2.5` to facts")
    expect: Expectation = {}
    selectors: list[tuple[Selector, Item]] = []
    libcs = catalogued()
    for text, facts in (entries or {}).items():
        try:
            selector = parse_selector(text)
        except ValueError as error:
            facts.wrong(str(error))
            continue
        if selector.range is not None and not any(selector.matches(*libc) for libc in libcs):
            versions = ", ".join(version for family, version in libcs if family == selector.family)
            facts.wrong(f"matches no catalogued version ({selector.family} {versions})")
        selectors.append((selector, facts))
        expect[text] = _read_facts(facts, absent_allowed=selector.breadth > 0)
    for (one, _), (other, place) in combinations(selectors, 2):
        if (version := overlap(one, other, libcs)) is not None:
            place.wrong(f"overlaps `{one.text}`: both match {one.family} {version}")
    return expect


def _read_facts(item: Item, *, absent_allowed: bool) -> dict[str, Value | None]:
    facts: dict[str, Value | None] = {}
    entries = item.entries("a mapping from facts to values")
    if entries == {}:
        item.wrong("names no fact")
    for name, value in (entries or {}).items():
        if not is_fact_name(name):
            value.wrong(f"{name!r} is not a fact's name, which has at most 39 letters, digits and _")
        elif value.is_null and not absent_allowed:
            value.wrong("is empty: give a value (null, for an absent fact, needs a family or a range)")
        elif value.is_null:
            facts[name] = None
        elif (known := _read_value(value)) is not None:
            facts[name] = known
    return facts


def _read_value(item: Item) -> Value | None:
    if item.is_scalar:
        return _read_scalar(item)
    members = item.items("a value or a list of values")
    if members is None:
        return None
    values = [_read_scalar(member) for member in members]
    return [value for value in values if value is not None]


def _read_scalar(item: Item) -> int | float | bool | str | None:
    if not item.is_scalar or item.is_null:
        item.wrong(f"must be a value, not {item.described}")
        return None
    value = item.value()
    if isinstance(value, str) and not value.isprintable():
        item.wrong(
            "has a line break or another character that facts spell as \\n, \\t or \\xNN: "
            "write that with single quotes or none"
        )
        return None
    return value


def read_grade(item: Item) -> dict[str, str]:
    """How a family's divergence weighs."""
    grades: dict[str, str] = {}
    for family, place in (item.entries("a mapping such as `{musl: limit}`") or {}).items():
        grade = place.text()
        if family not in FAMILIES:
            place.wrong(f"{family!r} is not a family: {allowed(family, FAMILIES)}")
        elif grade is not None and grade not in GRADES:
            place.wrong(f"unknown grade {grade!r}: {allowed(grade, GRADES)}")
        elif grade is not None:
            grades[family] = grade
    return grades
