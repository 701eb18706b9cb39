"""The few things about an ELF file that tell which libc it is or belongs to."""

import hashlib
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.segments import InterpSegment, NoteSegment


def file_digest(file: Path) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def machine(file: Path) -> str | None:
    """pyelftools' name of the architecture, `EM_X86_64`; None where `file` is no ELF file."""
    with file.open("rb") as stream:
        try:
            return str(ELFFile(stream)["e_machine"])
        except ELFError:
            return None


def build_id(file: Path) -> str | None:
    """The GNU build id in hex; None where the file was linked without."""
    with file.open("rb") as stream:
        for segment in ELFFile(stream).iter_segments("PT_NOTE"):
            assert isinstance(segment, NoteSegment)
            for note in segment.iter_notes():
                if note["n_type"] == "NT_GNU_BUILD_ID":
                    return str(note["n_desc"])
    return None


def interpreter(file: Path) -> str | None:
    """The loader that a program asks for; None where it is static or no ELF file."""
    with file.open("rb") as stream:
        try:
            for segment in ELFFile(stream).iter_segments("PT_INTERP"):
                assert isinstance(segment, InterpSegment)
                return str(segment.get_interp_name())
        except ELFError:
            return None
    return None
