"""Whether what is installed is what the repositories promise, and whether their indexes list what they have.

A package that lies on a server but is missing from the index is never installed, and nobody is told: so a
security fix can be published and yet reach no image. A server does not tell its files, so names are guessed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from conformance.libcs.apk import config, database
from conformance.libcs.apk.config import Config
from conformance.libcs.apk.fetch import lock_of, root_of
from conformance.libcs.apk.index import Package
from conformance.libcs.apk.packagelist import PackageList
from conformance.libcs.apk.repository import available, keyring
from conformance.libcs.apk.solver import solve
from conformance.libcs.apk.store import place_of
from conformance.libcs.apk.version import sort_key
from conformance.libcs.arch import native
from conformance.libcs.download import exists

_AT_ONCE = 8
_REVISIONS_AHEAD = 3

_REVISION = re.compile(r"(.*-r)(\d+)")


@dataclass(frozen=True, slots=True)
class Report:
    """How many packages the indexes promise for a list, and what is not as it should be."""

    promised: int
    findings: tuple[str, ...]


def check(packages: PackageList) -> Report:
    """Compares a package list's root directory, or its lock, with what the repositories have now.

    Raises UserError where the repositories cannot be asked.
    """
    image = config.read(packages.file)
    arch = native().name
    everything = available(image, arch, keyring(image))
    promised = {package.name: package for package in solve(image.packages, everything)}
    state, present = _present(image, arch)
    findings = [*_differences(state, present, promised), *_unlisted(image, present, promised, everything)]
    return Report(len(promised), tuple(findings))


def _present(image: Config, arch: str) -> tuple[str, Mapping[str, tuple[str, str]]]:
    """How the packages are there, and version and checksum of each by its name."""
    lock = lock_of(image, arch)
    if lock is None:
        return "installed", {}
    file = database.of(root_of(lock)) if root_of(lock).is_dir() else None
    if file is None:
        return "locked", {package.name: (package.version, package.checksum) for package in lock.packages}
    return "installed", {each["P"]: (each["V"], each.get("C", "")) for each in database.read(file)}


def _differences(
    state: str, present: Mapping[str, tuple[str, str]], promised: Mapping[str, Package]
) -> Iterator[str]:
    for name in sorted({*present, *promised} if present else ()):
        version, checksum = present.get(name, ("", ""))
        package = promised.get(name)
        if package is None:
            yield f"{name}: {version} is {state}, which the index no longer promises"
        elif not version:
            yield f"{name}: is not {state}, but the index promises {package.version}"
        elif version != package.version:
            yield f"{name}: {version} is {state}, but the index promises {package.version}"
        elif checksum != package.checksum:
            yield f"{name}: {version} is {state} with other contents than the index promises"


def _unlisted(
    image: Config,
    present: Mapping[str, tuple[str, str]],
    promised: Mapping[str, Package],
    everything: Sequence[Package],
) -> Iterator[str]:
    """What is on a server and not in its index, or the other way round."""
    listed = {package.url for package in everything}
    guesses = {
        url: (package.name, version)
        for package in promised.values()
        for version in _versions(package, present, everything)
        if (url := _url(package, version)) not in listed
    }
    for package in promised.values():
        guesses[package.url] = package.name, package.version
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        there = pool.map(lambda url: _is_there(url, image), guesses)
        for (url, (name, version)), is_there in zip(guesses.items(), there, strict=True):
            if is_there and url not in listed:
                yield f"{name}: {version} is published, but missing from the index"
            elif not is_there and url in listed:
                yield f"{name}: the index promises {version}, but the server has no such file"


def _versions(
    package: Package, present: Mapping[str, tuple[str, str]], everything: Iterable[Package]
) -> Iterator[str]:
    """Versions of a package that may be there: the present one, those of its siblings, the next revisions."""
    if package.name in present:
        yield present[package.name][0]
    folder = _folder(package)
    for sibling in everything:
        if (
            sibling.origin == package.origin
            and _folder(sibling) == folder
            and sort_key(sibling.version) > sort_key(package.version)
        ):
            yield sibling.version
    if match := _REVISION.fullmatch(package.version):
        for ahead in range(1, _REVISIONS_AHEAD + 1):
            yield f"{match[1]}{int(match[2]) + ahead}"


def _folder(package: Package) -> str:
    return package.url.rpartition("/")[0]


def _url(package: Package, version: str) -> str:
    return f"{_folder(package)}/{package.name}-{version}.apk"


def _is_there(url: str, image: Config) -> bool:
    located = place_of(url, image).locate(url)
    return located.is_file() if isinstance(located, Path) else exists(located)
