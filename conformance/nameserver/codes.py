"""The numbers of DNS and their names, from dnslib's tables where it has them."""

import re

from dnslib import OPCODE, QTYPE, RCODE

CNAME, SOA, TXT, OPT, ANY = 5, 6, 16, 41, 255
NXDOMAIN = 3

_TYPES: dict[str, int] = {name: number for number, name in QTYPE.forward.items()}
_TYPE_NAMES: dict[int, str] = dict(QTYPE.forward)
CLASSES = {"IN": 1, "CH": 3, "HS": 4, "NONE": 254, "ANY": 255}
OPCODES: dict[str, int] = {name: number for number, name in OPCODE.forward.items()}
RCODES: dict[str, int] = {name: number for number, name in RCODE.forward.items()} | {
    f"RCODE{number}": number for number in range(11, 16)
}
"""Four bits of the header (RFC 1035 section 4.1.1, RFC 6895 section 2.3)."""

FLAGS = {
    "QR": 0x8000,
    "AA": 0x0400,
    "TC": 0x0200,
    "RD": 0x0100,
    "RA": 0x0080,
    "Z": 0x0040,
    "AD": 0x0020,
    "CD": 0x0010,
}
OPCODE_SHIFT = 11
OPCODE_MASK = 0x7800


def type_number(name: str) -> int | None:
    """The number of `AAAA` or `TYPE257`, or None."""
    if match := re.fullmatch(r"TYPE([0-9]{1,5})", name):
        return int(match[1]) if int(match[1]) < 65536 else None
    return _TYPES.get(name)


def type_name(number: int) -> str:
    """`AAAA`, or `TYPE12345` (RFC 3597 section 5) where there is no name."""
    return _TYPE_NAMES.get(number, f"TYPE{number}")


def class_name(number: int) -> str:
    return next((name for name, value in CLASSES.items() if value == number), f"CLASS{number}")


def rcode_name(number: int) -> str:
    return next(name for name, value in RCODES.items() if value == number)


def flag_names(bits: int) -> list[str]:
    """The flags that are set, in the order of the header."""
    return [name for name, bit in FLAGS.items() if bits & bit]
