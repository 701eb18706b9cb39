"""Record data from its text as in zone files (RFC 1035 section 5.1, RFC 3597 section 5)."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from dnslib import CAA, CNAME, DNAME, MX, NS, PTR, RD, SOA, SRV, TXT, DNSLabel

from conformance.nameserver import codes, names
from conformance.nameserver.reading import (
    Path,
    ScriptError,
    integer,
    mapping,
    only,
    repeated,
    sequence,
    shown,
    text,
)
from conformance.nameserver.wire import Wire

MOST = 65535
"""Copies or addresses that one `xN` may ask for: no message holds more."""


class RData(Protocol):
    """What dnslib's record data can do."""

    def pack(self, buffer: Any, /) -> None: ...


class PointerData:
    """A name that is only a compression pointer: to an offset, or to itself with `None`."""

    def __init__(self, offset: int | None) -> None:
        self.offset = offset

    def pack(self, wire: Wire, /) -> None:
        wire.write_pointer(wire.offset if self.offset is None else self.offset)


def pointer(written: str, path: Path) -> PointerData:
    """`^12`, `^self`, or `^end` for an offset behind any message that is shorter than 16 KiB."""
    if written == "^self":
        return PointerData(None)
    if written == "^end":
        return PointerData(0x3FFF)
    if re.fullmatch(r"\^[0-9]{1,5}", written):
        return PointerData(integer(int(written[1:]), path, 0, 0x3FFF))
    raise ScriptError(path, f"{shown(written)} is no pointer; allowed: ^0 to ^16383, ^self, ^end")


def from_text(type_name: str, written: str, path: Path) -> list[RData]:
    """The data of one or more records: `10.0.0.1 x200` gives 200 consecutive addresses."""
    if match := re.fullmatch(r"\\#\s+([0-9]{1,5})((?:\s+[0-9A-Fa-f]+)*)\s*", written):
        return [_generic(int(match[1]), "".join(match[2].split()), path)]
    if type_name == "TXT":
        return [character_strings(_strings(written), path)]
    words, count = repeated(written.split(), MOST, path)
    if type_name in ("A", "AAAA"):
        return _addresses(4 if type_name == "A" else 6, words, count, path)
    if type_name not in _WORDS:
        raise ScriptError(path, rf"data of type {type_name} is written as `\# length hex`")
    form, build = _WORDS[type_name]
    if len(words) != len(form.split()):
        raise ScriptError(path, f"{shown(written)} must be `{form}`")
    try:
        return [build(words, path)] * count
    except ValueError as e:
        raise ScriptError(path, f"{shown(written)} must be `{form}`: {e}") from None


def from_yaml(type_name: str, value: object, path: Path) -> list[RData]:
    """The data of all records of one type of a name: a string, a list, or for TXT a mapping."""
    if isinstance(value, list):
        return [data for i, entry in enumerate(value) for data in from_yaml_one(type_name, entry, (*path, i))]
    return from_yaml_one(type_name, value, path)


def from_yaml_one(type_name: str, value: object, path: Path) -> list[RData]:
    if type_name == "TXT" and isinstance(value, dict):
        return [_described_text(mapping(value, path, "length or strings"), path)]
    written = text(value, path, f"the data of a {type_name} record")
    if type_name == "TXT" and not written.startswith("\\#"):
        return [character_strings([written.encode()], path)]
    return from_text(type_name, written, path)


def character_strings(strings: Iterable[bytes], path: Path) -> RData:
    """TXT data; longer strings are cut into pieces of 255 bytes."""
    pieces = [whole[i : i + 255] for whole in strings for i in range(0, len(whole) or 1, 255)]
    if sum(len(piece) + 1 for piece in pieces) > 65535:
        raise ScriptError(path, "the data of one record is 65535 bytes at most")
    data: RData = TXT(pieces)
    return data


def _described_text(value: dict[str, Any], path: Path) -> RData:
    only(value, ("length", "strings"), path)
    if len(value) != 1:
        raise ScriptError(path, "either length or strings")
    if "length" in value:
        return character_strings([b"k" * integer(value["length"], (*path, "length"), 0, 65000)], path)
    listed = sequence(value["strings"], (*path, "strings"), "character-strings")
    strings = [
        text(entry, (*path, "strings", i), "a character-string").encode() for i, entry in enumerate(listed)
    ]
    if any(len(string) > 255 for string in strings):
        raise ScriptError((*path, "strings"), "a character-string is 255 bytes at most")
    return character_strings(strings, path)


def _strings(written: str) -> list[bytes]:
    """Quoted strings, or everything as one string."""
    if re.fullmatch(r'("[^"]*"\s*)+', written):
        return [quoted.encode() for quoted in re.findall(r'"([^"]*)"', written)]
    return [written.encode()]


def _generic(length: int, digits: str, path: Path) -> RData:
    if len(digits) != 2 * length:
        raise ScriptError(path, rf"`\# {length}` must be followed by {2 * length} hexadecimal digits")
    data: RData = RD(bytes.fromhex(digits))
    return data


def _addresses(version: int, words: list[str], count: int, path: Path) -> list[RData]:
    written = " ".join(words)
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    try:
        first = int(make(written))
        return [RD(make(first + i).packed) for i in range(count)]
    except ValueError:
        raise ScriptError(path, f"{shown(written)} x{count} must be IPv{version} addresses") from None


def _label(written: str, path: Path) -> Any:
    return DNSLabel(names.from_text(written, path))


def _number(written: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", written):
        raise ValueError(f"{written} is not a number")
    return int(written)


def _named(kind: Callable[[Any], RData]) -> tuple[str, Callable[[list[str], Path], RData]]:
    def build(words: list[str], path: Path) -> RData:
        return pointer(words[0], path) if words[0].startswith("^") else kind(_label(words[0], path))

    return "name", build


def _mx(words: list[str], path: Path) -> RData:
    data: RData = MX(_label(words[1], path), _number(words[0]))
    return data


def _srv(words: list[str], path: Path) -> RData:
    data: RData = SRV(*map(_number, words[:3]), _label(words[3], path))
    return data


def _soa(words: list[str], path: Path) -> RData:
    times = tuple(map(_number, words[2:]))
    if max(times) >= 1 << 32:
        raise ValueError("a number is too large")
    data: RData = SOA(_label(words[0], path), _label(words[1], path), times)
    return data


def _caa(words: list[str], path: Path) -> RData:
    flags, tag = _number(words[0]), words[1]
    if flags > 255 or len(tag) > 255:
        raise ValueError("flags or tag too large")
    data: RData = CAA(flags, tag, words[2].replace('"', ""))
    return data


_WORDS: dict[str, tuple[str, Callable[[list[str], Path], RData]]] = {
    "CNAME": _named(CNAME),
    "NS": _named(NS),
    "PTR": _named(PTR),
    "DNAME": _named(DNAME),
    "MX": ("preference name", _mx),
    "SRV": ("priority weight port name", _srv),
    "SOA": ("mname rname serial refresh retry expire minimum", _soa),
    "CAA": ("flags tag value", _caa),
}

DATA_TYPES = ("A", "AAAA", "TXT", *_WORDS)
"""The types whose data has a text form here."""


def number_of_type(written: str, path: Path) -> int:
    """The number of a record's type."""
    number = codes.type_number(written)
    if number is None:
        raise ScriptError(
            path, f"{shown(written)} is no record type; allowed: {', '.join(DATA_TYPES)}, TYPE0 to TYPE65535"
        )
    return number
