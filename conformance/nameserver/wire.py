"""The buffer that messages are written to. dnslib's record data packs itself into it.

dnslib's own buffer refuses names longer than 255 bytes, and compresses to offsets that a pointer cannot hold.
"""

import struct
from dataclasses import dataclass, field
from typing import Any

from conformance.nameserver.names import Name

_POINTER = 0xC000


@dataclass(slots=True)
class Wire:
    """Bytes of a message so far, and where each name in it began (RFC 1035 section 4.1.4)."""

    data: bytearray = field(default_factory=bytearray)
    names: dict[Name, int] = field(default_factory=dict)
    compress: bool = True

    @property
    def offset(self) -> int:
        return len(self.data)

    def append(self, data: bytes) -> None:
        self.data += data

    def pack(self, layout: str, *values: int) -> None:
        self.data += struct.pack(layout, *values)

    def update(self, offset: int, layout: str, *values: int) -> None:
        """Overwrites what is at the offset."""
        struct.pack_into(layout, self.data, offset, *values)

    def write_name(self, name: Name) -> None:
        """With compression against all that was written before."""
        for first in range(len(name)):
            rest = name[first:]
            if self.compress and rest in self.names:
                self.write_pointer(self.names[rest])
                return
            if self.offset < 0x4000:
                self.names[rest] = self.offset
            self.append(bytes([len(name[first])]) + name[first])
        self.append(b"\0")

    def write_pointer(self, offset: int) -> None:
        self.pack("!H", _POINTER | offset & 0x3FFF)

    def encode_name(self, name: Any) -> None:
        """What dnslib calls for names in record data."""
        self.write_name(name.label)

    def encode_name_nocompress(self, name: Any) -> None:
        """What dnslib calls where compression is not allowed, as in SRV."""
        self.append(b"".join(bytes([len(label)]) + label for label in name.label) + b"\0")
