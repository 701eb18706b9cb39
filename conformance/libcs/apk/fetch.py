"""From an apko file to a root directory in the cache.

What is to be installed is taken from the lock beside the file. Without one it is worked out from the indexes,
once, and kept in the cache: a second run tests what the first one did, and needs no network.
"""

import hashlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from conformance.errors import UserError
from conformance.libcs import filling
from conformance.libcs.apk import database, lockfile, store
from conformance.libcs.apk.config import Config
from conformance.libcs.apk.dependency import parse_provide
from conformance.libcs.apk.development import make_development
from conformance.libcs.apk.lockfile import Lock, Locked
from conformance.libcs.apk.package import data_archive, stored
from conformance.libcs.apk.repository import available, keyring
from conformance.libcs.apk.solver import solve
from conformance.libcs.apk.store import Wanted
from conformance.libcs.filling import write_whole
from conformance.libcs.unpack import UNPACKER_VERSION, unpack_archives
from conformance.paths import cache

_ROOT_VERSION = 1
"""Part of a root's name: to be raised when the same packages come out differently."""


def root_of(lock: Lock) -> Path:
    """Where the root directory of locked packages is, or will be once it is fetched."""
    parts = [f"apk {_ROOT_VERSION} {UNPACKER_VERSION}", *(package.key for package in lock.packages)]
    return cache() / "roots" / hashlib.sha256("\n".join(parts).encode()).hexdigest()


def lock_of(config: Config, arch: str) -> Lock | None:
    """What is to be installed, as far as that is known without asking a repository. Raises UserError."""
    for file in (lockfile.path_of(config.file), _remembered(config, arch)):
        if file.is_file():
            return lockfile.read(file, arch)
    return None


def fetch(config: Config, arch: str) -> Path:
    """The root directory that an apko file describes, fetched where it is not in the cache yet.

    A root appears whole or not at all, and runs at the same time wait for each other. Raises UserError where
    something cannot be had or verified.
    """
    lock = lock_of(config, arch)
    if lock is None or not root_of(lock).is_dir():
        with filling.incoming() as incoming:
            lock = lock_of(config, arch) or _work_out(config, arch, incoming)
            if not root_of(lock).is_dir():  # another run may have made it while this one waited
                _store_missing(lock.packages, config, incoming)
                _check(lock, config)
                _make_root(lock, incoming)
    return root_of(lock)


def relock(config: Config, archs: Sequence[str]) -> str:
    """The text of a lock file that holds what the indexes have now. Raises UserError."""
    with filling.incoming() as incoming:
        return _lock_text(config, archs, incoming)


def _remembered(config: Config, arch: str) -> Path:
    """Where the cache keeps what was worked out for a file that has no lock."""
    name = hashlib.sha256(f"{config.file.resolve()} {config.digest.hex()}".encode()).hexdigest()
    return cache() / "apk" / f"{name}-{arch}.lock.json"


def _work_out(config: Config, arch: str, incoming: Path) -> Lock:
    file = _remembered(config, arch)
    write_whole(file, _lock_text(config, [arch], incoming))
    return lockfile.read(file, arch)


def _lock_text(config: Config, archs: Sequence[str], incoming: Path) -> str:
    trusted = keyring(config)
    entries: list[dict[str, Any]] = []
    for arch in archs:
        packages = solve(config.packages, available(config, arch, trusted))
        gone = (
            "yet the index promises it: index and packages do not belong together, as in the midst of an "
            "update. Try again later, or another mirror"
        )
        wanted = [Wanted(package, gone) for package in packages]
        members = store.download(wanted, config, trusted, incoming)
        entries += (
            lockfile.entry(package.name, package.version, arch, package.url, each)
            for package, each in zip(packages, members, strict=True)
        )
    return lockfile.text(config, entries, archs)


def _store_missing(packages: Iterable[Locked], config: Config, incoming: Path) -> None:
    missing = [package for package in packages if not store.is_stored(package)]
    if not missing:
        return
    gone = (
        "yet it is locked: it has probably been superseded. Lock what there is now with: "
        f"conformance libcs lock apk:{config.file}"
    )
    wanted = [Wanted(package, gone) for package in missing]
    members = store.download(wanted, config, keyring(config), incoming)
    for package, each in zip(missing, members, strict=True):
        if not package.fits(each):
            raise UserError(f"{package.url}: is not the package that is locked: its contents are others")


def _check(lock: Lock, config: Config) -> None:
    """Raises UserError where the packages are not what the apko file asks for: it was changed since."""
    provided: list[tuple[str, str | None]] = []
    for package in lock.packages:
        info = stored(store.path_of(package.key)).info
        provided.append((package.name, package.version))
        provided += (parse_provide(each) for each in info.get("provides", ()))
    for wanted in config.packages:
        if (
            any(name == wanted.name and wanted.accepts(version) for name, version in provided)
            == wanted.conflict
        ):
            raise UserError(
                f"{config.file} asks for {wanted}, which the locked packages do not fulfil; "
                f"write the lock anew with: conformance libcs lock apk:{config.file}"
            )


def _make_root(lock: Lock, incoming: Path) -> None:
    root = incoming / "root"
    packages = [store.path_of(package.key) for package in lock.packages]
    unpack_archives(packages, data_archive, root)
    database.write(packages, root)
    make_development(root, root_of(lock))
    root.rename(root_of(lock))
    if not sys.stderr.isatty():
        print(f"unpacked {len(packages)} packages", file=sys.stderr, flush=True)
