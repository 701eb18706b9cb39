"""What `--libc` can say, without network and without any libc."""

from pathlib import Path

import pytest

from conformance.errors import UserError
from conformance.libcs.catalogue import catalogue, of_family
from conformance.libcs.lock import locked_packages, read_lock
from conformance.libcs.names import Directory, catalogued_entries, parse


def names(spec: str) -> list[str]:
    return [selection.name for selection in parse(spec)]


MUSL = ["musl-1.2.2", "musl-1.2.3", "musl-1.2.5", "musl-1.2.6"]
GLIBC = ["glibc-2.31", "glibc-2.36", "glibc-2.41", "glibc-2.43"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("musl-1.2.3", ["musl-1.2.3"]),
        ("musl,glibc", ["musl-1.2.6", "glibc-2.43"]),
        ("musl:all", MUSL),
        ("all", MUSL + GLIBC),
        ("glibc-2.43, musl-1.2.2", ["glibc-2.43", "musl-1.2.2"]),
        ("musl,musl-1.2.6,musl:all", ["musl-1.2.6", "musl-1.2.2", "musl-1.2.3", "musl-1.2.5"]),
        ("host,host", ["host"]),
        ("host,dir:/", ["host"]),
    ],
)
def test_names_stand_for(spec: str, expected: list[str]) -> None:
    assert names(spec) == expected


def test_family_is_its_newest_version() -> None:
    for family in ("musl", "glibc"):
        newest = catalogue()[names(family)[0]]
        assert all(entry.parsed_version <= newest.parsed_version for entry in of_family(family))


def test_directory_keeps_its_name_and_gets_an_absolute_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rootfs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert parse("dir:./rootfs,dir:rootfs") == [Directory("dir:./rootfs", tmp_path.resolve() / "rootfs")]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("mulsl", "did you mean musl"),
        ("musl-1.2.4", "did you mean musl-1.2"),
        ("glibc_2.36", "did you mean glibc-2.36"),
        ("newlib", "musl-1.2.2, musl-1.2.3"),
        ("musl:every", "there is no libc 'musl:every'"),
        ("musl,,glibc", "there is no libc ''"),
        ("dir:", "not a directory"),
        ("dir:/no/such/place", "/no/such/place is not a directory"),
        ("image:", "is no image's name"),
        ("apk:musl", "no file .musl.; apk: takes"),
    ],
)
def test_other_names_are_refused(spec: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        parse(spec)


def test_host_cannot_be_fetched() -> None:
    with pytest.raises(UserError, match="host is not in the catalogue"):
        catalogued_entries("musl,host")


def test_committed_lock_fits_the_catalogue() -> None:
    assert list(read_lock()) == list(catalogue())
    for entry in catalogue().values():
        libc = locked_packages(entry)[0]
        assert libc.version.split("-")[0] == entry.version
        assert all(len(package.sha256) == 64 and package.size > 0 for package in locked_packages(entry))
