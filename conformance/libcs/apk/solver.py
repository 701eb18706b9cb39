"""Which packages to install so that everything that is asked for, and all that it needs, is there.

As in apk, the newest provider of a name wins, and an older one takes its place only where what else is chosen
excludes it: all combinations are tried, the preferred ones first, until one holds. A newest one that could
never be installed, as no repository has what it needs, is an error: an older one would be taken unnoticed.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

from conformance.errors import UserError
from conformance.libcs.apk.dependency import Dependency
from conformance.libcs.apk.index import Package
from conformance.libcs.apk.version import is_valid, sort_key

_MOST_STEPS = 20_000
"""Choices and retractions before giving up: the solver has no other way to see that there is no end to it."""


class _Impossible(Exception):
    """The choices made so far contradict each other."""


_Provider = tuple[str | None, Package]
"""A package with the version that it provides a name in, None where it does so without."""


@dataclass(frozen=True, slots=True)
class _Need:
    """A dependency, who has it (None: the user), and the tags of repositories that may fulfil it."""

    dependency: Dependency
    by: Package | None
    tags: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.by} needs {self.dependency}" if self.by else f"{self.dependency} is asked for"


@dataclass(slots=True)
class _State:
    """What is chosen so far.

    `owners` are the packages that have a name for themselves, with the version they have it in; `also` are
    names that any number of packages may provide.
    """

    chosen: dict[str, Package] = field(default_factory=dict)
    owners: dict[str, tuple[str, Package]] = field(default_factory=dict)
    also: frozenset[str] = frozenset()
    conflicts: tuple[_Need, ...] = ()
    needs: tuple[_Need, ...] = ()
    waiting: deque[_Need] = field(default_factory=deque)

    def copy(self) -> "_State":
        return _State(
            self.chosen.copy(), self.owners.copy(), self.also, self.conflicts, self.needs, self.waiting.copy()
        )

    def want(self, needs: Iterable[_Need]) -> None:
        needs = tuple(needs)
        self.needs += needs
        self.waiting.extend(needs)

    def fulfils(self, dependency: Dependency) -> bool:
        owner = self.owners.get(dependency.name)
        if owner is not None:
            return dependency.accepts(owner[0]) and dependency.tag in (None, owner[1].tag)
        return dependency.name in self.also and dependency.accepts(None)

    def refusal(self, package: Package) -> str | None:
        """Why a package cannot be added; None where it can."""
        for name, version in package.provides:
            owner = self.owners.get(name)
            if version is not None and owner is not None and owner[1] is not package:
                return f"{package} provides {name} as {owner[1]} does, which is chosen already"
        for conflict in self.conflicts:
            if _provides(package, conflict.dependency):
                return f"{conflict.by or 'the list of packages'} excludes {conflict.dependency.name}"
        return None

    def add(self, package: Package, tags: frozenset[str]) -> None:
        self.chosen[package.name] = package
        for name, version in package.provides:
            if version is None:
                self.also |= {name}
            else:
                self.owners[name] = version, package
        # repositories with a tag may fulfil what packages from there need, too
        tags = tags | {package.tag} if package.tag else tags
        self.want(_Need(dependency, package, tags) for dependency in package.depends)


def solve(world: Sequence[Dependency], available: Iterable[Package]) -> list[Package]:
    """The packages to install, each after those that it needs, base layouts first.

    `world` is what the user asks for. Raises UserError which tells the first thing that cannot be fulfilled.
    """
    return _in_order(_Solver(available).solve(world))


class _Solver:
    def __init__(self, available: Iterable[Package]) -> None:
        self._providers: defaultdict[str, list[_Provider]] = defaultdict(list)
        self._packages = [package for package in available if is_valid(package.version)]
        for package in self._packages:
            for name, version in package.provides:
                self._providers[name].append((version, package))
        self._conditional = [package for package in self._packages if package.fields.get("i")]
        self._conditional.sort(key=lambda package: sort_key(package.version), reverse=True)
        self._hopeless: dict[Package, str] = {}
        while found := dict(self._find_hopeless()):
            self._hopeless |= found

    def _find_hopeless(self) -> Iterator[tuple[Package, str]]:
        """Packages that lack something whatever else is chosen, and what; those that need them come later."""
        for package in self._packages:
            for dependency in package.depends:
                if package in self._hopeless or dependency.conflict:
                    continue
                # whatever their tags are: who else is chosen decides which are in reach
                fitting = [each for v, each in self._providers[dependency.name] if dependency.accepts(v)]
                if all(each in self._hopeless for each in fitting):
                    need = _Need(dependency, package)
                    yield package, self._hopeless[fitting[0]] if fitting else self._missing(need)
                    break

    def solve(self, world: Sequence[Dependency]) -> dict[str, Package]:
        state = _State()
        state.want(
            _Need(dependency, None, frozenset([dependency.tag] if dependency.tag else ()))
            for dependency in world
        )
        undone: list[tuple[_State, _Need, deque[Package]]] = []
        first: str | None = None
        for _ in range(_MOST_STEPS):
            try:
                need = self._next(state)
                if need is None:
                    self._check_that_newer_ones_are_excluded(state)
                    return state.chosen
                candidates = deque(self._candidates(need, state))
            except _Impossible as error:
                first = first or str(error)
                if not undone:
                    raise UserError(f"the packages cannot be installed: {first}") from error
                state, need, candidates = undone.pop()
            package = candidates.popleft()
            if candidates:
                undone.append((state.copy(), need, candidates))
            state.add(package, need.tags)
        raise UserError(
            f"no solution was found in {_MOST_STEPS} steps; the first that did not work: {first}. "
            "Name versions in the list of packages to help"
        )

    def _next(self, state: _State) -> _Need | None:
        """The next need that is not fulfilled; None where all are.

        Raises UserError where the user has to name a package.
        """
        while True:
            unnamed: list[_Need] = []
            while state.waiting:
                need = state.waiting.popleft()
                if need.dependency.conflict:
                    _exclude(need, state)
                elif state.fulfils(need.dependency):
                    continue
                elif self._reached(need) and not self._fitting(need):
                    # who provides it may be chosen for something else
                    unnamed.append(need)
                else:
                    state.waiting.extend(unnamed)
                    return need
            if not self._trigger(state):
                break
            state.waiting.extend(unnamed)
        if unnamed:
            names = sorted({package.name for _, package in self._reached(unnamed[0])})
            raise UserError(
                f"{unnamed[0]}, which {', '.join(names)} provide{'s' * (len(names) == 1)} without a version "
                "or a priority: name one in the list of packages"
            )
        return None

    def _trigger(self, state: _State) -> bool:
        """Add a package whose condition for being installed by itself (`install_if`) has become true."""
        for package in self._conditional:
            if (
                package.name not in state.chosen
                and package.tag is None
                and all(_holds(condition, state) for condition in package.install_if)
                and state.refusal(package) is None
            ):
                state.add(package, frozenset())
                return True
        return False

    def _candidates(self, need: _Need, state: _State) -> Iterator[Package]:
        fitting = self._fitting(need)
        if not fitting:
            raise _Impossible(self._missing(need))
        found = False
        refusals = []
        for _, package in sorted(fitting, key=cmp_to_key(_compare), reverse=True):
            refusal = self._hopeless.get(package) or state.refusal(package)
            if refusal is None:
                found = True
                yield package
            else:
                refusals.append(refusal)
        if not found:
            raise _Impossible(f"{need}, but {refusals[0]}")

    def _reached(self, need: _Need) -> list[_Provider]:
        providers = self._providers[need.dependency.name]
        return [each for each in providers if need.dependency.accepts(each[0]) and _in_reach(each[1], need)]

    def _fitting(self, need: _Need) -> list[_Provider]:
        """Those that are taken by themselves.

        Who provides a name without a version needs a priority, or has to be the only one.
        """
        reached = self._reached(need)
        fitting = [each for each in reached if each[0] is not None or each[1].priority]
        return fitting or (reached if len(reached) == 1 else [])

    def _check_that_newer_ones_are_excluded(self, state: _State) -> None:
        """Raises UserError where a package is older than need be only because the newer one is hopeless."""
        for need in state.needs:
            owner = state.owners.get(need.dependency.name)
            if need.dependency.conflict or owner is None:
                continue
            for version, package in self._fitting(need):
                if (
                    package in self._hopeless
                    and _compare((version, package), owner) > 0
                    and _could_replace(owner[1], package, state)
                ):
                    raise UserError(
                        f"{need}, and {package} comes first, but {self._hopeless[package]}. Ask for "
                        f"{owner[1].name}={owner[1].version} in the list of packages if that will do"
                    )

    def _missing(self, need: _Need) -> str:
        """What a need finds in the repositories instead of what it wants."""
        wanted = need.dependency
        there = self._providers[wanted.name]
        reached = [version for version, package in there if _in_reach(package, need)]
        if reached:
            versions = sorted({version or "without a version" for version in reached}, key=sort_key)
            return f"{need}, but the repositories have only {wanted.name} {', '.join(versions)}"
        if wanted.tag and there:
            return f"{need}, but no repository with the tag {wanted.tag} has it"
        if tags := sorted({package.tag for _, package in there if package.tag}):
            return f"{need}, but only repositories with a tag have it: ask for {wanted.name}@{tags[0]}"
        return f"{need}, which no repository has"


def _compare(one: _Provider, other: _Provider) -> int:
    """Positive where `one` comes first; of equals it is the one that comes first in its index."""
    return _order(_standing(*one), _standing(*other)) or _order(*_between(one[1], other[1]))


def _standing(version: str | None, package: Package) -> tuple[object, ...]:
    """No tag is best, then counts the version of the name that is asked for."""
    return package.tag is None, sort_key(version) if version is not None else ()


def _between(one: Package, other: Package) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Of one package the newest version, of several the one of the highest priority; then the repository."""
    if one.name == other.name:
        return (sort_key(one.version), -one.order), (sort_key(other.version), -other.order)
    return (one.priority, -one.order), (other.priority, -other.order)


