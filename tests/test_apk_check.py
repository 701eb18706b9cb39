"""`conformance libcs check`: what is published, listed and installed belongs together, or it is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from apk_repository import Package, Signer, apko, index, member, publish
from debian_archive import Mirror

from conformance.cli import main
from conformance.libcs.apk import config, lockfile
from conformance.libcs.apk.check import Report, check
from conformance.libcs.apk.fetch import fetch, relock
from conformance.libcs.apk.packagelist import PackageList

ARCH = "x86_64"
SIGNER = Signer()
GLIBC = Package("glibc", "2.43-r1", depends="ld-linux", origin="glibc")
LOADER = Package("ld-linux", "2.43-r1", origin="glibc")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror(publish([GLIBC, LOADER], SIGNER))
    server = mirror.serve()
    yield mirror
    server.shutdown()
    server.server_close()


@pytest.fixture
def packages(mirror: Mirror, tmp_path: Path) -> PackageList:
    file = apko(tmp_path, [f"{mirror.url}/repo"], ["glibc"], keys=[SIGNER])
    return PackageList(f"apk:{file}", file)


def install(packages: PackageList) -> None:
    fetch(config.read(packages.file), ARCH)


def now_has(mirror: Mirror, *packages: Package, listed: tuple[Package, ...] | None = None) -> None:
    """The server has `packages`, and its index lists them or those that are `listed`."""
    mirror.files.clear()
    mirror.files.update(publish(packages, SIGNER))
    if listed is not None:
        records = [each.record(each.build(SIGNER)) for each in listed]
        mirror.files["/repo/x86_64/APKINDEX.tar.gz"] = index(records, SIGNER)


def test_all_is_well(packages: PackageList) -> None:
    install(packages)
    assert check(packages) == Report(2, ())


def test_nothing_needs_to_be_installed(packages: PackageList) -> None:
    assert check(packages) == Report(2, ())


def test_installed_version_is_not_the_one_that_the_index_promises(
    mirror: Mirror, packages: PackageList
) -> None:
    install(packages)
    newer = Package("ld-linux", "2.43-r2", origin="glibc")
    now_has(mirror, GLIBC, LOADER, newer)
    assert "ld-linux: 2.43-r1 is installed, but the index promises 2.43-r2" in check(packages).findings


def test_locked_version_is_compared_where_nothing_is_installed(mirror: Mirror, packages: PackageList) -> None:
    lockfile.path_of(packages.file).write_text(relock(config.read(packages.file), [ARCH]))
    now_has(mirror, GLIBC, Package("ld-linux", "2.43-r2", origin="x"))
    assert check(packages).findings == ("ld-linux: 2.43-r1 is locked, but the index promises 2.43-r2",)


def test_rebuilt_package_of_the_same_version(mirror: Mirror, packages: PackageList) -> None:
    install(packages)
    now_has(mirror, GLIBC, Package("ld-linux", "2.43-r1", origin="glibc", files=(member("new"),)))
    assert check(packages).findings == (
        "ld-linux: 2.43-r1 is installed with other contents than the index promises",
    )


def test_package_that_is_no_longer_needed_or_newly_so(mirror: Mirror, packages: PackageList) -> None:
    install(packages)
    now_has(mirror, Package("glibc", "2.43-r1", depends="other", origin="glibc"), Package("other"))
    assert set(check(packages).findings) == {
        "glibc: 2.43-r1 is installed with other contents than the index promises",
        "ld-linux: 2.43-r1 is installed, which the index no longer promises",
        "other: is not installed, but the index promises 1-r0",
    }


def test_next_revision_is_published_but_missing_from_the_index(mirror: Mirror, packages: PackageList) -> None:
    install(packages)
    now_has(mirror, GLIBC, LOADER, Package("glibc", "2.43-r3", origin="glibc"), listed=(GLIBC, LOADER))
    assert check(packages).findings == ("glibc: 2.43-r3 is published, but missing from the index",)


def test_version_of_its_siblings_is_published_but_missing_from_the_index(
    mirror: Mirror, packages: PackageList
) -> None:
    """A security fix of which the index has only half."""
    fixed = Package("glibc", "2.44-r0", depends="ld-linux", origin="glibc")
    fixed_loader = Package("ld-linux", "2.44-r0", origin="glibc")
    now_has(mirror, GLIBC, LOADER, fixed, fixed_loader, listed=(GLIBC, LOADER, fixed_loader))
    assert "glibc: 2.44-r0 is published, but missing from the index" in check(packages).findings


def test_installed_version_was_taken_out_of_the_index(mirror: Mirror, packages: PackageList) -> None:
    install(packages)
    old = Package("ld-linux", "2.43-r0", origin="glibc")
    now_has(mirror, GLIBC, LOADER, old, listed=(GLIBC, old))
    assert check(packages).findings == (
        "ld-linux: 2.43-r1 is installed, but the index promises 2.43-r0",
        "ld-linux: 2.43-r1 is published, but missing from the index",
    )


def test_index_promises_what_the_server_does_not_have(mirror: Mirror, packages: PackageList) -> None:
    now_has(mirror, GLIBC, listed=(GLIBC, LOADER))
    assert check(packages).findings == (
        "ld-linux: the index promises 2.43-r1, but the server has no such file",
    )


def test_command(mirror: Mirror, packages: PackageList, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["libcs", "check", packages.name]) == 0
    assert capsys.readouterr().out == f"{packages.name}: 2 packages, as the index promises\n"
    now_has(mirror, GLIBC, listed=(GLIBC, LOADER))
    assert main(["libcs", "check", packages.name]) == 1
    assert f"{packages.name}: ld-linux: the index promises 2.43-r1" in capsys.readouterr().out


def test_command_without_a_known_repository(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("conformance.libcs.apk.mirror._REPOSITORIES", tmp_path / "none")
    for variable in ("CONFORMANCE_ALPINE_MIRROR", "CONFORMANCE_WOLFI_MIRROR"):
        monkeypatch.delenv(variable, raising=False)
    assert main(["libcs", "check"]) == 2
    assert "set CONFORMANCE_ALPINE_MIRROR or CONFORMANCE_WOLFI_MIRROR" in capsys.readouterr().err


def test_lock_command(packages: PackageList, capsys: pytest.CaptureFixture[str]) -> None:
    lock = lockfile.path_of(packages.file)
    assert main(["libcs", "lock", packages.name]) == 0
    assert capsys.readouterr().out == f"{lock}: written\n"
    assert main(["libcs", "lock", packages.name]) == 0
    assert capsys.readouterr().out == f"{lock}: nothing changed\n"
