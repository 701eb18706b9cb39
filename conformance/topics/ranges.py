"""Chooses ranges of versions, keeping the boundaries that somebody who knows has written.

When 1.2.3 and 1.2.5 differ, the change may have come with 1.2.4. Without better knowledge the range starts at
the version that was seen; a boundary that already stands between the two is kept.
"""

from collections.abc import Mapping
from itertools import combinations, pairwise

from packaging.version import Version

from conformance.case import Value
from conformance.topics.facts import Expectation
from conformance.values import same_facts
from conformance.versions import catalogued, overlap, parse_selector

Libc = tuple[str, str]
_Facts = Mapping[str, Value | None]


def range_of(expect: Expectation, libc: Libc) -> str | None:
    """The range that speaks of a libc, or None."""
    selectors = (parse_selector(text) for text in expect)
    return next((one.text for one in selectors if one.range is not None and one.matches(*libc)), None)


def ranges_for(family: str, old: Expectation, by_version: Mapping[Libc, _Facts]) -> Expectation:
    """Selectors for what each version of a family has of its own; `by_version` goes from old to new.

    Neighbours that have the same are under one selector, newer ones first. Where that is the whole family,
    its name is the selector.
    """
    written = [text for text in old if _is_range(text, family)]
    if all(same_facts(facts, old.get(range_of(old, libc) or "", {})) for libc, facts in by_version.items()):
        return {text: old[text] for text in written}
    groups = _neighbours(by_version)
    if len(groups) == 1:
        return {family: dict(by_version[groups[0][0]])}
    boundaries = [boundary for text in written for boundary in parse_selector(text).boundaries]
    made = _ranges(groups, boundaries)
    kept = [
        _written_for(group, written, by_version) or text for text, group in zip(made, groups, strict=True)
    ]
    texts = made if _any_overlap(kept) else kept
    facts = {text: dict(by_version[group[0]]) for text, group in zip(texts, groups, strict=True)}
    return dict(reversed(facts.items()))


def _is_range(text: str, family: str) -> bool:
    selector = parse_selector(text)
    return selector.family == family and selector.range is not None


def _neighbours(by_version: Mapping[Libc, _Facts]) -> list[list[Libc]]:
    groups: list[list[Libc]] = []
    for libc, facts in by_version.items():
        if groups and same_facts(facts, by_version[groups[-1][0]]):
            groups[-1].append(libc)
        else:
            groups.append([libc])
    return groups


def _ranges(groups: list[list[Libc]], boundaries: list[Version]) -> list[str]:
    """One range per group. Where two known boundaries leave a gap between the groups, the gap is kept."""
    lower, upper = [""], []
    for before, after in pairwise(groups):
        last, first = Version(before[-1][1]), Version(after[0][1])
        known = [boundary for boundary in boundaries if last < boundary <= first]
        upper.append(f"<{min(known, default=first)}")
        lower.append(f">={max(known, default=first)}")
    upper.append("")
    family = groups[0][0][0]
    return [f"{family} " + ",".join(filter(None, bounds)) for bounds in zip(lower, upper, strict=True)]


def _written_for(group: list[Libc], written: list[str], by_version: Mapping[Libc, _Facts]) -> str | None:
    """A range that already stands in the topic for exactly these versions."""
    for text in written:
        selector = parse_selector(text)
        if [libc for libc in by_version if selector.matches(*libc)] == group:
            return text
    return None


def _any_overlap(texts: list[str]) -> bool:
    pairs = combinations(map(parse_selector, texts), 2)
    return any(overlap(one, other, catalogued()) is not None for one, other in pairs)
