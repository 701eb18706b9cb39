"""Locking trusts what is signed, checks the rest by digest, and says what is wrong with a mirror."""

import lzma
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from debian_archive import Mirror, Signer, deb, member, release, sha256, stanza

from conformance.errors import UserError
from conformance.libcs import lock as lock_module
from conformance.libcs.catalogue import Entry, catalogue
from conformance.libcs.lock import Lock, locked_packages, read_lock, write_lock
from conformance.libcs.relock import relock
from conformance.libcs.signature import archive_keyring

pytestmark = pytest.mark.skipif(
    not (shutil.which("gpg") and shutil.which("gpgv")), reason="needs gpg to sign and gpgv to check"
)

ENTRY = Entry("musl", "1.2.3", "x86_64", "bookworm", ("musl", "linux-libc-dev"))
INRELEASE = "/dists/bookworm/InRelease"
INDEX = "/dists/bookworm/main/binary-amd64/Packages.xz"
FILE = deb(member("./usr/f"))
PACKAGES = [
    stanza("linux-libc-dev", "6.1.9-1", FILE, arch="all"),
    stanza("linux-libc-dev", "6.1.10-1", FILE, arch="all"),
    stanza("linux-libc-dev", "6.1.10~rc1-1", FILE, arch="all"),
    stanza("linux-libc-dev-extra", "9", FILE),
    stanza("musl", "1.2.3-1", FILE),
]


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signer]:
    signer = Signer(tmp_path_factory.mktemp("gpg") / "archive")
    yield signer
    signer.close()


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror()
    server = mirror.serve()
    yield mirror
    server.shutdown()
    server.server_close()


def publish(mirror: Mirror, signer: Signer, *fields: str, packages: list[str] = PACKAGES) -> bytes:
    """Fill the mirror with a suite of these packages; gives the index."""
    index = lzma.compress("\n".join(packages).encode())
    mirror.files = {INRELEASE: signer.sign(release(index, more=fields)), INDEX: index}
    return index


def lock(mirror: Mirror, signer: Signer, *, allow_expired: bool = False, entry: Entry = ENTRY) -> Lock:
    return relock([entry], mirror.url, signer.keyring, allow_expired=allow_expired)


def test_lock_has_the_newest_version_of_each_package(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer)
    musl, headers = lock(mirror, signer)["musl-1.2.3"]
    assert (musl.name, musl.version, musl.arch) == ("musl", "1.2.3-1", "amd64")
    assert (musl.path, musl.size, musl.sha256) == ("pool/musl_1.2.3-1.deb", len(FILE), sha256(FILE))
    assert (headers.name, headers.version, headers.arch) == ("linux-libc-dev", "6.1.10-1", "all")


def test_index_is_asked_for_by_digest_where_the_mirror_offers_it(mirror: Mirror, signer: Signer) -> None:
    index = publish(mirror, signer, "Acquire-By-Hash: yes")
    mirror.files[f"/dists/bookworm/main/binary-amd64/by-hash/SHA256/{sha256(index)}"] = mirror.files.pop(
        INDEX
    )
    assert lock(mirror, signer)


def test_suite_is_downloaded_once_for_several_libcs(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer)
    relock([ENTRY, ENTRY], mirror.url, signer.keyring, allow_expired=False)
    assert mirror.requests == [INRELEASE, INDEX]


def test_signature_of_another_key_is_refused(mirror: Mirror, signer: Signer, tmp_path: Path) -> None:
    stranger = Signer(tmp_path / "stranger")
    publish(mirror, stranger)
    stranger.close()
    with pytest.raises(UserError, match="no good signature"):
        lock(mirror, signer)


def test_unsigned_release_is_refused(mirror: Mirror, signer: Signer) -> None:
    mirror.files = {INRELEASE: release(publish(mirror, signer)).encode()}
    with pytest.raises(UserError, match="no good signature"):
        lock(mirror, signer)


def test_changed_release_is_refused(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer)
    mirror.files[INRELEASE] = mirror.files[INRELEASE].replace(b"Origin: Debian", b"Origin: Debiam")
    with pytest.raises(UserError, match="no good signature"):
        lock(mirror, signer)


def test_text_outside_of_the_signed_part_is_not_used(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer)
    mirror.files[INRELEASE] = release(b"another index").encode() + mirror.files[INRELEASE]
    assert lock(mirror, signer)


def test_changed_index_is_refused(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer)
    mirror.files[INDEX] = lzma.compress("\n".join(PACKAGES).replace("amd64", "arm64").encode())
    with pytest.raises(UserError, match="not the file that the signed index names"):
        lock(mirror, signer)


def test_another_suite_under_the_name_is_refused(mirror: Mirror, signer: Signer) -> None:
    index = publish(mirror, signer)
    mirror.files[INRELEASE] = signer.sign(release(index, codename="buster"))
    with pytest.raises(UserError, match="is of the suite buster, not bookworm"):
        lock(mirror, signer)


def test_expired_index_is_refused_unless_allowed(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer, "Valid-Until: Sat, 01 Jan 2022 00:00:00 UTC")
    with pytest.raises(UserError, match=r"valid until Sat, 01 Jan 2022.*--allow-expired"):
        lock(mirror, signer)
    assert lock(mirror, signer, allow_expired=True)


def test_index_that_is_still_valid_is_accepted(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer, "Valid-Until: Fri, 01 Jan 2999 00:00:00 UTC")
    assert lock(mirror, signer)


def test_suite_that_moved_on_is_reported(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer, packages=[*PACKAGES[:2], stanza("musl", "1.2.4-1", FILE)])
    with pytest.raises(UserError, match=r"bookworm has musl 1\.2\.4-1 now, not 1\.2\.3"):
        lock(mirror, signer)


def test_missing_package_is_reported(mirror: Mirror, signer: Signer) -> None:
    publish(mirror, signer, packages=PACKAGES[-1:])
    with pytest.raises(UserError, match="bookworm has no package linux-libc-dev for amd64"):
        lock(mirror, signer)


def test_missing_suite_is_reported(mirror: Mirror, signer: Signer) -> None:
    with pytest.raises(UserError, match="InRelease: the mirror has no such file"):
        lock(mirror, signer)


def test_keyring_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no keyring"):
        archive_keyring(tmp_path / "missing.gpg")


def test_machine_without_gpgv(mirror: Mirror, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(mirror, signer)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match="install the package gpgv"):
        lock(mirror, signer)


@pytest.fixture
def lock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lock_module, "LOCK", tmp_path / "lock.toml")
    return tmp_path / "lock.toml"


def test_lock_reads_back_with_a_line_for_each_package(
    mirror: Mirror, signer: Signer, lock_file: Path
) -> None:
    publish(mirror, signer)
    written = lock(mirror, signer)
    write_lock(written)
    assert read_lock() == written
    assert len([line for line in lock_file.read_text().splitlines() if sha256(FILE) in line]) == 2


def test_lock_without_the_packages_of_the_catalogue_is_refused(
    mirror: Mirror, signer: Signer, lock_file: Path
) -> None:
    publish(mirror, signer)
    write_lock(lock(mirror, signer))
    with pytest.raises(UserError, match=r"conformance libcs lock musl-1\.2\.3"):
        locked_packages(catalogue()["musl-1.2.3"])
    with pytest.raises(UserError, match=r"conformance libcs lock glibc-2\.31"):
        locked_packages(catalogue()["glibc-2.31"])
