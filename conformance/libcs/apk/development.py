"""Headers and start files from apk's packages, arranged the way that the compiler is told to look for them.

Debian keeps them in folders named by the architecture, Alpine and Wolfi do not. So a root with such files
gets a second one beside it, of hard links to the same files, where they can be found in either way.
"""

import os
import shutil
from pathlib import Path

from conformance.libcs.arch import native
from conformance.libcs.rootpath import inside

_NEEDED = (
    "usr/include/stdio.h",
    "usr/include/linux/types.h",
    "usr/include/asm/types.h",
    "usr/lib/Scrt1.o",
    "usr/lib/crti.o",
    "usr/lib/crtn.o",
    "usr/lib/libc.so",
)
_COPIED = ("lib", "lib64", "usr/include", "usr/lib", "usr/lib64")


def development_of(root: Path) -> Path:
    """Where the arranged headers and start files of a root are, if it has any."""
    return root.with_name(f"{root.name}-development")


def make_development(root: Path, final: Path) -> None:
    """Arrange the headers and start files of `root`, which is to become `final`, if it has all of them."""
    if not all(inside(root, name).is_file() for name in _NEEDED):
        return
    arranged = root.with_name("development")
    for name in _COPIED:
        _copy(root / name, arranged / name)
    triplets = {native().triplet(family) for family in native().loaders}
    for folder in ("usr/lib", "usr/include"):
        for triplet in triplets:
            (inside(arranged, folder) / triplet).symlink_to(".")
    shutil.rmtree(development_of(final), ignore_errors=True)  # of a run that died before it made the root
    arranged.rename(development_of(final))


def _copy(source: Path, copy: Path) -> None:
    if source.is_symlink():
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(source.readlink())
    elif source.is_dir():
        shutil.copytree(source, copy, symlinks=True, copy_function=os.link)
