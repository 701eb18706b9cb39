"""apko's lock file, NAME.lock.json beside NAME.yaml: the exact packages, with checksums of their members."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.errors import UserError
from conformance.libcs.apk.config import Config, Place
from conformance.libcs.apk.index import EVERY_ARCH
from conformance.libcs.apk.package import Members, key

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_SCHEME = re.compile(r"^https?://")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package. `url` may hold variables; `size` is in bytes; `control` and `data` are digests in hex."""

    name: str
    version: str
    arch: str
    url: str
    size: int
    checksum: str
    control: str
    data: str

    @property
    def key(self) -> str:
        """What the package's file is called in the cache."""
        return key(self.control, self.data)

    def fits(self, members: Members) -> bool:
        """Whether these are the members of this package."""
        return members.digests == (self.control, self.data)


@dataclass(frozen=True, slots=True)
class Lock:
    """The packages for one architecture in the order of installation, and the checksum of the apko file."""

    packages: tuple[Locked, ...]
    config: str | None


def path_of(file: Path) -> Path:
    """Where the lock of an apko file is."""
    return file.with_suffix(".lock.json")


def checksum(config: Config) -> str:
    """The checksum of an apko file, and of those that it includes, in the form of the lock."""
    return _digest("sha256", config.digest)


def read(file: Path, arch: str) -> Lock:
    """The lock for an architecture. Raises UserError for a file that is none, or has no packages for it."""
    try:
        content = json.loads(file.read_bytes())
        entries = content["contents"]["packages"]
        wanted = [each for each in entries if each["architecture"] in (arch, EVERY_ARCH)]
        # a package for every architecture is there once for each, as it comes from another folder
        here = [each for each in wanted if f"/{arch}/" in each["url"]]
        packages = tuple(_locked(each) for each in here or wanted)
        config = (content.get("config") or {}).get("checksum")
    except OSError as error:
        raise UserError(f"the lock {file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{file}: is not a lock file of apko's, or not a whole one ({error!r})") from error
    if not packages:
        raise UserError(f"{file}: locks no packages for {arch}")
    return Lock(packages, config)


def _locked(entry: Mapping[str, Any]) -> Locked:
    last = _RANGE.fullmatch(entry["data"]["range"])
    if last is None:
        raise ValueError(f"the range {entry['data']['range']!r}")
    return Locked(
        name=entry["name"],
        version=entry["version"],
        arch=entry["architecture"],
        url=entry["url"],
        size=int(last[2]) + 1,
        checksum=entry["checksum"],
        control=_hex(entry["control"]["checksum"], "sha1"),
        data=_hex(entry["data"]["checksum"], "sha256"),
    )


def _hex(text: str, kind: str) -> str:
    name, _, value = text.partition("-")
    if name != kind:
        raise ValueError(f"a checksum of the kind {name}, not {kind}")
    try:
        return base64.b64decode(value, validate=True).hex()
    except binascii.Error as error:
        raise ValueError(f"the checksum {text!r}") from error


def text(config: Config, entries: Iterable[Mapping[str, Any]], archs: Iterable[str]) -> str:
    """The content of a lock file; `entries` are those that `entry` gives."""
    lock = {
        "version": "v1",
        "config": {"name": config.file.name, "checksum": checksum(config)},
        "contents": {
            "keyring": [_named(place, place.written) for place in config.keyring],
            "build_repositories": [],
            "repositories": [
                _named(place, f"{place.written}/{arch}")
                | {"url": f"{place.written}/{arch}/APKINDEX.tar.gz", "architecture": arch}
                for arch in archs
                for place in config.repositories
            ],
            "packages": list(entries),
        },
    }
    return json.dumps(lock, indent=2) + "\n"


def _named(place: Place, name: str) -> dict[str, str]:
    return {"name": _SCHEME.sub("", name), "url": place.written}


def entry(name: str, version: str, arch: str, url: str, members: Members) -> dict[str, Any]:
    """A package's part of a lock file."""
    first = len(members.signature)
    second = first + len(members.control)
    third = second + len(members.data)
    return {
        "name": name,
        "url": url,
        "version": version,
        "architecture": arch,
        "signature": _part(0, first, "sha1", members.signature),
        "control": _part(first, second, "sha1", members.control),
        "data": _part(second, third, "sha256", members.data),
        "checksum": members.checksum,
    }


def _part(start: int, end: int, kind: str, content: bytes) -> dict[str, str]:
    return {
        "range": f"bytes={start}-{end - 1}",
        "checksum": _digest(kind, hashlib.new(kind, content).digest()),
    }


def _digest(kind: str, digest: bytes) -> str:
    return f"{kind}-{base64.b64encode(digest).decode()}"
