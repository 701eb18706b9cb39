"""Unpacking packages into a root directory without trusting what is in them.

tarfile's own filters are not enough: `data` refuses the absolute symbolic links that libc6 is made of, and
`tar` lets a link chain lead out of the folder in several versions of Python.
"""

import gzip
import lzma
import os
import shutil
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.deb import data_archive
from conformance.libcs.rootpath import inside

UNPACKER_VERSION = 1
"""Part of a root's digest: to be raised when the same packages come out differently."""

_MERGED = ("bin", "sbin", "lib", "lib64")
_MOUNT_POINTS = ("dev", "etc", "proc", "run", "sys", "tmp")
_SKIPPED = ("usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/lintian/", "usr/share/info/")

_FAULTY = (
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    gzip.BadGzipFile,
    EOFError,
    FileExistsError,
    NotADirectoryError,
)
"""What a package raises that is not one: contents that cannot be read, a file where it needs a folder."""


def unpack(packages: Iterable[Path], root: Path) -> None:
    """Unpack .deb files into the empty or missing folder `root`, the way a Debian system lays them out.

    `/lib` and its like are links into `/usr`. Otherwise like `unpack_archives`.
    """
    for name in _MERGED:
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    unpack_archives(packages, data_archive, root)


def unpack_archives(packages: Iterable[Path], opened: Callable[[Path], tarfile.TarFile], root: Path) -> None:
    """Unpack packages into the folder `root`; `opened` gives the archive of a package's files.

    Absolute symbolic links are made relative, so that tools outside stay inside; modes are 755 and 644;
    documentation and message catalogues are left out. Raises UserError for an archive that is faulty or would
    write, or lead, outside of `root`.
    """
    for name in _MOUNT_POINTS:
        (root / name).mkdir(parents=True, exist_ok=True)
    for package in packages:
        try:
            with opened(package) as archive:
                for member in archive:
                    _unpack_member(archive, member, root, package)
        except _FAULTY as error:
            raise UserError(f"{package}: is a faulty archive ({error})") from error
    _check_links(root)
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o755)  # whatever the umask is


def _unpack_member(archive: tarfile.TarFile, member: tarfile.TarInfo, root: Path, package: Path) -> None:
    name = _plain_name(member.name, package)
    if f"{name}/".startswith(_SKIPPED):
        return
    if member.isdir():
        inside(root, name).mkdir(parents=True, exist_ok=True)
        return
    parent, _, last = name.rpartition("/")
    folder = inside(root, parent)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / last
    if place.is_dir() and not place.is_symlink():
        raise UserError(f"{package}: {member.name} would replace a folder")
    place.unlink(missing_ok=True)
    if member.isreg():
        content = archive.extractfile(member)
        assert content is not None, "tarfile gives regular files a content"
        with place.open("wb") as out:
            shutil.copyfileobj(content, out)
        place.chmod(0o755 if member.mode & stat.S_IXUSR else 0o644)
    elif member.issym():
        place.symlink_to(_relative_target(member.linkname, folder, root))
    elif member.islnk():
        target = inside(root, _plain_name(member.linkname, package))
        if not target.is_file():
            raise UserError(f"{package}: {member.name} is a hard link to {member.linkname}, which is no file")
        place.hardlink_to(target)
    else:
        raise UserError(f"{package}: {member.name} is a device or something else that no libc needs")


def _plain_name(name: str, package: Path) -> str:
    parts = name.removeprefix("./").split("/")
    if name.startswith("/") or ".." in parts:
        raise UserError(f"{package}: the name {name!r} leads outside of the package")
    return "/".join(part for part in parts if part not in ("", "."))


def _relative_target(target: str, folder: Path, root: Path) -> str:
    return os.path.relpath(f"{root}{target}", folder) if target.startswith("/") else target


def _check_links(root: Path) -> None:
    """Every link leads to inside, also for tools that do not take `root` for `/`."""
    top = root.resolve()
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            link = Path(folder, name)
            if link.is_symlink() and not Path(os.path.realpath(link)).is_relative_to(top):
                raise UserError(
                    f"{link.relative_to(root)}: is a link to {link.readlink()}, outside of the package"
                )
