"""What a repository has: its signed index, APKINDEX.tar.gz, and a line of it for each package."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from conformance.errors import UserError
from conformance.libcs.apk import signature
from conformance.libcs.apk.dependency import Dependency, parse, parse_provide
from conformance.libcs.apk.keys import Keyring
from conformance.libcs.apk.members import files, split_first, unpacked

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._+-]*")
_VERSION = re.compile(r"[a-z0-9._~-]+")

EVERY_ARCH = "noarch"


@dataclass(frozen=True, eq=False)
class Package:
    """One package of an index. `fields` are those of the index by their letters, `P` for the name.

    `tag` is that of the repository, None where it has none; `order` is the repository's place in the list of
    repositories; `url` is the URL or path of the package's file.
    """

    fields: dict[str, str]
    url: str
    tag: str | None = None
    order: int = 0

    @cached_property
    def name(self) -> str:
        return self.fields["P"]

    @cached_property
    def version(self) -> str:
        return self.fields["V"]

    @cached_property
    def arch(self) -> str:
        return self.fields.get("A", EVERY_ARCH)

    @cached_property
    def checksum(self) -> str:
        """The checksum of the package's control data."""
        return self.fields["C"]

    @cached_property
    def size(self) -> int:
        """Bytes of the package's file."""
        return int(self.fields["S"])

    @cached_property
    def origin(self) -> str:
        """The source package."""
        return self.fields.get("o", self.name)

    @cached_property
    def priority(self) -> int:
        """Which provider is taken of a name that packages provide without a version; 0 for none by itself."""
        return int(self.fields.get("k", "0"))

    @cached_property
    def depends(self) -> tuple[Dependency, ...]:
        return tuple(map(parse, self.fields.get("D", "").split()))

    @cached_property
    def install_if(self) -> tuple[Dependency, ...]:
        return tuple(map(parse, self.fields.get("i", "").split()))

    @cached_property
    def provides(self) -> tuple[tuple[str, str | None], ...]:
        """Name and version of what it provides, itself first."""
        return ((self.name, self.version), *map(parse_provide, self.fields.get("p", "").split()))

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def read(content: bytes, keyring: Keyring, source: str) -> list[dict[str, str]]:
    """The fields of each package of an index, once its signature is verified.

    Raises UserError, which names `source`.
    """
    signatures, signed = split_first(content, source)
    signature.check(signatures, signed, keyring, source)
    for name, text in files(unpacked(signed, source), source):
        if name == "APKINDEX":
            return list(_records(text.decode(errors="replace"), source))
    raise UserError(f"{source}: is signed, but holds no APKINDEX")


def _records(text: str, source: str) -> Iterator[dict[str, str]]:
    for paragraph in text.split("\n\n"):
        fields = {line[0]: line[2:] for line in paragraph.splitlines() if line[1:2] == ":"}
        if not fields:
            continue
        name, version = fields.get("P", ""), fields.get("V", "")
        # they become parts of paths and URLs
        if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
            raise UserError(f"{source}: lists a package with the name {name!r} and the version {version!r}")
        if "C" not in fields or not fields.get("S", "").isdecimal():
            raise UserError(f"{source}: lists {name} {version} without a checksum (C:) or a size (S:)")
        yield fields
