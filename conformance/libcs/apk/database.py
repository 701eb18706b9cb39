"""apk's database of installed packages, lib/apk/db/installed: what is in a root directory."""

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from conformance.libcs.apk import checksum
from conformance.libcs.apk.package import Info, data_archive, stored
from conformance.libcs.rootpath import inside

_PLACES = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")

# the letters of an index and of the database, in the order that apk writes them in, by the keys of .PKGINFO
_LETTERS = {
    "P": "pkgname",
    "V": "pkgver",
    "A": "arch",
    "I": "size",
    "T": "pkgdesc",
    "U": "url",
    "L": "license",
    "o": "origin",
    "m": "maintainer",
    "t": "builddate",
    "c": "commit",
    "k": "provider_priority",
    "D": "depend",
    "p": "provides",
    "r": "replaces",
    "i": "install_if",
}


def of(root: Path) -> Path | None:
    """The database of a root directory; None where there is none."""
    return next((file for place in _PLACES if (file := inside(root, place)).is_file()), None)


def read(file: Path) -> list[dict[str, str]]:
    """The fields of each installed package by their letters, without its files."""
    records = []
    for paragraph in file.read_text(errors="replace").split("\n\n"):
        fields: dict[str, str] = {}
        for line in paragraph.splitlines():
            if line.startswith("F:"):
                break
            if line[1:2] == ":":
                fields[line[0]] = line[2:]
        if "P" in fields and "V" in fields:
            records.append(fields)
    return records


def fields(info: Info) -> dict[str, str]:
    """What .PKGINFO says, by the letters of an index."""
    return {letter: " ".join(info[key]) for letter, key in _LETTERS.items() if key in info}


def write(packages: Iterable[Path], root: Path) -> None:
    """Write the database of a root directory that these stored packages were unpacked into."""
    file = inside(root, _PLACES[0])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(_record(package, root) for package in packages))


def _record(package: Path, root: Path) -> str:
    members = stored(package)
    size = sum(map(len, (members.signature, members.control, members.data)))
    lines = {"C": members.checksum} | fields(members.info)
    head = [f"{letter}:{value}" for letter, value in (lines | {"S": str(size)}).items()]
    return "\n".join([*head, *_files(package, root), ""])


def _files(package: Path, root: Path) -> Iterator[str]:
    folders: dict[str, list[str]] = {}
    with data_archive(package) as archive:
        for member in archive:
            name = member.name.removeprefix("./").strip("/")
            folder, _, last = name.rpartition("/")
            place = inside(root, folder) / last
            if member.isdir():
                folders.setdefault(name, [])
            elif place.is_symlink() or place.exists():  # documentation was left out
                folders.setdefault(folder, []).extend([f"R:{last}", f"Z:{_checksum(archive, member)}"])
    for folder, lines in folders.items():
        yield f"F:{folder}"
        yield from lines


def _checksum(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    if member.issym():
        return checksum.of(member.linkname.encode())
    content = archive.extractfile(member)
    return checksum.of(content.read() if content else b"")
