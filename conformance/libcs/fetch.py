"""Filling the cache: packages by their SHA-256, root directories by the digest of what they are made of."""

import hashlib
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path

from tqdm import tqdm

from conformance.errors import UserError
from conformance.libcs import filling
from conformance.libcs.catalogue import Entry
from conformance.libcs.download import NotOnMirror, download_verified
from conformance.libcs.lock import LockedPackage, locked_packages
from conformance.libcs.mirror import debian_mirror
from conformance.libcs.unpack import UNPACKER_VERSION, unpack
from conformance.paths import cache

_AT_ONCE = 4


def root_digest(packages: Sequence[LockedPackage]) -> str:
    """What names a root in the cache: it changes with any package and with the way they are unpacked."""
    parts = [f"unpacker {UNPACKER_VERSION}", *(package.sha256 for package in packages)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def root_of(entry: Entry) -> Path:
    """Where the root directory of a catalogued libc is, or will be once it is fetched."""
    return cache() / "roots" / root_digest(locked_packages(entry))


def fetch(entries: Sequence[Entry], mirror: str | None = None) -> None:
    """Make sure that the roots of all entries are in the cache; progress goes to stderr.

    `mirror` is a URL, by default the one that this machine's apt uses. A root appears whole or not at all,
    and runs at the same time wait for each other. Raises UserError where something cannot be had or verified.
    """
    if not _missing(entries):
        return
    with filling.incoming() as incoming:
        missing = _missing(entries)  # another run may have fetched them while this one waited
        _download_packages(missing, mirror, incoming)
        for entry in tqdm(missing, unit="libc", desc="unpacking", disable=None):
            _unpack_root(entry, incoming)


def _missing(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if not root_of(entry).is_dir()]


def _stored(package: LockedPackage) -> Path:
    return cache() / "packages" / f"{package.sha256}.deb"


def _is_stored(package: LockedPackage) -> bool:
    file = _stored(package)
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == package.sha256


def _download_packages(entries: Sequence[Entry], mirror: str | None, incoming: Path) -> None:
    needed = {package.sha256: (entry, package) for entry in entries for package in locked_packages(entry)}
    missing = [(entry, package) for entry, package in needed.values() if not _is_stored(package)]
    if not missing:
        return
    url = debian_mirror(mirror)
    total = sum(package.size for _, package in missing)
    if not sys.stderr.isatty():
        print(f"fetching {len(missing)} packages, {total / 1e6:.1f} MB", file=sys.stderr, flush=True)
    with (
        tqdm(total=total, unit="B", unit_scale=True, desc="fetching", disable=None) as bar,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        downloads = [
            pool.submit(_download_package, entry, package, url, incoming, bar.update)
            for entry, package in missing
        ]
        _wait_for_all(downloads)


def _wait_for_all(downloads: Sequence[Future[None]]) -> None:
    try:
        done, _ = wait(downloads, return_when=FIRST_EXCEPTION)
    finally:
        for download in downloads:
            download.cancel()
    for download in done:
        download.result()


def _download_package(
    entry: Entry, package: LockedPackage, mirror: str, incoming: Path, progress: Callable[[int], object]
) -> None:
    part = incoming / package.sha256
    try:
        download_verified(f"{mirror}/{package.path}", package.size, package.sha256, part, progress)
    except NotOnMirror as error:
        raise UserError(
            f"{entry.name}: the mirror {mirror} no longer has {package.name} {package.version}; "
            f"it probably has a newer one. Lock what it has now with: conformance libcs lock {entry.name}, "
            "or name a mirror that keeps old versions with --mirror URL"
        ) from error
    part.rename(_stored(package))


def _unpack_root(entry: Entry, incoming: Path) -> None:
    packages = locked_packages(entry)
    root = incoming / entry.name
    unpack([_stored(package) for package in packages], root)
    root.rename(root_of(entry))
    if not sys.stderr.isatty():
        print(f"fetched {entry.name}", file=sys.stderr, flush=True)
