"""What a libc is: a root directory to run in, headers and start files to compile with, an identity."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from packaging.version import Version

Family = Literal["musl", "glibc"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What was really tested, as the files and the libc itself tell it.

    `digest` is the SHA-256 of the libc's file in hex, `build_id` its GNU build id in hex or None,
    `package` the distribution's package with its version (`musl 1.2.6-2`) or None where there is no package.
    """

    digest: str
    build_id: str | None
    package: str | None


@dataclass(frozen=True, slots=True)
class Image:
    """A container image as it was when the run began.

    `reference` is the name that the user gave; `id` is the digest of its configuration, by which an engine
    knows it; `digest` is what a registry knows it by, None for an image that was never in one.
    """

    reference: str
    id: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class Development:
    """Headers and start files to compile probes with.

    `root` holds them in Debian's layout (`usr/include`, `usr/lib/<triplet>`, `usr/lib/gcc/<triplet>/N`);
    `borrowed_from` names the catalogued libc that lent them, None where they are the libc's own;
    `digest` changes whenever any of the files may have changed. With a `builder` they are those of this
    image, which its own compiler finds by itself, and `root` has only a copy of its libc.
    """

    root: Path
    borrowed_from: str | None
    digest: str
    builder: Image | None = None

    @property
    def place(self) -> str:
        """Where the files are, for people."""
        return f"the image {self.builder.reference}" if self.builder else str(self.root)


@dataclass(frozen=True, slots=True)
class Libc:
    """A C library that can be tested.

    `loader` and `library` are absolute paths inside `root`, for example `/lib/ld-musl-x86_64.so.1`. `image`
    is where the libc was found, if in an image; `root` then holds only a copy of its libc.
    """

    name: str
    family: Family
    version: str
    arch: str
    root: Path
    loader: str
    library: str
    development: Development
    identity: Identity
    image: Image | None = None

    @property
    def parsed_version(self) -> Version:
        """The version as PEP 440 orders it."""
        return Version(self.version)

    def as_json(self) -> dict[str, Any]:
        """The entry of `run.json`."""
        entry = asdict(self)
        entry["root"] = str(self.root)
        del entry["development"]["root"]
        return entry
