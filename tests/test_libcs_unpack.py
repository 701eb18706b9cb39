"""Packages come out as a Debian system has them, and hostile ones do not reach outside of the root."""

import contextlib
import gzip
import os
import stat
import tarfile
from pathlib import Path

import pytest
from debian_archive import ar, deb, member, special

from conformance.errors import UserError
from conformance.libcs.unpack import unpack


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the root, with one file in it, that nothing may change."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "precious").write_text("as it was")
    return folder


def unpacked(tmp_path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    return unpacked_bytes(tmp_path, deb(*members))


def unpacked_bytes(tmp_path: Path, content: bytes) -> Path:
    package = tmp_path / "package.deb"
    package.write_bytes(content)
    root = tmp_path / "root"
    unpack([package], root)
    return root


def test_files_of_lib_come_out_in_usr_lib(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path, special("./lib/", tarfile.DIRTYPE), member("./lib/libc.so", b"code", mode=0o755)
    )
    assert (root / "lib").readlink() == Path("usr/lib")
    assert (root / "usr/lib/libc.so").read_bytes() == b"code"


def test_absolute_link_becomes_relative_and_leads_to_the_roots_own_file(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path,
        member("./lib/x/ld.so", b"loader"),
        special("./lib64/ld.so.2", tarfile.SYMTYPE, "/lib/x/ld.so"),
    )
    assert not (root / "lib64/ld.so.2").readlink().is_absolute()
    assert (root / "lib64/ld.so.2").read_bytes() == b"loader"


def test_relative_link_is_kept(tmp_path: Path) -> None:
    root = unpacked(tmp_path, member("./usr/a", b"A"), special("./usr/lib/b", tarfile.SYMTYPE, "../../usr/a"))
    assert (root / "usr/lib/b").readlink() == Path("../../usr/a")


def test_hard_link_shares_the_file(tmp_path: Path) -> None:
    root = unpacked(tmp_path, member("./usr/a", b"A"), special("./usr/b", tarfile.LNKTYPE, "./usr/a"))
    assert (root / "usr/b").samefile(root / "usr/a")


def test_documentation_is_left_out_but_locales_are_not(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path,
        member("./usr/share/doc/libc6/copyright"),
        member("./usr/share/man/man3/malloc.3"),
        member("./usr/share/locale/de/LC_MESSAGES/libc.mo"),
        member("./usr/share/lintian/overrides/libc6"),
        member("./usr/lib/locale/C.utf8/LC_CTYPE"),
        member("./usr/share/docbook"),
    )
    found = {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}
    assert found == {"usr/lib/locale/C.utf8/LC_CTYPE", "usr/share/docbook"}


def test_anyone_can_read_and_nobody_gets_rights(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        root = unpacked(
            tmp_path,
            member("./usr/secret/file", mode=0o600),
            member("./usr/secret/program", mode=0o6711),
            member("./usr/secret/both", mode=0o1777),
        )
    finally:
        os.umask(before)

    def mode(name: str) -> int:
        return stat.S_IMODE((root / name).stat().st_mode)

    assert mode(".") == mode("usr/secret") == 0o755
    assert mode("usr/secret/file") == 0o644
    assert mode("usr/secret/program") == mode("usr/secret/both") == 0o755


def test_a_later_package_replaces_a_file(tmp_path: Path) -> None:
    first, second = tmp_path / "1.deb", tmp_path / "2.deb"
    first.write_bytes(deb(member("./usr/f", b"old")))
    second.write_bytes(deb(member("./usr/f", b"new")))
    unpack([first, second], tmp_path / "root")
    assert (tmp_path / "root/usr/f").read_bytes() == b"new"


@pytest.mark.parametrize(
    "name", ["../outside/new", "./usr/../../outside/new", "/outside/new", "usr/.."], ids=repr
)
def test_name_that_leads_outside_is_refused(tmp_path: Path, outside: Path, name: str) -> None:
    with pytest.raises(UserError, match="leads outside"):
        unpacked(tmp_path, member(name, b"evil"))
    assert [file.name for file in outside.iterdir()] == ["precious"]


def test_absolute_name_of_an_existing_file_is_refused(tmp_path: Path, outside: Path) -> None:
    with pytest.raises(UserError, match="leads outside"):
        unpacked(tmp_path, member(str(outside / "precious"), b"evil"))
    assert (outside / "precious").read_text() == "as it was"


@pytest.mark.parametrize("target", ["../outside", "usr/../../outside", "../../../../../../../etc"])
def test_link_that_leads_outside_is_refused(tmp_path: Path, outside: Path, target: str) -> None:
    with pytest.raises(UserError, match="outside of the package"):
        unpacked(tmp_path, special("./way", tarfile.SYMTYPE, target))


def test_link_chain_that_leads_outside_only_as_the_kernel_follows_it_is_refused(
    tmp_path: Path, outside: Path
) -> None:
    with pytest.raises(UserError, match="outside of the package"):
        unpacked(
            tmp_path,
            special("./usr/deep/here", tarfile.SYMTYPE, "../.."),
            special("./usr/deep/out", tarfile.SYMTYPE, "here/../outside"),
        )


@pytest.mark.parametrize("target", ["../outside", "{outside}"], ids=["relative", "absolute"])
def test_nothing_is_written_through_a_link_to_outside(tmp_path: Path, outside: Path, target: str) -> None:
    link = special("./way", tarfile.SYMTYPE, target.format(outside=outside))
    package = tmp_path / "package.deb"
    package.write_bytes(deb(link, member("./way/precious", b"evil"), member("./way/new", b"evil")))
    with contextlib.suppress(UserError):  # what counts is what happened outside
        unpack([package], tmp_path / "root")
    assert (outside / "precious").read_text() == "as it was"
    assert [file.name for file in outside.iterdir()] == ["precious"]


def test_file_replaces_a_link_instead_of_what_it_leads_to(tmp_path: Path) -> None:
    root = unpacked(
        tmp_path,
        member("./usr/target", b"as it was"),
        special("./usr/link", tarfile.SYMTYPE, "target"),
        member("./usr/link", b"new"),
    )
    assert (root / "usr/target").read_bytes() == b"as it was"
    assert not (root / "usr/link").is_symlink()


@pytest.mark.parametrize("target", ["../outside/precious", "/outside/precious", "./usr/missing"])
def test_hard_link_to_outside_or_nowhere_is_refused(tmp_path: Path, outside: Path, target: str) -> None:
    with pytest.raises(UserError, match=r"leads outside|which is no file"):
        unpacked(tmp_path, special("./usr/grab", tarfile.LNKTYPE, target))
    assert (outside / "precious").stat().st_nlink == 1


def test_hard_link_through_a_link_to_outside_is_refused(tmp_path: Path, outside: Path) -> None:
    with pytest.raises(UserError, match="no file"):
        unpacked(
            tmp_path,
            special("./way", tarfile.SYMTYPE, "../outside"),
            special("./grab", tarfile.LNKTYPE, "way/precious"),
        )
    assert (outside / "precious").stat().st_nlink == 1


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_device_is_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(UserError, match="device"):
        unpacked(tmp_path, special("./dev/node", kind))


def test_links_in_circles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="circles"):
        unpacked(
            tmp_path,
            special("./a", tarfile.SYMTYPE, "b"),
            special("./b", tarfile.SYMTYPE, "a"),
            member("./a/file"),
        )


def test_file_where_a_folder_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="replace a folder"):
        unpacked(tmp_path, member("./usr/lib", b""))


