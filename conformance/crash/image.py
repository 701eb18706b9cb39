"""An ELF file that was mapped into the process: code, names, and how its frames are laid out."""

import bisect
import functools
import io
import struct
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

from conformance.crash.frametable import FrameTable

_SYMBOL = struct.Struct(
    "<IBBHQQ"
)  # Elf64_Sym; pyelftools takes a hundred times as long for a libc's thousands
_FUNCTIONS = (2, 10)  # STT_FUNC, STT_GNU_IFUNC


class Image:
    """`path` lies on this machine. Addresses are those of the file itself, before it was moved anywhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content = path.read_bytes()
        self._elf = ELFFile(io.BytesIO(self._content))
        self._segments = [
            (segment["p_offset"], segment["p_offset"] + segment["p_filesz"], segment["p_vaddr"])
            for segment in self._elf.iter_segments("PT_LOAD")
        ]

    def address(self, offset: int) -> int | None:
        """The address of a byte of the file."""
        for start, end, address in self._segments:
            if start <= offset < end:
                return int(address + offset - start)
        return None

    def read(self, address: int, size: int) -> bytes:
        """Up to `size` bytes of the file, by address."""
        for start, end, loaded_at in self._segments:
            if loaded_at <= address < loaded_at + end - start:
                offset = address - loaded_at + start
                return self._content[offset : min(offset + size, end)]
        return b""

    @functools.cached_property
    def exports(self) -> dict[str, int]:
        """The addresses of exported functions."""
        table = self._elf.get_section_by_name(".dynsym")
        if table is None:
            return {}
        names = self._elf.get_section(table["sh_link"]).data()
        return {
            names[name : names.index(0, name)].decode(): value
            for name, kind, _, _, value, _ in _SYMBOL.iter_unpack(table.data())
            if value and kind & 0xF in _FUNCTIONS
        }

    @functools.cached_property
    def _by_address(self) -> list[tuple[int, str]]:
        """Exported functions in order; of several names for one address the plainest comes first."""
        return sorted(
            ((address, name) for name, address in self.exports.items()),
            key=lambda export: (export[0], export[1].startswith("_"), len(export[1]), export[1]),
        )

    def nearest_export(self, address: int) -> tuple[str, int] | None:
        """The exported function at or before `address`, which may lie outside of it, and the distance."""
        starts = self._by_address
        below = bisect.bisect_right(starts, address, key=lambda export: export[0]) - 1
        if below < 0:
            return None
        start = starts[below][0]
        first = bisect.bisect_left(starts, start, key=lambda export: export[0])
        return starts[first][1], address - start

    @functools.cached_property
    def imports(self) -> dict[int, str]:
        """The names of the symbols whose addresses the loader writes, by the address of the slot."""
        return {
            relocation["r_offset"]: section_symbols.get_symbol(relocation["r_info_sym"]).name
            for section in self._elf.iter_sections()
            if isinstance(section, RelocationSection)
            and isinstance(section_symbols := self._elf.get_section(section["sh_link"]), SymbolTableSection)
            for relocation in section.iter_relocations()
            if relocation["r_info_sym"]
        }

    @functools.cached_property
    def frame_table(self) -> FrameTable | None:
        """Where return addresses lie, for files that tell."""
        for segment in self._elf.iter_segments("PT_GNU_EH_FRAME"):
            return FrameTable(segment["p_vaddr"], segment["p_filesz"], self.read)
        return None


@functools.lru_cache(maxsize=32)
def image(path: Path) -> Image | None:
    """The ELF file at `path`; None where it cannot be read or is none."""
    try:
        return Image(path)
    except (OSError, ELFError):
        return None
