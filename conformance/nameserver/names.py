"""Domain names: their text as in zone files (RFC 1035 section 5.1) and their labels."""

import ipaddress
import re

from conformance.nameserver.reading import Path, ScriptError, text

Name = tuple[bytes, ...]
"""The labels, without the root's empty one."""

_PIECE = re.compile(rb"\\([0-9]{3})|\\(.)|(\.)|([^\\.])", re.DOTALL)


def from_text(value: object, path: Path) -> Name:
    """Labels of a name, whether or not it ends with a dot. `\\065` and `\\.` stand for single bytes."""
    written = text(value, path, "a domain name").encode()
    if written in (b"", b"."):
        return ()
    labels: list[bytearray] = [bytearray()]
    position = 0
    while position < len(written):
        piece = _PIECE.match(written, position)
        if piece is None or (piece[1] and int(piece[1]) > 255):
            raise ScriptError(path, r"after a backslash stands a character or a byte from \000 to \255")
        position = piece.end()
        if piece[3]:
            labels.append(bytearray())
        else:
            labels[-1] += bytes([int(piece[1])]) if piece[1] else piece[2] or piece[4]
    if len(labels) > 1 and not labels[-1]:
        labels.pop()
    if not all(0 < len(label) < 64 for label in labels):
        raise ScriptError(
            path, f"`{written.decode()[:80]}` has a label that is empty or longer than 63 bytes"
        )
    return tuple(bytes(label) for label in labels)


def to_text(name: Name) -> str:
    """A name without the final dot; dots, backslashes and bytes that are not printable ASCII are escaped."""
    return ".".join("".join(map(_character, label)) for label in name) or "."


def _character(byte: int) -> str:
    if byte in b".\\":
        return "\\" + chr(byte)
    return chr(byte) if 32 < byte < 127 else f"\\{byte:03d}"


def lower(name: Name) -> Name:
    """For comparison: names differ by ASCII letter case only if nothing else does (RFC 4343)."""
    return tuple(label.lower() for label in name)


def reverse(address: str) -> Name | None:
    """The name in in-addr.arpa or ip6.arpa, or None for what is not an address."""
    try:
        pointer = ipaddress.ip_address(address).reverse_pointer
    except ValueError:
        return None
    return tuple(pointer.encode().split(b"."))
