"""An image made from a libc's root directory: from the same files the same image id, on every machine.

The archive is what `docker save` writes and every engine loads. Nothing in it depends on when, where or by
whom it was made, so its id, the digest of its configuration, is known before an engine has seen it.
"""

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from conformance.engine.surroundings import DEFAULTS
from conformance.images.owner import LABEL

VERSION = 1
"""Part of what caches remember: to be raised when the same root comes out differently."""

_PROGRAMS = ("usr", "bin", "sbin", "opt", "nix", "gnu", "etc")
_BUILD_ONLY = ("usr/include", "usr/lib/gcc")
_BUILD_ONLY_SUFFIXES = (".a", ".o")
_EMPTY = {"dev": 0o755, "proc": 0o555, "sys": 0o555, "tmp": 0o1777}
_EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Layer:
    """The one layer of an image: an uncompressed tar archive with its SHA-256 in hex."""

    file: IO[bytes]
    digest: str
    size: int


def write_layer(root: Path, file: IO[bytes]) -> Layer:
    """Writes what programs see of `root` to `file`, without headers and static libraries. Raises OSError."""
    hashing = _Hashing(file)
    with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, mode in _EMPTY.items():
            archive.addfile(_entry(name, tarfile.DIRTYPE, mode))
        for name in sorted(_names(root)):
            _add(archive, root, name)
    return Layer(file, hashing.digest.hexdigest(), hashing.size)


def configuration(layer_digest: str, architecture: str) -> bytes:
    """The image's configuration; its SHA-256 is the image's id. `architecture` is OCI's name, `amd64`."""
    content = {
        "architecture": architecture,
        "config": {"Env": ["PATH=/usr/bin:/bin"], "Labels": {LABEL: "image"}},
        "created": _EPOCH,
        "history": [{"created": _EPOCH, "created_by": "libc-conformance"}],
        "os": "linux",
        "rootfs": {"diff_ids": [f"sha256:{layer_digest}"], "type": "layers"},
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def image_id(config: bytes) -> str:
    """The id that every engine gives the image of this configuration."""
    return f"sha256:{hashlib.sha256(config).hexdigest()}"


def write_archive(layer: Layer, config: bytes, tag: str, file: IO[bytes]) -> None:
    """Writes the archive to load to `file`; the loaded image gets the name `tag`."""
    name, layer_name = f"{hashlib.sha256(config).hexdigest()}.json", f"{layer.digest}/layer.tar"
    manifest = json.dumps([{"Config": name, "RepoTags": [tag], "Layers": [layer_name]}]).encode()
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for file_name, content in ((name, config), ("manifest.json", manifest)):
            archive.addfile(_file_entry(file_name, len(content), 0o644), io.BytesIO(content))
        layer.file.seek(0)
        archive.addfile(_entry(layer.digest, tarfile.DIRTYPE, 0o755))
        archive.addfile(_file_entry(layer_name, layer.size, 0o644), layer.file)


class _Hashing(io.RawIOBase):
    """Passes on what is written, and keeps its digest and size."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)


def _names(root: Path) -> Iterator[str]:
    for place in root.iterdir():
        if place.name not in _PROGRAMS and not place.name.startswith("lib"):
            continue
        yield place.name
        if place.is_symlink():
            continue
        for folder, folders, files in os.walk(place):
            inside = os.path.relpath(folder, root)
            folders[:] = [name for name in folders if f"{inside}/{name}" not in _BUILD_ONLY]
            yield from (f"{inside}/{name}" for name in folders)
            paths = (f"{inside}/{name}" for name in files if not name.endswith(_BUILD_ONLY_SUFFIXES))
            # what is mounted there anyway, or shall not be there at all
            yield from (path for path in paths if f"/{path}" not in DEFAULTS)


def _add(archive: tarfile.TarFile, root: Path, name: str) -> None:
    path = root / name
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        link = _entry(name, tarfile.SYMTYPE, 0o777)
        link.linkname = str(path.readlink())
        archive.addfile(link)
    elif stat.S_ISDIR(status.st_mode):
        archive.addfile(_entry(name, tarfile.DIRTYPE, 0o755))
    elif stat.S_ISREG(status.st_mode):
        # the umask of whoever made the root must not show
        mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
        with path.open("rb") as content:
            archive.addfile(_file_entry(name, status.st_size, mode), content)


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = kind
    entry.mode = mode
    return entry


def _file_entry(name: str, size: int, mode: int) -> tarfile.TarInfo:
    entry = _entry(name, tarfile.REGTYPE, mode)
    entry.size = size
    return entry
