"""Proves that a program was linked as asked: a probe on the wrong libc would look like a finding."""

from pathlib import Path

from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.segments import InterpSegment

from conformance.errors import UserError
from conformance.libcs.model import Libc

_GLIBC = {
    "libc.so.6",
    "libm.so.6",
    "libmvec.so.1",
    "libpthread.so.0",
    "libdl.so.2",
    "librt.so.1",
    "libresolv.so.2",
    "libanl.so.1",
    "libutil.so.1",
    "libcrypt.so.1",
}


def check_dynamic(program: Path, libc: Libc) -> None:
    """Raises UserError unless the libc's own loader starts the program and it needs nothing but the libc."""
    loader, needed = _linkage(program)
    if loader != libc.loader:
        raise UserError(
            f"{program.name} for {libc.name} was linked for the loader {loader}, not {libc.loader}. "
            f"Are the files in {libc.development.place} those of {libc.name}?"
        )
    if libc.family == "musl":
        own = allowed = {"libc.so", f"libc.musl-{libc.arch}.so.1"}
    else:
        own, allowed = {"libc.so.6"}, {*_GLIBC, Path(libc.loader).name}
    if not own & set(needed) or not allowed >= set(needed):
        raise UserError(
            f"{program.name} for {libc.name} needs {', '.join(needed) or 'no library'}, but it may only need "
            f"{', '.join(sorted(allowed))}. Are the files in {libc.development.place} those of {libc.name}?"
        )


def check_static(program: Path) -> None:
    """Raises UserError where the program needs a loader or a library."""
    loader, needed = _linkage(program)
    if loader or needed:
        raise UserError(f"{program.name} was to be static, and needs {loader} {' '.join(needed)}")


def _linkage(program: Path) -> tuple[str | None, list[str]]:
    """The path of the loader, and the libraries needed."""
    loader = None
    needed: list[str] = []
    with program.open("rb") as file:
        for segment in ELFFile(file).iter_segments():
            if isinstance(segment, InterpSegment):
                loader = segment.get_interp_name()
            elif isinstance(segment, DynamicSegment):
                needed = [vars(tag)["needed"] for tag in segment.iter_tags("DT_NEEDED")]
    return loader, needed
