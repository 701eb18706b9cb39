"""Which packages to install so that everything that is asked for, and all that it needs, is there.

As in apk, the newest provider of a name wins, and whatever was chosen is undone where it leads nowhere: all
combinations are tried, the preferred ones first, until one holds.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.errors import UserError
from conformance.libcs.apk.dependency import Dependency
from conformance.libcs.apk.index import Package
from conformance.libcs.apk.version import is_valid, sort_key

_MOST_STEPS = 20_000
"""Choices and retractions before giving up: the solver has no other way to see that there is no end to it."""


class _Impossible(Exception):
    """The choices made so far contradict each other."""


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
    waiting: deque[_Need] = field(default_factory=deque)

    def copy(self) -> "_State":
        return _State(self.chosen.copy(), self.owners.copy(), self.also, self.conflicts, self.waiting.copy())

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
        self.waiting.extend(_Need(dependency, package, tags) for dependency in package.depends)


def solve(world: Sequence[Dependency], available: Iterable[Package]) -> list[Package]:
    """The packages to install, each after those that it needs, base layouts first.

    `world` is what the user asks for. Raises UserError which tells the first thing that cannot be fulfilled.
    """
    return _in_order(_Solver(available).solve(world))


class _Solver:
    def __init__(self, available: Iterable[Package]) -> None:
        self._providers: defaultdict[str, list[tuple[str | None, Package]]] = defaultdict(list)
        self._conditional: list[Package] = []
        for package in available:
            if not is_valid(package.version):
                continue
            for name, version in package.provides:
                self._providers[name].append((version, package))
            if package.fields.get("i"):
                self._conditional.append(package)

    def solve(self, world: Sequence[Dependency]) -> dict[str, Package]:
        state = _State()
        for dependency in world:
            tags = frozenset([dependency.tag]) if dependency.tag else frozenset()
            state.waiting.append(_Need(dependency, None, tags))
        undone: list[tuple[_State, _Need, deque[Package]]] = []
        first: str | None = None
        for _ in range(_MOST_STEPS):
            try:
                need = self._next(state)
                if need is None:
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
        """The next need that is not fulfilled; None where all are."""
        while True:
            while state.waiting:
                need = state.waiting.popleft()
                if need.dependency.conflict:
                    _exclude(need, state)
                elif not state.fulfils(need.dependency):
                    return need
            if not self._trigger(state):
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
        wanted = need.dependency
        providers = [each for each in self._providers[wanted.name] if _in_reach(each[1], need)]
        fitting = [each for each in providers if wanted.accepts(each[0])]
        if not fitting:
            raise _Impossible(f"{need}, {self._what_there_is(wanted, providers)}")
        automatic = [each for each in fitting if each[0] is not None or each[1].priority]
        names = sorted({package.name for _, package in fitting})
        if not automatic and len(names) > 1:
            raise _Impossible(
                f"{need}, which {', '.join(names)} provide without a version or a priority: "
                "name one of them in the list of packages"
            )
        found = False
        refusals = []
        for _, package in sorted(automatic or fitting, key=lambda each: _preference(*each), reverse=True):
            refusal = state.refusal(package)
            if refusal is None:
                found = True
                yield package
            else:
                refusals.append(refusal)
        if not found:
            raise _Impossible(f"{need}, but {refusals[0]}")

    def _what_there_is(self, wanted: Dependency, providers: Sequence[tuple[str | None, Package]]) -> str:
        versions = sorted({version or "without a version" for version, _ in providers}, key=sort_key)
        if versions:
            return f"but the repositories have only {wanted.name} {', '.join(versions)}"
        if wanted.tag and self._providers[wanted.name]:
            return f"but no repository with the tag {wanted.tag} has it"
        if tags := sorted({package.tag for _, package in self._providers[wanted.name] if package.tag}):
            return f"but only repositories with a tag have it: ask for {wanted.name}@{tags[0]}"
        return "which no repository has"


def _preference(version: str | None, package: Package) -> tuple[object, ...]:
    """The greater, the better: no tag, the version it provides, its priority, its own version, its place."""
    provided = sort_key(version) if version is not None else ()
    return package.tag is None, provided, package.priority, sort_key(package.version), -package.order


def _in_reach(package: Package, need: _Need) -> bool:
    if need.dependency.tag:
        return package.tag == need.dependency.tag
    return package.tag is None or package.tag in need.tags


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
