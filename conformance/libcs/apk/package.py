"""A package's file: three gzip members, of which each vouches for the next.

The index or a lock names the control data, the control data name the data; the package's own signature, over
the control data, is verified besides.
"""

import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.apk import checksum, signature
from conformance.libcs.apk.keys import Keyring
from conformance.libcs.apk.members import files, split_first, unpacked

Info = Mapping[str, list[str]]
"""The lines of .PKGINFO: values by key, in order."""


@dataclass(frozen=True, slots=True)
class Members:
    """The compressed members of a package's file, and what its control data say."""

    signature: bytes
    control: bytes
    data: bytes
    info: Info

    @property
    def checksum(self) -> str:
        """What an index knows the package by."""
        return checksum.of(self.control)

    @property
    def digests(self) -> tuple[str, str]:
        """What a lock knows the package by: SHA-1 of its control data and SHA-256 of its data, in hex."""
        return hashlib.sha1(self.control).hexdigest(), hashlib.sha256(self.data).hexdigest()

    @property
    def key(self) -> str:
        """What the package's file is called in the cache."""
        return key(*self.digests)


def key(control: str, data: str) -> str:
    """A digest of what a package must hold, from its `Members.digests`."""
    return hashlib.sha256(f"{control} {data}".encode()).hexdigest()


def verified(content: bytes, wanted: str | None, keyring: Keyring, source: str) -> Members:
    """The members of a package, once everything about it is verified.

    `wanted` is the checksum of the control data that the index has. Raises UserError, which names `source`.
    """
    signatures, signed = split_first(content, source)
    if any(name == ".PKGINFO" for name, _ in files(signatures, source)):
        raise UserError(f"{source}: is not signed")
    control_plain, data = split_first(signed, source)
    control = signed[: len(signed) - len(data)]
    if wanted is not None and not checksum.fits(control, wanted, source):
        raise UserError(
            f"{source}: is not the package that the index promises: its control data have the checksum "
            f"{checksum.of(control)}, not {wanted}; the mirror is in the midst of an update, or faulty"
        )
    signature.check(signatures, control, keyring, source)
    info = _info(control_plain, source)
    promised = info.get("datahash", [])
    if len(promised) != 1:
        raise UserError(f"{source}: its control data name no datahash, so that nothing vouches for its files")
    if hashlib.sha256(data).hexdigest() != promised[0]:
        raise UserError(
            f"{source}: its files were altered or cut off: they do not have the SHA-256 that is signed"
        )
    return Members(content[: len(content) - len(signed)], control, data, info)


def stored(file: Path) -> Members:
    """The members of a package that was verified when it was stored. Raises UserError."""
    content = file.read_bytes()
    _, signed = split_first(content, str(file))
    plain, data = split_first(signed, str(file))
    control = signed[: len(signed) - len(data)]
    return Members(content[: len(content) - len(signed)], control, data, _info(plain, str(file)))


def data_archive(file: Path) -> tarfile.TarFile:
    """The tar archive of a stored package's files, to be read once from front to back. Raises UserError."""
    plain = unpacked(stored(file).data, str(file))
    # without files, a package has no tar either: two blocks of zeros are one
    return tarfile.open(fileobj=io.BytesIO(plain + bytes(2 * tarfile.BLOCKSIZE)), mode="r|")


def _info(control: bytes, source: str) -> Info:
    for name, text in files(control, source):
        if name == ".PKGINFO":
            info: dict[str, list[str]] = {}
            for line in text.decode(errors="replace").splitlines():
                key, equals, value = line.partition(" = ")
                if equals and not key.startswith("#"):
                    info.setdefault(key, []).append(value)
            return info
    raise UserError(f"{source}: its control data hold no .PKGINFO")
