"""A Debian suite as its signed index describes it: which version of a package it has, in which file."""

import hashlib
import lzma
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.download import download
from conformance.libcs.lock import LockedPackage
from conformance.libcs.signature import signed_text

_PartOrder = list[tuple[list[int], int]]


class Suite:
    """The packages of one suite's component `main` for one architecture.

    `arch` is Debian's name of it. `allow_expired` accepts an index past its Valid-Until date, which protects
    from a mirror that serves an old state for ever. Raises UserError where anything cannot be verified.
    """

    def __init__(self, mirror: str, name: str, arch: str, keyring: Path, *, allow_expired: bool) -> None:
        self.name = name
        self.arch = arch
        self._base = f"{mirror}/dists/{name}"
        release = signed_text(download(f"{self._base}/InRelease"), keyring, f"{self._base}/InRelease")
        fields = dict(re.findall(r"^([\w-]+): (.*)$", release, re.MULTILINE))
        if name not in (fields.get("Codename"), fields.get("Suite")):
            raise UserError(f"{self._base}/InRelease: is of the suite {fields.get('Codename')}, not {name}")
        if not allow_expired:
            self._check_date(fields.get("Valid-Until"))
        self._packages = self._verified_index(release, by_hash=fields.get("Acquire-By-Hash") == "yes")

    def find(self, names: Iterable[str]) -> dict[str, LockedPackage]:
        """The newest version of each package. Raises UserError for one that the suite does not have."""
        wanted = b"|".join(re.escape(name.encode()) for name in names)
        found: dict[str, LockedPackage] = {}
        # Parsing all of the 60 000 stanzas would take half a minute, finding the few takes half a second.
        for stanza in re.finditer(rb"^Package: (?:%s)\n(?:.+\n)*" % wanted, self._packages, re.MULTILINE):
            package = _package(stanza.group().decode())
            known = found.get(package.name)
            if known is None or _version_order(package.version) > _version_order(known.version):
                found[package.name] = package
        for name in names:
            if name not in found:
                raise UserError(f"the suite {self.name} has no package {name} for {self.arch}")
        return found

    def _check_date(self, valid_until: str | None) -> None:
        if valid_until is not None and parsedate_to_datetime(valid_until) < datetime.now(UTC):
            raise UserError(
                f"{self._base}/InRelease: was valid until {valid_until}; the mirror is out of date or this "
                "machine's clock is wrong. Name another mirror, or accept it with --allow-expired"
            )

    def _verified_index(self, release: str, *, by_hash: bool) -> bytes:
        path = f"main/binary-{self.arch}/Packages.xz"
        entry = re.search(rf"^ ([0-9a-f]{{64}}) +\d+ {re.escape(path)}$", release, re.MULTILINE)
        if entry is None:
            raise UserError(f"{self._base}/InRelease: lists no {path}")
        sha256 = entry.group(1)
        # By its digest the index stays available while the mirror is being updated.
        url = f"{self._base}/main/binary-{self.arch}/" + (
            f"by-hash/SHA256/{sha256}" if by_hash else "Packages.xz"
        )
        compressed = download(url)
        if hashlib.sha256(compressed).hexdigest() != sha256:
            raise UserError(f"{url}: is not the file that the signed index names; name another mirror")
        return lzma.decompress(compressed)


def _package(stanza: str) -> LockedPackage:
    fields = dict(re.findall(r"^([\w-]+): (.*)$", stanza, re.MULTILINE))
    return LockedPackage(
        name=fields["Package"],
        version=fields["Version"],
        arch=fields["Architecture"],
        path=fields["Filename"],
        size=int(fields["Size"]),
        sha256=fields["SHA256"],
    )


def _version_order(version: str) -> tuple[int, _PartOrder, _PartOrder]:
    """Sort key of deb-version(7)."""
    epoch, _, rest = version.rpartition(":")
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "0")
    return int(epoch or 0), _part_order(upstream), _part_order(revision)


def _part_order(part: str) -> _PartOrder:
    # Alternately words and numbers; 0 ends each word, so that "~" sorts before the end and letters after it.
    return [
        ([_character_order(character) for character in word] + [0], int(number or 0))
        for word, number in re.findall(r"(\D*)(\d*)", part)
    ]


def _character_order(character: str) -> int:
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256
