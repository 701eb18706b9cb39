"""Without a Debian mirror, musl and glibc come from Alpine's and Wolfi's packages, and it is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from apk_libcs import musl_packages
from apk_repository import Package, Signer, publish
from debian_archive import Mirror

from conformance.errors import UserError
from conformance.libcs.apk import fallback, mirror, packagelist
from conformance.libcs.apk.packagelist import PackageList
from conformance.libcs.catalogue import Entry, catalogue
from conformance.libcs.fetch import root_of
from conformance.libcs.model import Libc
from conformance.libcs.names import parse
from conformance.paths import CASES

SIGNER = Signer()
REASON = "this machine has no apt to read a mirror from"
FALLEN = {"musl": "musl-1.2.6", "glibc": "glibc-2.43"}


def no_mirror() -> str:
    raise UserError(f"{REASON}; name one")


@pytest.fixture
def elsewhere(musl: Libc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without apt and with an empty cache, on which nothing is set."""
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(fallback, "debian_mirror", no_mirror)
    monkeypatch.setattr(mirror, "_REPOSITORIES", tmp_path / "none")
    for variable in (mirror.ALPINE, mirror.WOLFI):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def alpine(elsewhere: None, musl: Libc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mirror of Alpine's, of which the shipped package list knows the key."""
    packages = [*musl_packages(musl), Package("alpine-baselayout"), Package("tzdata")]
    served = Mirror(publish(packages, SIGNER, "/alpine/v3.24/main/x86_64"))
    server = served.serve()
    monkeypatch.setenv(mirror.ALPINE, f"{served.url}/alpine")
    (tmp_path / SIGNER.name).write_bytes(SIGNER.public)
    monkeypatch.setenv("CONFORMANCE_APK_KEYS", str(tmp_path))
    images = tmp_path / "images"
    images.mkdir()
    shipped = (packagelist.IMAGES / "alpine-musl.yaml").read_text()
    trusting = shipped.replace("  packages:", f"    - {SIGNER.name}\n  packages:")
    (images / "alpine-musl.yaml").write_text(trusting)
    monkeypatch.setattr(fallback, "IMAGES", images)
    yield
    server.shutdown()
    server.server_close()


def test_debians_packages_are_taken_where_nothing_else_is_known(elsewhere: None) -> None:
    assert parse("musl,glibc") == [catalogue()["musl-1.2.6"], catalogue()["glibc-2.43"]]


@pytest.mark.parametrize(
    ("family", "variable", "name"),
    [("musl", mirror.ALPINE, "apk:alpine-musl"), ("glibc", mirror.WOLFI, "apk:wolfi-glibc")],
)
def test_package_list_is_taken_where_its_mirror_is_known(
    elsewhere: None, monkeypatch: pytest.MonkeyPatch, family: str, variable: str, name: str
) -> None:
    monkeypatch.setenv(variable, "https://mirror.test")
    (taken,) = parse(family)
    assert isinstance(taken, PackageList)
    assert taken.name == name
    assert taken.note == f"{name} is taken in place of {FALLEN[family]}: {REASON}"
    assert all(isinstance(each, Entry) for each in parse(f"{family}:all"))


def test_what_is_fetched_is_taken(elsewhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mirror.ALPINE, "https://mirror.test")
    root_of(catalogue()["musl-1.2.6"]).mkdir(parents=True)
    assert parse("musl") == [catalogue()["musl-1.2.6"]]


def test_debian_mirror_is_preferred(elsewhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mirror.ALPINE, "https://mirror.test")
    monkeypatch.setattr(fallback, "debian_mirror", lambda: "https://debian.test")
    assert parse("musl") == [catalogue()["musl-1.2.6"]]


def test_run_needs_no_package_of_debians_and_tells_whose_it_has(
    pytester: pytest.Pytester, alpine: None
) -> None:
    topic = str(CASES / "strings/strings.yaml")
    done = pytester.runpytest_inprocess("--libc=musl", "--results=out", "-k", "basename", topic)
    done.stdout.fnmatch_lines(
        [
            "libc: apk:alpine-musl is musl-1.2.6 (musl 1.2.6-r7, sha256 *)",
            f"apk:alpine-musl is taken in place of musl-1.2.6: {REASON}",
        ]
    )
    assert done.ret == pytest.ExitCode.OK
