"""Packages in the cache: downloaded, verified, and stored under what they hold."""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from conformance.errors import UserError
from conformance.libcs.apk.config import Config, Place
from conformance.libcs.apk.index import Package
from conformance.libcs.apk.keys import Keyring
from conformance.libcs.apk.lockfile import Locked
from conformance.libcs.apk.package import Members, stored, verified
from conformance.libcs.apk.repository import fetched
from conformance.libcs.download import NotOnMirror
from conformance.paths import cache

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package that an index or a lock promises, and what to tell the user where the server lacks it."""

    package: Package | Locked
    gone: str


def path_of(key: str) -> Path:
    """Where a package is stored, by `Locked.key`."""
    return cache() / "packages" / f"{key}.apk"


def is_stored(package: Locked) -> bool:
    """Whether the package is in the cache, undamaged."""
    file = path_of(package.key)
    try:
        return file.is_file() and package.fits(stored(file))
    except UserError:
        return False


def download(wanted: Sequence[Wanted], config: Config, trusted: Keyring, incoming: Path) -> list[Members]:
    """The members of packages, which are stored, in the order of `wanted`; progress goes to stderr.

    `incoming` is a folder to write into. Raises UserError where one cannot be had or verified.
    """
    total = sum(each.package.size for each in wanted)
    if not sys.stderr.isatty():
        print(f"fetching {len(wanted)} packages, {total / 1e6:.1f} MB", file=sys.stderr, flush=True)
    with (
        tqdm(total=total, unit="B", unit_scale=True, desc="fetching", disable=None) as bar,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        downloads = [pool.submit(_download, each, config, trusted, incoming, bar.update) for each in wanted]
        try:
            return [each.result() for each in downloads]
        finally:
            for each in downloads:
                each.cancel()


def _download(
    wanted: Wanted, config: Config, trusted: Keyring, incoming: Path, progress: Callable[[int], object]
) -> Members:
    package = wanted.package
    place = place_of(package.url, config)
    source = str(place.locate(package.url))
    try:
        content = fetched(place, package.url, package.size, progress)
    except NotOnMirror as error:
        raise UserError(f"{source}: is not there, {wanted.gone}") from error
    if len(content) < package.size:
        raise UserError(f"{source}: is cut off: it has {len(content)} of {package.size} bytes; try again")
    members = verified(content, package.checksum, trusted, source)
    told = [members.info.get(key, [""])[0] for key in ("pkgname", "pkgver")]
    if told != [package.name, package.version]:
        raise UserError(f"{source}: says that it is {' '.join(told)}, not {package.name} {package.version}")
    part = incoming / f"{package.name}.apk"
    part.write_bytes(content)
    part.rename(path_of(members.key))
    return members


def place_of(url: str, config: Config) -> Place:
    """The repository that a URL belongs to; the file itself where a lock names another."""
    for place in config.repositories:
        if url.startswith(f"{place.written}/"):
            return place
    return Place(url, config.file, 1)
