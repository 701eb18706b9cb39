"""Making the lock: what the suites have now for each catalogued libc."""

from collections.abc import Iterable
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.arch import ARCHITECTURES
from conformance.libcs.catalogue import Entry
from conformance.libcs.lock import Lock
from conformance.libcs.suite import Suite


def relock(entries: Iterable[Entry], mirror: str, keyring: Path, *, allow_expired: bool) -> Lock:
    """The packages of the entries as the mirror's signed indexes list them.

    Raises UserError for an index that cannot be verified, a package that is missing, and a suite that has
    moved on to another version of the libc than the catalogue says.
    """
    suites: dict[tuple[str, str], Suite] = {}
    lock: Lock = {}
    for entry in entries:
        key = entry.suite, ARCHITECTURES[entry.arch].debian
        if key not in suites:
            suites[key] = Suite(mirror, *key, keyring, allow_expired=allow_expired)
        found = suites[key].find(entry.packages)
        libc = found[entry.packages[0]]
        if libc.version.split("-")[0] != entry.version:
            raise UserError(
                f"the suite {entry.suite} has {libc.name} {libc.version} now, not {entry.version}; "
                f"the catalogue needs a new entry in place of {entry.name}"
            )
        lock[entry.name] = tuple(found[name] for name in entry.packages)
    return lock
