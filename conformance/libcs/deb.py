"""Opening a .deb: an ar archive whose member `data.tar.*` holds the files."""

import gzip
import importlib
import io
import lzma
import tarfile
from pathlib import Path

from conformance.errors import UserError

_MAGIC = b"!<arch>\n"
_HEADER = 60


def data_archive(deb: Path) -> tarfile.TarFile:
    """The tar archive of a package's files, to be read once from front to back.

    Raises UserError for a file that is no .deb, is cut off, or is compressed as this Python cannot read.
    """
    content = deb.read_bytes()
    if not content.startswith(_MAGIC):
        raise UserError(f"{deb}: is not a Debian package")
    offset = len(_MAGIC)
    while offset + _HEADER <= len(content):
        header = content[offset : offset + _HEADER]
        name = header[:16].decode("ascii", "replace").rstrip(" /")
        size = _decimal(header[48:58], deb)
        body = content[offset + _HEADER : offset + _HEADER + size]
        if len(body) < size:
            raise UserError(f"{deb}: is cut off in {name}")
        if name.startswith("data.tar"):
            return tarfile.open(fileobj=_decompressed(body, name, deb), mode="r|")
        offset += _HEADER + size + size % 2
    raise UserError(f"{deb}: has no data.tar")


def _decimal(field: bytes, deb: Path) -> int:
    try:
        return int(field)
    except ValueError as error:
        raise UserError(f"{deb}: has a faulty ar header") from error


def _decompressed(body: bytes, name: str, deb: Path) -> io.BufferedIOBase:
    stream = io.BytesIO(body)
    match name.removeprefix("data.tar"):
        case "":
            return stream
        case ".xz":
            return lzma.open(stream)
        case ".gz":
            return gzip.open(stream)
        case ".zst":
            try:
                zstd = importlib.import_module("compression.zstd")
            except ModuleNotFoundError as error:
                raise UserError(
                    f"{deb}: is compressed with zstd, which needs Python 3.14 or newer"
                ) from error
            return zstd.open(stream)  # type: ignore[no-any-return]
        case _:
            raise UserError(f"{deb}: {name} has an unknown compression")
