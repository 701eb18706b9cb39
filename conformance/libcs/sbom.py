"""What is in a libc's root directory, as a document that other tools read, and the digest of it."""

import hashlib
import re
from dataclasses import dataclass

import conformance
from conformance.errors import UserError
from conformance.libcs.filling import cache_errors, write_whole
from conformance.libcs.installed import Installed, packages
from conformance.libcs.model import Libc
from conformance.libcs.rootpath import inside
from conformance.paths import cache

_VERSION = 1
"""Part of what the cache remembers: to be raised when the same contents are described differently."""

_OS_RELEASE = re.compile(r'^(ID|VERSION_ID)="?([\w.-]+)"?$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Contents:
    """A root directory with its packages, sorted; `system` has ID and VERSION_ID of its os-release."""

    name: str
    version: str
    packages: tuple[Installed, ...]
    system: tuple[tuple[str, str], ...]


def document(libc: Libc) -> str:
    """The bill of materials in JSON (CycloneDX 1.6); the same for the same packages.

    Raises UserError where nothing tells the packages of the root directory.
    """
    # imported when it is needed: it takes long
    from conformance.libcs.cyclonedx_json import bill_of_materials

    return bill_of_materials(_contents(libc))


def digest(libc: Libc) -> str | None:
    """SHA-256 of the document in hex; None where nothing tells the packages. Raises UserError."""
    try:
        contents = _contents(libc)
    except (UserError, OSError):
        return None
    key = hashlib.sha256(f"{_VERSION} {conformance.__version__} {contents!r}".encode()).hexdigest()
    answer = cache() / "sbom" / key
    if not answer.is_file():
        with cache_errors():
            write_whole(answer, hashlib.sha256(document(libc).encode()).hexdigest())
    return answer.read_text()


def _contents(libc: Libc) -> Contents:
    release = inside(libc.root, "/etc/os-release")
    text = release.read_text(errors="replace") if release.is_file() else ""
    system = tuple(sorted(_OS_RELEASE.findall(text)))
    return Contents(libc.name, libc.version, tuple(packages(libc)), system)
