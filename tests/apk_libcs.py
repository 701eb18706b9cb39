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
    """`wolfi-baselayout`, `glibc`, `ld-linux`, `glibc-dev` and `linux-headers`, in Wolfi's layout."""
    libraries = glibc.root / "usr/lib/x86_64-linux-gnu"
    shared = [file for file in libraries.iterdir() if ".so." in file.name and file.name.startswith("lib")]
    developed = [file for file in libraries.iterdir() if file.suffix in (".o", ".a")]
    version = f"{glibc.version}-r3"
    layout = (
        special("usr/lib", tarfile.DIRTYPE),
        *(special(name, tarfile.SYMTYPE, "usr/lib") for name in ("lib", "lib64")),
        special("usr/lib64", tarfile.SYMTYPE, "lib"),
        member("etc/os-release", b'ID=wolfi\nVERSION_ID="20230201"\n'),
    )
    return [
        Package("wolfi-baselayout", "20230201-r30", layout),
        Package(
            f"glibc-{glibc.version}",
            version,
            (
                *(member(f"usr/lib/{file.name}", file.read_bytes(), mode=0o755) for file in shared),
                *_zones(glibc),
            ),
            depends="ld-linux wolfi-baselayout",
            provides=f"glibc={version}",
            priority=243,
            origin="glibc",
        ),
        Package(
            f"ld-linux-{glibc.version}",
            version,
            (
                member(
                    "usr/lib/ld-linux-x86-64.so.2",
                    (libraries / "ld-linux-x86-64.so.2").read_bytes(),
                    mode=0o755,
                ),
            ),
            depends="wolfi-baselayout",
            provides=f"ld-linux={version}",
            origin="glibc",
        ),
        Package(
            "glibc-dev",
            version,
            (
                *_tree(glibc.root / "usr/include", "usr/include", but={*_KERNEL, "asm"}),
                *_tree(glibc.root / "usr/include/x86_64-linux-gnu", "usr/include", but={"asm"}),
                *(member(f"usr/lib/{file.name}", file.read_bytes()) for file in developed),
                *(_script(libraries / name) for name in ("libc.so", "libm.so")),
            ),
            depends=f"glibc={version}",
            origin="glibc",
        ),
        _kernel_headers(glibc),
    ]


def _kernel_headers(libc: Libc) -> Package:
    include = libc.root / "usr/include"
    folders = [*(include / name for name in _KERNEL), include / "x86_64-linux-gnu/asm"]
    files = (each for folder in folders for each in _tree(folder, f"usr/include/{folder.name}"))
    return Package("linux-headers", "7.2-r0", tuple(files))


def _zones(libc: Libc) -> Iterator[Member]:
    yield from _tree(libc.root / "usr/share/zoneinfo/Europe", "usr/share/zoneinfo/Europe")


def _script(file: Path) -> Member:
    """A script of the linker, in which libraries have other places."""
    text = file.read_text().replace("/usr/lib/x86_64-linux-gnu/", "/usr/lib/")
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
