"""The dead process's memory, as far as it is known: a part of the stack, and the files that were mapped."""

from pathlib import Path

from conformance.crash.dump import CrashDump
from conformance.crash.image import Image, image
from conformance.crash.maps import Maps
from conformance.libcs.rootpath import inside


class Memory:
    """`root` is the libc's root directory and `program` the probe, both on this machine."""

    def __init__(self, dump: CrashDump, maps: Maps, root: Path, program: Path) -> None:
        self._stack = dump.stack
        self._stack_at = dump.registers["rsp"]
        self._maps = maps
        self._root = root
        self._program = program
        self._images: dict[str, Image | None] = {}

    @property
    def stack_end(self) -> int:
        """Where the dumped part of the stack ends."""
        return self._stack_at + len(self._stack)

    def word(self, address: int) -> int | None:
        """Eight bytes of the stack."""
        at = address - self._stack_at
        if 0 <= at <= len(self._stack) - 8:
            return int.from_bytes(self._stack[at : at + 8], "little")
        return None

    def code(self, address: int, size: int) -> bytes:
        """Up to `size` bytes from executable memory that a file was mapped to, else nothing."""
        mapping = self._maps.at(address)
        located = self.locate(address) if mapping and mapping.executable else None
        if located is None:
            return b""
        file, moved = located
        return file.read(address - moved, size)

    def locate(self, address: int) -> tuple[Image, int] | None:
        """The file that is mapped at `address`, and the difference to an address of the file itself."""
        mapping = self._maps.at(address)
        if mapping and (file := self._image(mapping.path)):
            own = file.address(address - mapping.start + mapping.offset)
            if own is not None:
                return file, address - own
        return None

    def in_program(self, address: int) -> bool:
        """Whether `address` lies in the probe's own code."""
        mapping = self._maps.at(address)
        return mapping is not None and mapping.executable and self._is_program(mapping.path)

    def _is_program(self, path: str) -> bool:
        return path.rpartition("/")[2] == self._program.name

    def _image(self, path: str) -> Image | None:
        if path not in self._images:
            file = self._program if self._is_program(path) else inside(self._root, path)
            self._images[path] = image(file) if path.startswith("/") else None
        return self._images[path]