def _order(one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    return (one > other) - (one < other)


def _in_reach(package: Package, need: _Need) -> bool:
    if need.dependency.tag:
        return package.tag == need.dependency.tag
    return package.tag is None or package.tag in need.tags


def _could_replace(old: Package, new: Package, state: _State) -> bool:
    """Whether all others that are chosen would have the new package in place of the old one."""
    versions = dict(new.provides)
    for need in state.needs:
        wanted = need.dependency
        if need.by is old or wanted.name not in versions:
            continue
        if wanted.accepts(versions[wanted.name]) == wanted.conflict:
            return False
    return True


def _exclude(need: _Need, state: _State) -> None:
    for package in state.chosen.values():
        if package is not need.by and _provides(package, need.dependency):
            raise _Impossible(f"{need.by or 'the list of packages'} excludes {package}")
    state.conflicts += (need,)


def _holds(condition: Dependency, state: _State) -> bool:
    return state.fulfils(condition) != condition.conflict


def _provides(package: Package, wanted: Dependency) -> bool:
    return any(name == wanted.name and wanted.accepts(version) for name, version in package.provides)


def _in_order(chosen: dict[str, Package]) -> list[Package]:
    by_name = {name: package for package in chosen.values() for name, _ in reversed(package.provides)}
    ordered: dict[str, Package] = {}

    def place(package: Package, above: frozenset[str]) -> None:
        if package.name in ordered or package.name in above:
            return
        for dependency in package.depends:
            if not dependency.conflict and (needed := by_name.get(dependency.name)):
                place(needed, above | {package.name})
        ordered[package.name] = package

    for package in sorted(chosen.values(), key=lambda each: each.name):
        place(package, frozenset())
    # base layouts make the links that other packages unpack through
    return sorted(ordered.values(), key=lambda each: "baselayout" not in each.name)
