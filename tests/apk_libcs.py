"""The catalogued musl and glibc as Alpine and Wolfi would lay them out: packages for a test's repository."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

from apk_repository import Member, Package, member, special

from conformance.libcs.model import Libc

_KERNEL = ("linux", "asm-generic")


def musl_packages(musl: Libc) -> list[Package]:
    """`musl`, `musl-dev` and `linux-headers`, in Alpine's layout: /lib is a folder of its own."""
    libraries = musl.root / "usr/lib/x86_64-linux-musl"
    start_files = [file for file in libraries.iterdir() if file.suffix in (".o", ".a")]
    return [
        Package(
            "musl",
            f"{musl.version}-r7",
            (
                member("lib/ld-musl-x86_64.so.1", (libraries / "libc.so").read_bytes(), mode=0o755),
                special("lib/libc.musl-x86_64.so.1", tarfile.SYMTYPE, "ld-musl-x86_64.so.1"),
                *_zones(musl),
            ),
            provides="so:libc.musl-x86_64.so.1=1",
            origin="musl",
        ),
        Package(
            "musl-dev",
            f"{musl.version}-r7",
            (
                *_tree(musl.root / "usr/include/x86_64-linux-musl", "usr/include"),
                *(member(f"usr/lib/{file.name}", file.read_bytes()) for file in start_files),
                special("usr/lib/libc.so", tarfile.SYMTYPE, "../../lib/ld-musl-x86_64.so.1"),
            ),
            depends=f"musl={musl.version}-r7",
            origin="musl",
        ),
        _kernel_headers(musl),
    ]


def glibc_packages(glibc: Libc) -> list[Package]:
    """A stream of Wolfi's glibc with all that it needs, and an older stream, as its recipes are since 2026.

    The -dev of a stream has copies of its own of what is linked, and that of an older one needs the newest.
    """
    libraries = glibc.root / "usr/lib/x86_64-linux-gnu"
    shared = [file for file in libraries.iterdir() if ".so." in file.name and file.name.startswith("lib")]
    developed = [file for file in libraries.iterdir() if file.suffix in (".o", ".a")]
    stream, version = f"glibc-{glibc.version}", f"{glibc.version}-r3"
    layout = (
        special("usr/lib", tarfile.DIRTYPE),
        *(special(name, tarfile.SYMTYPE, "usr/lib") for name in ("lib", "lib64")),
        special("usr/lib64", tarfile.SYMTYPE, "lib"),
        member("etc/os-release", b'ID=wolfi\nVERSION_ID="20230201"\n'),
    )
    loader = (libraries / "ld-linux-x86-64.so.2").read_bytes()
    pinned = {name: f"{name.partition('.')[0]}.so-{glibc.version}" for name in ("libc.so.6", "libm.so.6")}
    return [
        Package("wolfi-baselayout", "20230201-r30", layout, provides="merged-lib"),
        Package("libgcc", "16.2.0-r0"),
        Package(f"{stream}-locale-posix", version, depends="wolfi-baselayout"),
        Package(
            stream,
            version,
            (
                *(member(f"usr/lib/{file.name}", file.read_bytes(), mode=0o755) for file in shared),
                *_zones(glibc),
            ),
            depends=f"!musl {stream}-locale-posix ld-linux-{glibc.version}={version} libgcc merged-lib",
            provides=f"glibc={version}",
            priority=243,
            origin=stream,
        ),
        Package(
            f"ld-linux-{glibc.version}",
            version,
            (member("usr/lib/ld-linux-x86-64.so.2", loader, mode=0o755),),
            depends=f"{stream}={version} merged-lib wolfi-baselayout",
            provides=f"ld-linux={version}",
            priority=243,
            origin=stream,
        ),
        Package(
            f"{stream}-dev",
            version,
            (
                *_tree(glibc.root / "usr/include", "usr/include", but={*_KERNEL, "asm"}),
                *_tree(glibc.root / "usr/include/x86_64-linux-gnu", "usr/include", but={"asm"}),
                *(member(f"usr/lib/{file.name}", file.read_bytes()) for file in developed),
                *(_script(libraries / name, pinned) for name in ("libc.so", "libm.so")),
                *(
                    member(f"usr/lib/{copy}", (libraries / name).read_bytes())
                    for name, copy in pinned.items()
                ),
            ),
            depends=f"glibc>={version} linux-headers wolfi-baselayout",
            provides=f"glibc-dev={version}",
            origin=stream,
        ),
        Package("glibc-2.30", "2.30-r9", depends="ld-linux-2.30", provides="glibc=2.30-r9", priority=230),
        Package("ld-linux-2.30", "2.30-r9", depends="glibc-2.30", provides="ld-linux=2.30-r9", priority=230),
        Package("glibc-2.30-dev", "2.30-r9", depends=stream, provides="glibc-dev=2.30-r9"),
        _kernel_headers(glibc),
    ]


def _kernel_headers(libc: Libc) -> Package:
    include = libc.root / "usr/include"
    folders = [*(include / name for name in _KERNEL), include / "x86_64-linux-gnu/asm"]
    files = (each for folder in folders for each in _tree(folder, f"usr/include/{folder.name}"))
    return Package("linux-headers", "7.2-r0", tuple(files))


def _zones(libc: Libc) -> Iterator[Member]:
    yield from _tree(libc.root / "usr/share/zoneinfo/Europe", "usr/share/zoneinfo/Europe")


def _script(file: Path, pinned: dict[str, str]) -> Member:
    """A script of the linker, in which libraries have other places and names."""
    text = file.read_text().replace("/lib/x86_64-linux-gnu/", "/lib/")
    for name, copy in pinned.items():
        text = text.replace(f"/{name}", f"/{copy}")
    return member(f"usr/lib/{file.name}", text.encode())


def _tree(folder: Path, name: str, but: set[str] | frozenset[str] = frozenset()) -> Iterator[Member]:
    for file in sorted(folder.iterdir()):
        if file.name in but or file.name.endswith(
            ("-gnu", "-musl", "-gnux32", "-gnueabi", "-gnueabihf", "-gnuabi64")
        ):
            continue
        if file.is_dir():
            yield from _tree(file, f"{name}/{file.name}")
        elif file.is_file():
            yield member(f"{name}/{file.name}", file.read_bytes())
