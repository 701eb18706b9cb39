"""The exact commands that compile and link against one libc and nothing of the host's.

Every folder, start file and library is named. `--sysroot` alone is not enough: Debian's gcc still finds the
host's start files and libraries first, and the program that comes out is one of the host's libc.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.build.compiler import Compiler, ImageCompiler
from conformance.errors import UserError
from conformance.libcs.arch import ARCHITECTURES
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES

INCLUDE = C_SOURCES / "include"

# Probes must do what their source says: each call is made, as written, to the libc under test, and leaves a
# return address behind that tells where a crash came from.
_PROBE_FLAGS = (
    "-std=gnu11",
    "-O1",
    "-g0",
    "-fPIE",
    "-fno-builtin",
    "-fno-stack-protector",
    "-U_FORTIFY_SOURCE",
    "-fcf-protection=none",
    "-fno-plt",
    "-fno-optimize-sibling-calls",
    "-fno-omit-frame-pointer",
    "-D_GNU_SOURCE",
)
_AGENT_FLAGS = ("-std=gnu11", "-Os", "-g0", "-fno-pie", "-Wall", "-Wextra", "-Werror")

# A user's compiler may warn of what ours does not: that must not stop a run. Our tests compile with them.
_WARNINGS = {
    "gcc": ("-Werror=implicit-function-declaration",),
    "clang": ("-Werror=implicit-function-declaration", "-ferror-limit=0"),
}

# Those that there are: glibc 2.34 took most into libc.so.6, musl has empty archives of these names.
LIBRARIES = ("pthread", "m", "dl", "rt", "resolv", "anl", "util", "crypt", "c")


def compile_probe(compiler: Compiler, libc: Libc, source: Path, flags: Iterable[str], out: Path) -> list[str]:
    """Compiles `source` to the object `out`. Of `flags`, those for the linker (`-Wl,`) are left out."""
    chosen = [flag for flag in flags if not flag.startswith("-Wl,")]
    # __FILE__ ends up in messages of assert(): it must not depend on where the project lies
    mapped = f"-fmacro-prefix-map={source.parent}/="
    return [
        *_compile(compiler, libc),
        *_PROBE_FLAGS,
        *_WARNINGS[compiler.kind],
        *chosen,
        mapped,
        f"-I{INCLUDE}",
        "-c",
        str(source),
        "-o",
        str(out),
    ]


def build_in_image(
    tools: ImageCompiler, source: Path, flags: Iterable[str], include: Path, out: Path
) -> list[str]:
    """Compiles and links in one step, in a builder image: its compiler finds all but `include` by itself."""
    return [
        tools.name,
        *_PROBE_FLAGS,
        *_WARNINGS[tools.kind],
        f"-fmacro-prefix-map={source.parent}/=",
        f"-I{include}",
        *("-pie", "-Wl,-z,relro,-z,now,--as-needed,--hash-style=gnu,--build-id=none"),
        *flags,
        str(source),
        *(f"-l{library}" for library in tools.libraries),
        "-o",
        str(out),
    ]


def compile_agent(compiler: Compiler, musl: Libc, source: Path, out: Path) -> list[str]:
    """Compiles one file of the agent, with its warnings as errors."""
    return [
        *_compile(compiler, musl),
        *_AGENT_FLAGS,
        f"-I{C_SOURCES / 'agent'}",
        f"-I{INCLUDE}",
        "-c",
        str(source),
        "-o",
        str(out),
    ]


def link_probe(compiler: Compiler, libc: Libc, compiled: Path, flags: Iterable[str], out: Path) -> list[str]:
    """Links a dynamic position-independent program, started by the libc's own loader.

    Raises UserError where the development files are incomplete.
    """
    chosen = [part for flag in flags if flag.startswith("-Wl,") for part in flag.split(",")[1:]]
    begin, end, runtime = _runtime(compiler, libc, "crtbeginS.o", "crtendS.o")
    return [
        *_link(compiler, libc),
        *("-pie", "-z", "relro", "-z", "now", "--as-needed", "-dynamic-linker", libc.loader),
        *chosen,
        *(_start_file(libc, name) for name in ("Scrt1.o", "crti.o")),
        *begin,
        str(compiled),
        *_libraries(libc),
        *runtime,
        *end,
        _start_file(libc, "crtn.o"),
        "-o",
        str(out),
    ]


def link_agent(compiler: Compiler, musl: Libc, objects: Sequence[Path], out: Path) -> list[str]:
    """Links a static program."""
    begin, end, runtime = _runtime(compiler, musl, "crtbeginT.o", "crtend.o")
    return [
        *_link(compiler, musl),
        "-static",
        *(_start_file(musl, name) for name in ("crt1.o", "crti.o")),
        *begin,
        *map(str, objects),
        "--start-group",
        "-l:libc.a",
        *runtime,
        "--end-group",
        *end,
        _start_file(musl, "crtn.o"),
        "-o",
        str(out),
    ]


def _compile(compiler: Compiler, libc: Libc) -> list[str]:
    if compiler.target not in (None, libc.arch):
        raise UserError(
            f"{compiler.compile[0]} compiles for {compiler.target}, {libc.name} is {libc.arch}. "
            "Set $CC to a compiler for it, or: pip install ziglang"
        )
    headers = libc.development.root / "usr" / "include"
    own = [headers / ARCHITECTURES[libc.arch].triplet(libc.family)]
    kernel = [headers / ARCHITECTURES[libc.arch].triplet("glibc"), headers]
    predefined = []
    if libc.family == "musl":
        if (headers / "features.h").exists():
            # glibc's headers lie beside: what musl lacks must stay missing
            kernel = []
        # gcc reads this by itself, but not with -nostdinc; glibc's headers include it
        if (own[0] / "stdc-predef.h").exists():
            predefined = ["-include", "stdc-predef.h"]
        order = [*own, compiler.include, *kernel]
    else:
        order = [compiler.include, *kernel]
    target = [f"--target={libc.arch}-linux-gnu"] if compiler.kind == "clang" else []
    return [
        *compiler.compile,
        *target,
        "-nostdinc",
        *(part for folder in order for part in ("-isystem", str(folder))),
        *predefined,
    ]


def _link(compiler: Compiler, libc: Libc) -> list[str]:
    folders = _library_folders(libc)
    return [
        *compiler.link,
        f"--sysroot={libc.development.root}",
        "-nostdlib",
        "--eh-frame-hdr",
        "--hash-style=gnu",
        "--build-id=none",
        *(f"-L{folder}" for folder in folders),
        *(part for folder in folders for part in ("-rpath-link", str(folder))),
    ]


def _library_folders(libc: Libc) -> list[Path]:
    # /lib first: Debian 11 and 12 have musl's libc.so there, and only libc.a in /usr/lib
    triplet = ARCHITECTURES[libc.arch].triplet(libc.family)
    return [libc.development.root / "lib" / triplet, libc.development.root / "usr" / "lib" / triplet]


def _start_file(libc: Libc, name: str) -> str:
    for folder in _library_folders(libc):
        if (folder / name).exists():
            return str(folder / name)
    raise _incomplete(libc, name)


def _libraries(libc: Libc) -> list[str]:
    """`-l:libc.so` and its companions; never libc.a, not even for want of libc.so."""
    named = []
    for name in LIBRARIES:
        for file in (f"lib{name}.so", f"lib{name}.a"):
            if any((folder / file).exists() for folder in _library_folders(libc)):
                named.append(f"-l:{file}")
                break
    if "-l:libc.so" not in named:
        raise _incomplete(libc, "libc.so")
    return named


def _runtime(compiler: Compiler, libc: Libc, begin: str, end: str) -> tuple[list[str], list[str], list[str]]:
    """The compiler's share of the start files, and its libgcc: best those that the libc was built with.

    musl's programs do without them.
    """
    shipped = libc.development.root / "usr" / "lib" / "gcc" / ARCHITECTURES[libc.arch].triplet("glibc")
    folders = [*shipped.glob("*"), *([compiler.runtime] if compiler.runtime else [])]
    for folder in folders:
        if (folder / begin).exists():
            return [str(folder / begin)], [str(folder / end)], [str(folder / "libgcc.a")]
    if libc.family == "musl":
        return [], [], []
    raise _incomplete(libc, begin)


def _incomplete(libc: Libc, name: str) -> UserError:
    return UserError(
        f"{libc.name}: {name} is missing under {libc.development.root}: the development files are "
        "incomplete. Install the package that has it there (libc6-dev, musl-dev, libgcc-N-dev)"
    )
