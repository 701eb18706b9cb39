"""The lock file: the exact packages of each catalogued libc, pinned by SHA-256."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.catalogue import Entry, catalogue

LOCK = Path(__file__).with_name("lock.toml")

_HEADER = """\
# Written by `conformance libcs lock`: the packages of each catalogued libc, as a signed index listed them.
# `path` is relative to a Debian mirror, `size` is in bytes.
"""


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One package file. `path` is relative to the mirror, `size` in bytes, `sha256` in hex."""

    name: str
    version: str
    arch: str
    path: str
    size: int
    sha256: str


Lock = dict[str, tuple[LockedPackage, ...]]
"""The packages of each libc by the libc's name."""


def read_lock() -> Lock:
    """The lock; empty where there is no file yet."""
    if not LOCK.exists():
        return {}
    data = tomllib.loads(LOCK.read_text())
    return {
        name: tuple(LockedPackage(**package) for package in libc["packages"]) for name, libc in data.items()
    }


def write_lock(lock: Lock) -> None:
    """Write the lock in the catalogue's order, one line per package, so that a change reads well in a diff.

    Raises UserError where the file cannot be written.
    """
    text = _HEADER
    for name in (name for name in catalogue() if name in lock):
        text += f'\n["{name}"]\npackages = [\n'
        text += "".join(f"    {_inline_table(package)},\n" for package in lock[name])
        text += "]\n"
    try:
        LOCK.write_text(text)
    except OSError as error:
        raise UserError(f"cannot write the lock {LOCK}: {error.strerror}") from error


def locked_packages(entry: Entry) -> tuple[LockedPackage, ...]:
    """The locked packages of a catalogued libc.

    Raises UserError where the lock lacks the libc or names other packages than the catalogue.
    """
    packages = read_lock().get(entry.name, ())
    if {package.name for package in packages} != set(entry.packages):
        raise UserError(
            f"{LOCK.name} does not hold the packages that the catalogue names for {entry.name}; "
            f"write it anew with: conformance libcs lock {entry.name}"
        )
    return packages


def _inline_table(package: LockedPackage) -> str:
    return (
        f'{{ name = "{package.name}", version = "{package.version}", arch = "{package.arch}", '
        f'path = "{package.path}", size = {package.size}, sha256 = "{package.sha256}" }}'
    )
