"""Finding the libc in a root directory that was made by somebody else."""

from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.arch import Architecture, native
from conformance.libcs.elf import interpreter, machine
from conformance.libcs.model import Family
from conformance.libcs.rootpath import inside

_FOLDERS = ("lib", "lib64", "usr/lib", "usr/lib64")
_ANY_LOADER = ("ld-musl-*.so.1", "ld-linux*.so.*", "ld64.so.*", "ld.so.1")


@dataclass(frozen=True, slots=True)
class Found:
    """The libc of a root directory. `loader` and `library` are absolute paths inside of `root`."""

    family: Family
    arch: Architecture
    root: Path
    loader: str
    library: str

    @property
    def loader_file(self) -> Path:
        """The loader on this machine, links followed."""
        return inside(self.root, self.loader)

    @property
    def library_file(self) -> Path:
        """The library on this machine, links followed."""
        return inside(self.root, self.library)


def find_libc(root: Path) -> Found:
    """The libc that programs of this root directory run with.

    Where there are two, it is the one that `/bin/sh` runs with. Raises UserError where there is none, where
    it cannot be told, and where it is for another architecture than this machine.
    """
    arch = native()
    families = [
        family for family, loader in arch.loaders.items() if _machine(inside(root, loader)) == arch.machine
    ]
    if not families:
        raise UserError(f"{root}: {_why_none(root, arch)}")
    family = families[0] if len(families) == 1 else _family_of_shell(root, arch)
    loader = arch.loaders[family]
    library = loader if family == "musl" else _glibc_library(root, arch)
    return Found(family, arch, root, loader, library)


def _machine(file: Path) -> str | None:
    return machine(file) if file.is_file() else None


def _family_of_shell(root: Path, arch: Architecture) -> Family:
    shell = inside(root, "/bin/sh")
    wanted = interpreter(shell) if shell.is_file() else None
    for family, loader in arch.loaders.items():
        if loader == wanted:
            return family
    raise UserError(
        f"{root}: holds two libcs, {' and '.join(arch.loaders.values())}, and no /bin/sh that tells "
        "which one its programs run with; name a root or an image that holds one of them"
    )


def _glibc_library(root: Path, arch: Architecture) -> str:
    triplet = arch.triplet("glibc")
    for folder in (f"lib/{triplet}", f"usr/lib/{triplet}", "lib64", "usr/lib64", "lib", "usr/lib"):
        library = f"/{folder}/libc.so.6"
        if _machine(inside(root, library)) == arch.machine:
            return library
    raise UserError(f"{root}: has {arch.loaders['glibc']} but no libc.so.6 where Linux distributions have it")


def _why_none(root: Path, arch: Architecture) -> str:
    for folder in _FOLDERS:
        place = inside(root, folder)
        for file in sorted(place.iterdir()) if place.is_dir() else ():
            if any(file.match(pattern) for pattern in _ANY_LOADER):
                other = _machine(inside(root, f"{folder}/{file.name}"))
                if other not in (None, arch.machine):
                    return f"/{folder}/{file.name} is for {other}, but only {arch.machine} can be tested here"
    return f"holds no libc: neither {' nor '.join(arch.loaders.values())} is there"
