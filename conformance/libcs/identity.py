"""What proves which libc was tested: the file's digest, its build id, the package that it came with."""

import re
from pathlib import Path

from conformance.libcs.arch import Architecture
from conformance.libcs.directory import Found
from conformance.libcs.elf import build_id, file_digest
from conformance.libcs.model import Family, Identity
from conformance.libcs.rootpath import inside

_DEBIAN_NAMES: dict[Family, str] = {"musl": "musl", "glibc": "libc6"}


def identity(found: Found, package: str | None) -> Identity:
    """The identity of a libc that came with `package`, `musl 1.2.5-r0`."""
    library = found.library_file
    return Identity(file_digest(library), build_id(library), package)


def installed_package(found: Found) -> str | None:
    """Name and version of the package, as the root's own database of dpkg or apk has it; None without one."""
    return _of_dpkg(found.root, found.family, found.arch) or _of_apk(found.root, found.library)


def _of_dpkg(root: Path, family: Family, arch: Architecture) -> str | None:
    status = inside(root, "/var/lib/dpkg/status")
    # Images without dpkg itself keep one file per package instead.
    single = inside(root, f"/var/lib/dpkg/status.d/{_DEBIAN_NAMES[family]}")
    for file in (status, single):
        if not file.is_file():
            continue
        for stanza in file.read_text(errors="replace").split("\n\n"):
            fields = dict(re.findall(r"^(\S+): (.*)$", stanza, re.MULTILINE))
            if fields.get("Package") == _DEBIAN_NAMES[family] and fields.get("Architecture") == arch.debian:
                return f"{fields['Package']} {fields['Version']}"
    return None


def _of_apk(root: Path, library: str) -> str | None:
    database = inside(root, "/lib/apk/db/installed")
    if not database.is_file():
        database = inside(root, "/usr/lib/apk/db/installed")
    if not database.is_file():
        return None
    owned = f"R:{Path(library).name}"
    for record in database.read_text(errors="replace").split("\n\n"):
        lines = record.splitlines()
        if owned in lines:
            fields = dict(line.split(":", 1) for line in lines if line[:2] in ("P:", "V:"))
            return f"{fields['P']} {fields['V']}"
    return None
