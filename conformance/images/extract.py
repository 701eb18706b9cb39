"""Copies out of an image the few files that tell which libc it holds and help to explain a crash."""

import io
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from conformance.engine.surroundings import DEFAULTS
from conformance.errors import UserError
from conformance.images.engine import OF_THE_ENGINE, failures
from conformance.images.owner import LABEL, token
from conformance.libcs.arch import native
from conformance.libcs.filling import cache_errors
from conformance.libcs.model import Image
from conformance.paths import cache

if TYPE_CHECKING:
    from docker import DockerClient

_VERSION = 2
"""Part of a copy's name: to be raised when other files are taken."""

_GLIBC = ("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libresolv.so.2")
_MUCH = 64 << 20
"""Bytes. No file of a libc or of a package database is larger."""


def extract(client: "DockerClient", image: Image) -> Path:
    """A root directory with the image's libc, package database and shell, as far as it has them.

    It is kept in the cache by the image's id. Raises UserError.
    """
    root = cache() / "images" / f"{image.id.removeprefix('sha256:')}-{_VERSION}"
    if root.is_dir():
        return root
    with cache_errors():
        root.parent.mkdir(parents=True, exist_ok=True)
        incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=root.parent))
        try:
            incoming.chmod(0o755)
            with _unstarted(client, image) as container:
                copies = _Copies(client, container, incoming)
                for path in _wanted():
                    copies.take(path)
                for path in _FOLDERS:
                    copies.take_files(path)
            try:
                incoming.rename(root)
            except OSError:
                # another run was quicker: what it has is the same
                if not root.is_dir():
                    raise
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
    return root


def _wanted() -> Iterator[str]:
    arch = native()
    yield from arch.loaders.values()
    triplet = arch.triplet("glibc")
    for folder in (f"/lib/{triplet}", f"/usr/lib/{triplet}", "/lib64", "/usr/lib64", "/lib", "/usr/lib"):
        yield from (f"{folder}/{name}" for name in (*_GLIBC, "libgcc_s.so.1"))
    yield from (path for path in DEFAULTS if path not in OF_THE_ENGINE)
    yield from ("/bin/sh", "/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8")
    yield from ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
    yield from ("/var/lib/dpkg/status", "/etc/os-release")


_FOLDERS = ("/var/lib/dpkg/status.d",)
"""Taken with all files in them: images without dpkg itself keep one for each package."""


@contextmanager
def _unstarted(client: "DockerClient", image: Image) -> Iterator[str]:
    """A container that never runs: files can only be copied out of containers."""
    with failures(f"looking into {image.reference}"):
        container: str = client.api.create_container(
            # an image without a command of its own needs one that is never run
            image.id,
            command=["-"],
            labels={LABEL: token()},
            network_disabled=True,
        )["Id"]
    try:
        yield container
    finally:
        with failures(f"looking into {image.reference}"):
            client.api.remove_container(container, v=True, force=True)


class _Copies:
    """Files of a container, copied to the same paths below a folder."""

    def __init__(self, client: "DockerClient", container: str, folder: Path) -> None:
        self._client = client
        self._container = container
        self._folder = folder

    def take(self, path: str) -> None:
        """Copies a file if it is there; a link with the file that it leads to; of a folder only its name."""
        place = self._folder / path.lstrip("/")
        if place.is_symlink() or place.exists():
            return
        content = self._read(path)
        if content is None:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, PurePosixPath):
            target = str(content)
            place.symlink_to("../" * path.count("/", 1) + target.lstrip("/"))
            self.take(target)
        elif content is _FOLDER:
            place.mkdir()
        else:
            place.write_bytes(content)
            place.chmod(0o755)

    def take_files(self, path: str) -> None:
        """Copies the files of a folder, if it is there, without what lies deeper."""
        from docker.errors import NotFound

        with failures(f"copying {path} out of the image"):
            try:
                stream, _ = self._client.api.get_archive(self._container, path)
            except NotFound:
                return
            archive = b"".join(_bounded(stream, path))
        folder = self._folder / path.lstrip("/")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                name = PurePosixPath(member.name)
                if len(name.parts) == 2 and (content := tar.extractfile(member)):
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / name.name).write_bytes(content.read())

    def _read(self, path: str) -> bytes | PurePosixPath | None:
        """A file's content, where a link leads to in the end, `_FOLDER`, or None for what is not there."""
        from docker.errors import NotFound

        with failures(f"copying {path} out of the image"):
            try:
                stream, status = self._client.api.get_archive(self._container, path)
            except NotFound:
                return None
            if target := status.get("linkTarget"):
                stream.close()
                return PurePosixPath(target)
            if int(status["mode"]) & _GO_FOLDER:
                stream.close()
                return _FOLDER
            return _only_file(b"".join(_bounded(stream, path)), path)


_FOLDER = b"folder"
_GO_FOLDER = 1 << 31
"""The engine tells modes in Go's bits."""


def _bounded(stream: Iterator[bytes], path: str) -> Iterator[bytes]:
    size = 0
    for chunk in stream:
        size += len(chunk)
        if size > _MUCH:
            raise UserError(f"{path} in the image is larger than {_MUCH >> 20} MiB: no libc has the like")
        yield chunk


def _only_file(archive: bytes, path: str) -> bytes | None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        content = tar.extractfile(tar.next() or tarfile.TarInfo())
        return content.read() if content else None
