"""Which libcs do the same in a case, and how a range of versions is told to people."""

from dataclasses import dataclass, field

from packaging.specifiers import Specifier

from conformance.case import Case, Facts
from conformance.topics.ranges import ranges_for
from conformance.values import same_facts
from conformance.versions import FAMILIES, catalogued, expected, parse_selector

_WORDS = {
    ">=": "from {}",
    ">": "after {}",
    "<": "before {}",
    "<=": "up to {}",
    "==": "{}",
    "!=": "but not {}",
    "~=": "compatible with {}",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Libcs that show the same facts; `labels` are families, or ranges of their versions in words."""

    facts: Facts
    labels: list[str] = field(default_factory=list)


def groups(case: Case) -> list[Group]:
    """Who does what, musl first and newer versions first; a single group where all do the same.

    Boundaries are those that the topic names, which may lie between two catalogued versions.
    """
    found: list[Group] = []
    for family, libcs in _by_family().items():
        by_version = {libc: facts_on(case, *libc) for libc in libcs}
        selectors = {text: parse_selector(text) for text in ranges_for(family, case.expect, by_version)}
        for libc, facts in reversed(by_version.items()):
            label = next(words(text) for text, selector in selectors.items() if selector.matches(*libc))
            group = next((group for group in found if same_facts(group.facts, facts)), None)
            if group is None:
                found.append(group := Group(facts))
            if label not in group.labels:
                group.labels.append(label)
    return found


def facts_on(case: Case, family: str, version: str) -> Facts:
    """What a case expects of one libc."""
    return {fact: value for fact, (value, _) in expected(case, family, version).items()}


def newest_differ(case: Case) -> bool:
    """Whether the newest catalogued versions of the families part in this case."""
    first, *others = (facts_on(case, *libcs[-1]) for libcs in _by_family().values())
    return not all(same_facts(first, facts) for facts in others)


def changed(case: Case) -> bool:
    """Whether the versions of a family part in this case."""
    return any(
        not same_facts(facts_on(case, *libcs[0]), facts_on(case, *libc))
        for libcs in _by_family().values()
        for libc in libcs
    )


def _by_family() -> dict[str, list[tuple[str, str]]]:
    """The catalogued libcs of each family, from old to new."""
    return {family: [libc for libc in catalogued() if libc[0] == family] for family in FAMILIES}


def words(selector: str) -> str:
    """`musl >=1.2.3,<1.2.5` as `musl from 1.2.3 before 1.2.5`."""
    chosen = parse_selector(selector)
    parts = sorted(chosen.range or (), key=_lower_bound_first)
    told = [_WORDS[part.operator].format(part.version) for part in parts]
    return " ".join([chosen.family or selector, *told])


def _lower_bound_first(part: Specifier) -> tuple[bool, str]:
    return not part.operator.startswith(">"), str(part)