def test_folder_where_a_file_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="faulty archive"):
        unpacked(tmp_path, member("./usr/f"), special("./usr/f", tarfile.DIRTYPE))


WHOLE = deb(member("./usr/f", bytes(range(256)) * 64))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no package at all", "not a Debian package"),
        (WHOLE[:-40], "cut off"),
        (ar(("debian-binary", b"2.0\n")), "no data.tar"),
        (ar(("data.tar.xz", b"not xz at all")), "faulty archive"),
        (ar(("data.tar.lzo", b"")), "unknown compression"),
        (deb(member("./usr/f"), compress=lambda tar: tar), "faulty archive"),
        (WHOLE.replace(b"data.tar.xz", b"data.tar.gz"), "faulty archive"),
        (b"!<arch>\n" + b"x" * 60, "faulty ar header"),
    ],
)
def test_faulty_package_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        unpacked_bytes(tmp_path, content)
    assert "package.deb" in str(caught.value)


@pytest.mark.parametrize(("suffix", "compress"), [(".gz", "gzip"), ("", None)])
def test_other_compressions_are_read(tmp_path: Path, suffix: str, compress: str | None) -> None:
    plain = deb(member("./usr/f", b"content"), compress=lambda tar: tar)
    data = plain[plain.index(b"`\n", plain.index(b"data.tar.xz")) + 2 :]
    body = gzip.compress(data) if compress else data
    root = unpacked_bytes(tmp_path, ar((f"data.tar{suffix}", body)))
    assert (root / "usr/f").read_bytes() == b"content"
