"""Taking apart what apk version 2 calls an archive: gzip members one after the other, each of them a tar."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator

from conformance.errors import UserError

_GZIP = b"\x1f\x8b"
_ADB = b"ADB"
_MOST = 16 << 20
"""Bytes that a member may unpack to before it is verified: signatures and control data are small."""


def split_first(content: bytes, source: str) -> tuple[bytes, bytes]:
    """The first gzip member, unpacked, and all compressed bytes behind it.

    Raises UserError, which names `source`, for what is no such archive, is cut off, or unpacks to more than
    an unverified member may.
    """
    if content.startswith(_ADB):
        raise UserError(
            f"{source}: is in the format of apk version 3 (ADB), which cannot be read here; "
            "use a repository with packages of version 2"
        )
    if not content.startswith(_GZIP):
        raise UserError(f"{source}: is no apk archive: it does not start as a gzip file does")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, _MOST)
    except zlib.error as error:
        raise UserError(f"{source}: is damaged ({error})") from error
    if unpacker.unconsumed_tail:
        raise UserError(
            f"{source}: begins with a member of more than {_MOST >> 20} MiB: it is no apk archive"
        )
    if not unpacker.eof:
        raise UserError(f"{source}: is cut off")
    return plain, unpacker.unused_data


def files(plain: bytes, source: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the regular files of a tar, which may lack the blocks that end it.

    Raises UserError.
    """
    ended = io.BytesIO(plain + bytes(2 * tarfile.BLOCKSIZE))
    try:
        with tarfile.open(fileobj=ended, mode="r:") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is not None:
                    yield member.name, content.read()
    except (tarfile.TarError, EOFError) as error:
        raise UserError(f"{source}: is damaged ({error})") from error


def unpacked(content: bytes, source: str) -> bytes:
    """What the members of a verified part of an archive unpack to. Raises UserError, which names `source`."""
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{source}: is damaged ({error})") from error
