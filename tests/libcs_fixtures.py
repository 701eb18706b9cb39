"""Libcs in miniature for tests: files that are ELF as far as it matters, and ways to put them into a root."""

import struct
from pathlib import Path

X86_64 = 62
AARCH64 = 183


def elf(machine: int = X86_64, *, interpreter: str | None = None, build_id: bytes | None = None) -> bytes:
    """A 64-bit ELF file of program headers only: PT_INTERP and PT_NOTE, as far as wanted."""
    segments: list[tuple[int, bytes]] = []
    if interpreter is not None:
        segments.append((3, interpreter.encode() + b"\0"))
    if build_id is not None:
        segments.append((4, struct.pack("<3I4s", 4, len(build_id), 3, b"GNU\0") + build_id))
    offset = 64 + 56 * len(segments)
    headers, bodies = b"", b""
    for kind, body in segments:
        place = offset + len(bodies)
        headers += struct.pack("<IIQQQQQQ", kind, 4, place, place, place, len(body), len(body), 4)
        bodies += body
    identification = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH", identification, 3, machine, 1, 0, 64, 0, 0, 64, 56, len(segments), 64, 0, 0
    )
    return header + headers + bodies


def put(root: Path, path: str, content: bytes | str = b"", *, mode: int = 0o755) -> Path:
    """Write a file into a root, with the folders above it."""
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    file.chmod(mode)
    return file


def link(root: Path, path: str, target: str) -> None:
    """Make a symbolic link in a root, with the folders above it."""
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)
