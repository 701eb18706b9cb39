"""The checksums by which an index and the database of installed packages name contents: `Q1` and base64."""

import base64
import binascii
import hashlib

from conformance.errors import UserError

_SHA1, _SHA256 = 20, 32


def of(content: bytes) -> str:
    """The usual form: `Q1` and the SHA-1 in base64."""
    return "Q1" + base64.b64encode(hashlib.sha1(content).digest()).decode()


def fits(content: bytes, checksum: str, source: str) -> bool:
    """Whether `content` has the checksum. Raises UserError, which names `source`, for one of an unknown kind.

    `Q1` and `X1` are SHA-1, `Q2` and `X2` SHA-256 or its first 20 bytes; Q is in base64, X in hex.
    """
    kind, text = checksum[:2], checksum[2:]
    try:
        wanted = base64.b64decode(text, validate=True) if kind[:1] == "Q" else bytes.fromhex(text)
    except (binascii.Error, ValueError):
        wanted = b""
    if kind in ("Q1", "X1") and len(wanted) == _SHA1:
        return hashlib.sha1(content).digest() == wanted
    if kind in ("Q2", "X2") and len(wanted) in (_SHA1, _SHA256):
        return hashlib.sha256(content).digest()[: len(wanted)] == wanted
    raise UserError(f"{source}: the checksum {checksum!r} is of a kind that is not known here")


def sha1_hex(checksum: str) -> str | None:
    """The SHA-1 of a checksum in hex; None where it is of another kind, or none."""
    try:
        return base64.b64decode(checksum[2:], validate=True).hex() if checksum.startswith("Q1") else None
    except binascii.Error:
        return None
