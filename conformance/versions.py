"""Which versions an expectation speaks of: `all`, a family, or a family with a range of versions.

Versions are ordered and matched as PEP 440 does. A narrower selector overrides a wider one, fact by fact.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from conformance.case import Case, Value
from conformance.libcs.catalogue import catalogue

FAMILIES = ("musl", "glibc")

_SELECTOR = re.compile(r"(?P<family>\w+)(?:\s+(?P<range>.+))?")


@dataclass(frozen=True, slots=True)
class Selector:
    """The key of an expectation: `all`, `musl`, `glibc >=2.36,<2.41`."""

    text: str
    family: str | None
    range: SpecifierSet | None = None

    @property
    def breadth(self) -> int:
        """0 for `all`, 1 for a family, 2 for a range: the higher overrides the lower."""
        return (self.family is not None) + (self.range is not None)

    def matches(self, family: str, version: str) -> bool:
        """Whether the expectation speaks of this libc."""
        return self.family is None or (
            self.family == family and (self.range is None or in_range(self.range, version))
        )

    @property
    def boundaries(self) -> list[Version]:
        """The versions that the range names."""
        return [Version(part.version.removesuffix(".*")) for part in self.range or ()]


@cache
def in_range(versions: SpecifierSet, version: str) -> bool:
    """Whether a version lies in a range; pre-releases count like any other version."""
    return versions.contains(version, prereleases=True)


@cache
def parse_selector(text: str) -> Selector:
    """Read the key of an expectation.

    Raises ValueError, which says what is wrong with it.
    """
    if text == "all":
        return Selector(text, None)
    found = _SELECTOR.fullmatch(text)
    if not found or found["family"] not in FAMILIES:
        raise ValueError(
            f"{text!r} selects nothing: write `all`, `musl`, `glibc`, or a family and a range "
            "such as `musl >=1.2.5`"
        )
    if found["range"] is None:
        return Selector(text, found["family"])
    try:
        versions = SpecifierSet(found["range"])
        selector = Selector(text, found["family"], versions)
        if any(part.operator == "===" for part in versions) or not selector.boundaries:
            raise InvalidSpecifier
    except (InvalidSpecifier, InvalidVersion):
        raise ValueError(
            f"{found['range']!r} is not a range of versions: write comparisons separated by commas, "
            f"such as `{found['family']} >=1.2,<1.3` or `{found['family']} ==1.2.3`"
        ) from None
    return selector


@cache
def catalogued() -> tuple[tuple[str, str], ...]:
    """Family and version of every libc of the catalogue, by family and from old to new."""
    return in_order((entry.family, entry.version) for entry in catalogue().values())


def in_order(libcs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Sorted as tables show them: musl before glibc, old before new."""
    return tuple(sorted(set(libcs), key=lambda libc: (FAMILIES.index(libc[0]), Version(libc[1]))))


def split_name(name: str) -> tuple[str, str]:
    """Family and version of a libc's name such as `musl-1.2.6`."""
    family, _, version = name.partition("-")
    return family, version


def overlap(one: Selector, other: Selector, libcs: Sequence[tuple[str, str]]) -> str | None:
    """A version that two ranges of one family both match, or None.

    The catalogued versions are tried, the versions that the ranges name, and one just above each of these.
    """
    if one.range is None or other.range is None or one.family != other.family:
        return None
    named = sorted({*one.boundaries, *other.boundaries})
    candidates = [str(version) for version in named]
    candidates += [version for family, version in libcs if family == one.family]
    candidates += [f"{version.base_version}.1" for version in named]
    both = one.range & other.range
    return next((version for version in candidates if in_range(both, version)), None)


def expected(case: Case, family: str, version: str) -> dict[str, tuple[Value, str]]:
    """What a case expects of one libc: each fact with its value and the selector it comes from.

    A null under a narrower selector takes away what a wider one expects.
    """
    selectors = [parse_selector(text) for text in case.expect]
    selectors = [selector for selector in selectors if selector.matches(family, version)]
    facts: dict[str, tuple[Value, str]] = {}
    for selector in sorted(selectors, key=lambda selector: selector.breadth):
        for fact, value in case.expect[selector.text].items():
            if value is None:
                facts.pop(fact, None)
            else:
                facts[fact] = (value, selector.text)
    return facts
