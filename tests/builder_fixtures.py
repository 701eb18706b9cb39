"""Builder images for tests, put together from this machine's gcc and, for musl, a catalogued musl's files."""

import io
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.build.probes import BuiltProbe, build
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES

if TYPE_CHECKING:
    from docker import DockerClient

_PROGRAMS = ("cc1", "collect2", "as", "ld")
_FILES = ("liblto_plugin.so", "libgcc.a", "libgcc_s.so", "libgcc_s.so.1", "crtbeginS.o", "crtendS.o")
_GLIBC = (
    *("Scrt1.o", "crti.o", "crtn.o", "libc.so", "libc_nonshared.a", "libm.so", "libresolv.so"),
    *(f"lib{name}.a" for name in ("anl", "dl", "pthread", "rt", "util")),
)
_LIBRARIES = ("libc.so.6", "libm.so.6", "libmvec.so.1", "libresolv.so.2")
_KERNEL = ("linux", "asm-generic")


def gcc_root(root: Path) -> Path:
    """This machine's gcc with the headers of its glibc."""
    _add_gcc(root)
    for name in _GLIBC:
        _copy(root, Path(_gcc("-print-file-name", name)))
    for library in _LIBRARIES:
        _copy(root, Path(_gcc("-print-file-name", library)))
    # libcrypt is of another package
    shutil.copytree("/usr/include", root / "usr/include", symlinks=True, ignore=_not_c)
    return root


def musl_gcc_root(root: Path, musl: Libc) -> Path:
    """The same gcc, told to use musl, as `musl-gcc` does it; programs of the image run with musl."""
    triplet = "usr/lib/x86_64-linux-musl"
    _add_gcc(root)
    shutil.copytree(musl.root / triplet, root / triplet, symlinks=True, dirs_exist_ok=True)
    specs = (musl.root / triplet / "musl-gcc.specs").read_text()
    # as the compiler's own file, which may not rename anything
    for only_with_an_option in ("%rename cpp_options old_cpp_options", "%(old_cpp_options)"):
        specs = specs.replace(only_with_an_option, "")
    Path(root, _gcc("-print-file-name", "libgcc.a")[1:]).with_name("specs").write_text(specs)
    headers = "usr/include/x86_64-linux-musl"
    shutil.copytree(musl.root / headers, root / headers, symlinks=True)
    for name in _KERNEL:
        shutil.copytree(musl.root / "usr/include" / name, root / headers / name, dirs_exist_ok=True)
    shutil.copytree(
        musl.root / "usr/include/x86_64-linux-gnu/asm", root / headers / "asm", dirs_exist_ok=True
    )
    loader = root / musl.loader.lstrip("/")
    loader.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(musl.root / musl.loader.lstrip("/"), loader)
    shell = build(musl, C_SOURCES / "probes/harness/nothing.c")
    assert isinstance(shell, BuiltProbe)
    (root / "bin").mkdir(exist_ok=True)
    shutil.copy(shell.path, root / "bin/sh")
    return root


def import_image(client: "DockerClient", root: Path, name: str) -> None:
    """Makes an image of all that lies in a root, with a name and a tag."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(root, ".")
    repository, _, tag = name.rpartition(":")
    client.api.import_image_from_data(archive.getvalue(), repository=repository, tag=tag)


def _add_gcc(root: Path) -> None:
    if not shutil.which("gcc"):
        pytest.skip("gcc is not installed")
    for name in ("bin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        # linker scripts name files by these
        if Path("/", name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")
    for program in (
        Path(shutil.which("gcc") or ""),
        *(Path(_gcc("-print-prog-name", name)) for name in _PROGRAMS),
    ):
        found = Path(shutil.which(program) or program)
        _copy(root, found)
        for library in _libraries(found):
            _copy(root, library)
    for name in _FILES:
        _copy(root, Path(_gcc("-print-file-name", name)))
    own = Path(_gcc("-print-file-name", "include"))
    shutil.copytree(own, root / str(own)[1:], dirs_exist_ok=True)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def _gcc(question: str, name: str) -> str:
    told = subprocess.check_output(["gcc", f"{question}={name}"], text=True).strip()
    return str(Path(told).resolve().parent / Path(told).name) if "/" in told else told


def _libraries(program: Path) -> Iterator[Path]:
    told = subprocess.check_output(["ldd", program], text=True)
    yield from map(Path, re.findall(r"(/\S+) \(0x", told))


def _copy(root: Path, file: Path) -> None:
    """A file under the name that it has here, links followed."""
    place = root / str(file).lstrip("/")
    if file.is_file() and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)


def _not_c(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "c++"}
