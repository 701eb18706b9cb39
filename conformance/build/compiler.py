"""Finds a C compiler and a linker: the machine's own, else the ones inside the `ziglang` wheel.

Only a compiler's own headers (`stddef.h`) and, for gcc, its own start files are ever used; everything else
comes from the libc under test. So the linker is called directly: a compiler driver adds the host's folders.
"""

import functools
import importlib.util
import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conformance.errors import UserError

_WAYS_OUT = "apt install gcc, or pip install ziglang; $CC names another compiler"


@dataclass(frozen=True, slots=True)
class Compiler:
    """How to compile one file and how to link.

    `compile` and `link` are the beginnings of command lines. `include` holds the compiler's own headers.
    `runtime` holds its `crtbeginS.o` and `libgcc.a`, or is None where only the libc's files have them.
    `target` is the machine that `compile` makes code for (`x86_64`), or None where `--target` chooses it.
    `identity` changes with any version of the tools: it is part of the key of everything built.
    """

    kind: Literal["gcc", "clang"]
    compile: tuple[str, ...]
    link: tuple[str, ...]
    include: Path
    runtime: Path | None
    target: str | None
    identity: str


@dataclass(frozen=True, slots=True)
class ImageCompiler:
    """The compiler inside a builder image: its command, and which of `command.LIBRARIES` it can link."""

    name: str
    kind: Literal["gcc", "clang"]
    libraries: tuple[str, ...]


NAMES = ("gcc", "cc", "clang")
"""Commands that are tried, in this order."""


def kind_of(version: str) -> Literal["gcc", "clang"] | None:
    """Which compiler says this of its version, None where it is neither."""
    if "clang" in version:
        return "clang"
    return "gcc" if "Free Software Foundation" in version else None


@functools.cache
def find() -> Compiler:
    """The compiler to use: `$CC`, gcc, cc or clang on the PATH, else zig's clang and lld.

    Raises UserError when there is none, or when `$CC` is neither gcc nor clang.
    """
    _environment.cache_clear()
    if chosen := os.environ.get("CC"):
        command = tuple(shlex.split(chosen))
        if not command or not shutil.which(command[0]):
            raise UserError(f"$CC is {chosen!r}, which is not a command here. Unset it, or: {_WAYS_OUT}")
        return _installed(command)
    for name in NAMES:
        if shutil.which(name):
            return _installed((name,))
    if zig := _zig():
        return _bundled(zig)
    raise UserError(f"No C compiler: neither gcc, cc nor clang is on the PATH. {_WAYS_OUT}")


def _installed(command: tuple[str, ...]) -> Compiler:
    version = _output(*command, "--version")
    kind = kind_of(version)
    if kind == "clang":
        target, runtime = None, None
        include = Path(_output(*command, "-print-resource-dir")) / "include"
    elif kind == "gcc":
        target = _output(*command, "-dumpmachine").split("-")[0]
        include = Path(_output(*command, "-print-file-name=include"))
        runtime = Path(_output(*command, "-print-file-name=libgcc.a")).parent
    else:
        raise UserError(f"{shlex.join(command)} is neither gcc nor clang. {_WAYS_OUT}")
    linker = shutil.which(_output(*command, "-print-prog-name=ld")) or shutil.which("ld.lld")
    if not linker:
        raise UserError(f"{shlex.join(command)} has no linker: apt install binutils, or {_WAYS_OUT}")
    # without its first word, which for gcc is the name it was called by
    release = version.splitlines()[0].partition(" ")[2]
    linked_by = _output(linker, "--version").splitlines()[0]
    identity = f"{kind} {release}, {linked_by}"
    return Compiler(kind, command, (linker,), include, runtime, target, identity)


def _zig() -> Path | None:
    """The binary itself: `python -m ziglang` would cost 30 ms per call."""
    package = importlib.util.find_spec("ziglang")
    for folder in (package.submodule_search_locations or []) if package else []:
        if (binary := Path(folder) / "zig").is_file():
            return binary
    return None


def _bundled(zig: Path) -> Compiler:
    # `zig cc` would add zig's own libc headers, whatever it is told: only its clang and lld are used
    return Compiler(
        kind="clang",
        compile=(str(zig), "clang"),
        link=(str(zig), "ld.lld"),
        include=zig.parent / "lib" / "include",
        runtime=None,
        target=None,
        identity=f"zig {_output(str(zig), 'version')}",
    )


def run(command: Sequence[str]) -> str | None:
    """Runs a step of a build: None when it succeeded, else what it said, in English."""
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, env=_environment()
    )
    return None if done.returncode == 0 else done.stderr + done.stdout


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
    if done.returncode != 0:
        raise UserError(f"{shlex.join(command)} failed: {done.stderr.strip()}. {_WAYS_OUT}")
    return done.stdout.strip()


@functools.cache
def _environment() -> dict[str, str]:
    """Without the variables that add folders of the host's to every search.

    Taken once, when the compiler is looked for: later, builds run in threads beside a pytest that changes
    `os.environ` for every item.
    """
    adding = ("CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX", "LD_RUN_PATH")
    kept = {name: value for name, value in os.environ.items() if name not in adding}
    return {**kept, "LC_ALL": "C"}
