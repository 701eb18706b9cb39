"""From names to libcs: what is borrowed from where, and that a libc is what its name says."""

import platform
from collections.abc import Sequence
from pathlib import Path

import pytest
from libcs_fixtures import elf, put

from conformance.errors import UserError
from conformance.libcs import select as select_module
from conformance.libcs.catalogue import Entry, catalogue
from conformance.libcs.fetch import root_of
from conformance.libcs.select import catalogued, fetched_libc, select

MUSL = "/lib/ld-musl-x86_64.so.1"


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what would have been fetched; nothing is."""
    names: list[str] = []

    def fetch(entries: Sequence[Entry]) -> None:
        names.extend(entry.name for entry in entries)

    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(select_module, "fetch", fetch)
    return names


def tells(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(select_module, "told_version", lambda *_: version)


def test_directory_without_headers_borrows_those_of_the_nearest_version(
    tmp_path: Path, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, MUSL, elf())
    tells(monkeypatch, "1.2.4")
    (libc,) = select(f"dir:{tmp_path}")
    assert (libc.name, libc.version, libc.root) == (f"dir:{tmp_path}", "1.2.4", tmp_path)
    assert libc.development.borrowed_from == "musl-1.2.3"
    assert libc.development.root == root_of(catalogue()["musl-1.2.3"])
    assert fetched == ["musl-1.2.3"]


def test_directory_that_cannot_be_read_is_an_error_of_the_user(
    tmp_path: Path, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(root: Path) -> None:
        raise PermissionError(13, "Permission denied", str(root / "lib"))

    monkeypatch.setattr(select_module, "find_libc", denied)
    with pytest.raises(UserError, match="lib cannot be read"):
        select(f"dir:{tmp_path}")


@pytest.mark.parametrize("version", ["1.2.5", "1.2.3+git20220101"])
def test_catalogued_libc_that_tells_another_version_is_refused(
    tmp_path: Path, fetched: list[str], monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    put(tmp_path, MUSL, elf())
    monkeypatch.setattr(select_module, "root_of", lambda _: tmp_path)
    tells(monkeypatch, "1.2.3")
    assert fetched_libc(catalogue()["musl-1.2.3"]).version == "1.2.3"
    tells(monkeypatch, version)
    with pytest.raises(UserError, match=r"musl-1\.2\.3: the libc in .* says"):
        fetched_libc(catalogue()["musl-1.2.3"])


@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda entry: entry.name)
def test_real_libc_tells_its_version_and_can_be_compiled_for(entry: Entry) -> None:
    if not root_of(entry).is_dir():
        pytest.skip(f"{entry.name} is not fetched")
    (libc,) = catalogued([entry.name])
    assert (libc.family, libc.version, libc.arch) == (entry.family, entry.version, entry.arch)
    assert libc.identity.build_id is not None
    assert libc.development.borrowed_from is None
    (same,) = select(f"dir:{libc.root}")
    assert same.identity.digest == libc.identity.digest
    assert same.development.borrowed_from is None
