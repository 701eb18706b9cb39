"""The packages that a root directory is made of, as its package database, or our own lock, has them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conformance.errors import UserError
from conformance.libcs.apk import database
from conformance.libcs.apk.checksum import sha1_hex
from conformance.libcs.catalogue import catalogue
from conformance.libcs.lock import locked_packages
from conformance.libcs.model import Libc
from conformance.libcs.rootpath import inside

_FIELD = re.compile(r"^(\S+): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Installed:
    """One package, the SHA-1 of an apk's control data or the SHA-256 of a .deb, in hex."""

    kind: Literal["apk", "deb"]
    name: str
    version: str
    arch: str
    source: str | None = None
    licence: str | None = None
    description: str | None = None
    sha1: str | None = None
    sha256: str | None = None


def databases(root: Path) -> list[Path]:
    """The files of a root directory's package database, none where it has none."""
    status = inside(root, "/var/lib/dpkg/status")
    single = inside(root, "/var/lib/dpkg/status.d")
    apk = database.of(root)
    files = [status] if status.is_file() else []
    # images without dpkg itself keep one file for each package instead
    files += sorted(file for file in single.glob("*") if file.suffix != ".md5sums" and file.is_file())
    return [*files, apk] if apk else files


def packages(libc: Libc) -> list[Installed]:
    """The packages of a libc's root directory, sorted. Raises UserError where nothing tells them."""
    if libc.name in catalogue():
        found = {
            Installed("deb", package.name, package.version, package.arch, sha256=package.sha256)
            for package in locked_packages(catalogue()[libc.name])
        }
    else:
        apk = database.of(libc.root)
        files = databases(libc.root)
        if not files:
            raise UserError(f"{libc.name}: {libc.root} has no database of packages, neither dpkg's nor apk's")
        try:
            found = {each for file in files for each in (_of_apk(file) if file == apk else _of_dpkg(file))}
        except OSError as error:
            raise UserError(f"{libc.name}: {error.filename} cannot be read: {error.strerror}") from error
    return sorted(found, key=lambda each: (each.kind, each.name, each.version, each.arch))


def _of_dpkg(file: Path) -> Iterator[Installed]:
    for stanza in file.read_text(errors="replace").split("\n\n"):
        fields: dict[str, str] = dict(_FIELD.findall(stanza))
        if "Package" in fields and "Version" in fields and "not-installed" not in fields.get("Status", ""):
            source = fields.get("Source", fields["Package"]).partition(" ")[0]
            arch = fields.get("Architecture", "all")
            yield Installed(
                "deb",
                fields["Package"],
                fields["Version"],
                arch,
                source,
                description=fields.get("Description"),
            )


def _of_apk(file: Path) -> Iterator[Installed]:
    for fields in database.read(file):
        yield Installed(
            "apk",
            fields["P"],
            fields["V"],
            fields.get("A", "noarch"),
            fields.get("o"),
            fields.get("L"),
            fields.get("T"),
            sha1_hex(fields.get("C", "")),
        )
