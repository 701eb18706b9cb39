"""Folds what was seen on each libc into the selectors of an expectation.

What is right stays where it is. A fact that is wrong somewhere is placed anew: under `all` if it is the same
everywhere, under its family if it is the same there, else under ranges of neighbouring versions. A value of
`all` or of a family that is still right for some stays there, and the others override it.
"""

from collections.abc import Mapping
from typing import TypeVar

from conformance.case import Case, Facts, Value
from conformance.topics.facts import Expectation
from conformance.topics.ranges import range_of, ranges_for
from conformance.values import same
from conformance.versions import FAMILIES, catalogued, expected, in_order, parse_selector

Libc = tuple[str, str]
"""Family and version."""

_T = TypeVar("_T")


def fold(case: Case, seen: Mapping[Libc, Facts]) -> Expectation:
    """The expectation that agrees with `seen`, and on other catalogued libcs with the case's own."""
    old = {libc: _values(case, libc) for libc in in_order([*catalogued(), *seen])}
    wanted = {libc: seen.get(libc, facts) for libc, facts in old.items() if facts or libc in seen}
    wrong = {
        fact
        for libc, facts in wanted.items()
        for fact in {*facts, *old[libc]}
        if not same(old[libc].get(fact), facts.get(fact))
    }
    if not wrong:
        return case.expect
    draft = _Draft(case.expect, old, wanted)
    for fact in sorted(wrong):
        draft.place(fact)
    return draft.folded()


def _values(case: Case, libc: Libc) -> Facts:
    return {fact: value for fact, (value, _) in expected(case, *libc).items()}


class _Draft:
    """An expectation taken apart into what it says of all libcs, of a family, and of each version."""

    def __init__(self, written: Expectation, old: Mapping[Libc, Facts], wanted: Mapping[Libc, Facts]) -> None:
        self.written = written
        self.old = old
        self.wanted = wanted
        self.common = dict(written.get("all", {}))
        self.families = {family: dict(written.get(family, {})) for family in FAMILIES}
        self.by_version = {libc: dict(written.get(range_of(written, libc) or "", {})) for libc in wanted}

    def folded(self) -> Expectation:
        """The parts put together again."""
        new: Expectation = {"all": self.common}
        for family in FAMILIES:
            by_version = _of(family, self.by_version)
            ranges = ranges_for(family, self.written, by_version)
            if list(ranges) == [family]:
                self.families[family] |= ranges.pop(family)
            new |= {family: self.families[family], **ranges}
        written_facts = [fact for facts in self.written.values() for fact in facts]
        order = dict.fromkeys([*written_facts, *sorted({fact for facts in new.values() for fact in facts})])
        return {
            selector: {fact: new[selector][fact] for fact in order if fact in new[selector]}
            for selector in _selectors_in_order(self.written, new)
        }

    def place(self, fact: str) -> None:
        """Puts a fact that is wrong somewhere where it belongs."""
        values = {libc: facts.get(fact) for libc, facts in self.wanted.items()}
        families = {family for family, _ in values}
        written = self.common.pop(fact, None)
        if families == {*FAMILIES} and _uniform(values) and None not in values.values():
            for family in families:
                self._remove(fact, family)
            self.common[fact] = next(iter(values.values()))
            return
        inherited = None
        if written is not None and any(_all_are(written, _of(family, values)) for family in families):
            self.common[fact] = inherited = written
        for family in families:
            if self._is_wrong(fact, family) or not same(inherited, written):
                self._place_in_family(fact, family, _of(family, values), inherited)

    def _is_wrong(self, fact: str, family: str) -> bool:
        of_family = _of(family, self.wanted)
        return any(not same(self.old[libc].get(fact), facts.get(fact)) for libc, facts in of_family.items())

    def _remove(self, fact: str, family: str) -> Value | None:
        for facts in _of(family, self.by_version).values():
            facts.pop(fact, None)
        return self.families[family].pop(fact, None)

    def _place_in_family(
        self, fact: str, family: str, values: Mapping[Libc, Value | None], inherited: Value | None
    ) -> None:
        written = self._remove(fact, family)
        if _uniform(values):
            value = next(iter(values.values()))
            if not same(value, inherited):
                self.families[family][fact] = value
            return
        if written is not None and any(same(written, value) for value in values.values()):
            self.families[family][fact] = inherited = written
        for libc, value in values.items():
            if not same(value, inherited):
                self.by_version[libc][fact] = value


def _of(family: str, values: Mapping[Libc, _T]) -> dict[Libc, _T]:
    return {libc: value for libc, value in values.items() if libc[0] == family}


def _all_are(value: Value | None, values: Mapping[Libc, Value | None]) -> bool:
    return all(same(value, other) for other in values.values())


def _uniform(values: Mapping[Libc, Value | None]) -> bool:
    return _all_are(next(iter(values.values())), values)


def _selectors_in_order(old: Expectation, new: Expectation) -> list[str]:
    """Old selectors where they were; a new one beside its family's others, newer versions first."""
    order = list(old)
    for text in new:
        if text in order:
            continue
        family = parse_selector(text).family
        beside = [at for at, other in enumerate(order) if parse_selector(other).family == family]
        older = [at for at in beside if _newest(order[at]) < _newest(text)]
        after = beside[-1] + 1 if beside else 0 if family is None else len(order)
        order.insert(older[0] if older else after, text)
    return [text for text in order if new.get(text)]


def _newest(text: str) -> int:
    """The place of the newest version that a selector matches; a family comes before its ranges."""
    selector = parse_selector(text)
    if selector.range is None:
        return len(catalogued())
    return max((at for at, libc in enumerate(catalogued()) if selector.matches(*libc)), default=-1)
