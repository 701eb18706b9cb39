"""Headers and start files to compile with: a root's own ones, or those of the nearest catalogued version."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from packaging.version import Version

from conformance.libcs.arch import Architecture
from conformance.libcs.catalogue import Entry, of_family
from conformance.libcs.directory import Found
from conformance.libcs.model import Development, Family
from conformance.libcs.rootpath import inside


def own_development(found: Found) -> Development | None:
    """The root's own headers and start files; None unless all are there, in Debian's layout.

    They are also not used where a library is a link with an absolute target: the linker, which works outside
    of the root, would take this machine's file instead and say nothing.
    """
    libraries = inside(found.root, f"usr/lib/{found.arch.triplet(found.family)}")
    complete = all(inside(found.root, file).is_file() for file in _needed(found.family, found.arch))
    if not complete or (found.family == "glibc" and not _has_gcc_files(found)):
        return None
    if found.root != Path("/") and any(_leads_out(file) for file in libraries.iterdir()):
        return None
    return Development(found.root, None, _digest(found))


def lender(family: Family, version: Version) -> Entry:
    """Who lends headers to a libc that has none: the newest catalogued version that is not newer than it."""
    entries = of_family(family)
    return max(
        (entry for entry in entries if entry.parsed_version <= version),
        key=lambda entry: entry.parsed_version,
        default=entries[0],
    )


def _needed(family: Family, arch: Architecture) -> list[str]:
    triplet, gnu = arch.triplet(family), arch.triplet("glibc")
    libraries = ["Scrt1.o", "crti.o", "crtn.o", "libc.so"]
    headers = [f"usr/include/{triplet}/stdio.h"]
    if family == "glibc":
        libraries.append("libc_nonshared.a")
        headers = ["usr/include/stdio.h", f"usr/include/{triplet}/bits/types.h"]
    return [
        *headers,
        "usr/include/linux/types.h",
        f"usr/include/{gnu}/asm/types.h",
        *(f"usr/lib/{triplet}/{library}" for library in libraries),
    ]


def _gcc_folder(found: Found) -> Path:
    return inside(found.root, f"usr/lib/gcc/{found.arch.triplet('glibc')}")


def _has_gcc_files(found: Found) -> bool:
    return any(_gcc_folder(found).glob("*/crtbeginS.o"))


def _leads_out(file: Path) -> bool:
    return file.is_symlink() and file.readlink().is_absolute()


def _digest(found: Found) -> str:
    """Of sizes and times: reading all headers would take longer than it is worth."""
    digest = hashlib.sha256()
    for file in _files(found):
        status = file.lstat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(found: Found) -> Iterator[Path]:
    for top, folders, names in os.walk(inside(found.root, "usr/include")):
        folders.sort()
        yield from (Path(top, name) for name in sorted(names))
    libraries = inside(found.root, f"usr/lib/{found.arch.triplet(found.family)}")
    for folder in (libraries, *sorted(_gcc_folder(found).glob("*"))):
        yield from (file for file in sorted(folder.iterdir()) if file.suffix in (".o", ".a", ".so"))
