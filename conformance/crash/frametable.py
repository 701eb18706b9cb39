"""Finds one function's entry in an ELF file's call frame table without reading the thousands of others."""

import bisect
import io
from collections.abc import Callable
from typing import Any

from elftools.common.exceptions import DWARFError
from elftools.dwarf.callframe import FDE, CallFrameInfo
from elftools.dwarf.structs import DWARFStructs

# Version 1, and a sorted table of pairs of 4 bytes, relative to the header: what every linker writes.
_USUAL = bytes([1, 0x1B, 0x03, 0x3B])
_HEADER = 12

_STRUCTS = DWARFStructs(little_endian=True, dwarf_format=32, address_size=8)


class FrameTable:
    """The index `.eh_frame_hdr` (Linux Standard Base Core, section 10.6.2) at the address `at` of a file.

    `read(address, size)` gives bytes of that file.
    """

    def __init__(self, at: int, size: int, read: Callable[[int, int], bytes]) -> None:
        self._at, self._read = at, read
        header = read(at, size)
        pairs = (len(header) - _HEADER) // 8 if header.startswith(_USUAL) else 0
        self._index = memoryview(header)[_HEADER : _HEADER + 8 * pairs].cast("i")

    def rules(self, address: int) -> dict[Any, Any] | None:
        """The row for `address`, as pyelftools decodes it: `cfa`, and rules by register; None without one."""
        found = self._find(address)
        if not found:
            return None
        start, described_at = found
        into = address - start
        try:
            entry = self._entry(described_at)
            if into >= entry["address_range"]:
                return None
            rows = entry.get_decoded().table
        except DWARFError:
            return None
        return next((row for row in reversed(rows) if row["pc"] - entry["initial_location"] <= into), None)

    def start(self, address: int) -> int | None:
        """Where the function that holds `address` begins."""
        found = self._find(address)
        return found[0] if found else None

    def _find(self, address: int) -> tuple[int, int] | None:
        """The last function that begins at or before `address`, and where its entry is."""
        count = len(self._index) // 2
        below = bisect.bisect_right(range(count), address - self._at, key=lambda n: self._index[2 * n]) - 1
        if below < 0:
            return None
        return self._at + self._index[2 * below], self._at + self._index[2 * below + 1]

    def _entry(self, address: int) -> FDE:
        """The frame description entry at `address`, read from a table that holds it and what it builds on."""
        description = self._record(address)
        common = self._record(address + 4 - int.from_bytes(description[4:8], "little"))
        distance = (len(common) + 4).to_bytes(4, "little")
        table = common + description[:4] + distance + description[8:]
        entries = CallFrameInfo(io.BytesIO(table), len(table), 0, _STRUCTS, for_eh_frame=True).get_entries()
        entry = entries[-1]
        if not isinstance(entry, FDE):
            raise DWARFError(f"no frame description entry at {address:#x}")
        return entry

    def _record(self, address: int) -> bytes:
        size = int.from_bytes(self._read(address, 4), "little")
        return self._read(address, 4 + size)
