"""Fetching: whole or not at all, verified, once, and with errors that say what to do."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from debian_archive import Mirror, deb, member, sha256

from conformance.errors import UserError
from conformance.libcs import fetch as fetch_module
from conformance.libcs import filling
from conformance.libcs import lock as lock_module
from conformance.libcs.catalogue import Entry
from conformance.libcs.fetch import fetch, root_of
from conformance.libcs.filling import exclusive
from conformance.libcs.lock import LockedPackage

MUSL = deb(member("./lib/x86_64-linux-musl/libc.so", b"musl"))
HEADERS = deb(member("./usr/include/linux/types.h", b"types"))
MUSL_PATH, HEADERS_PATH = "/pool/musl.deb", "/pool/linux-libc-dev.deb"
ENTRY = Entry("musl", "1.2.3", "x86_64", "bookworm", ("musl", "linux-libc-dev"))
OTHER = Entry("musl", "1.2.5", "x86_64", "trixie", ("linux-libc-dev",))

LOCK = f"""
["musl-1.2.3"]
packages = [
  {{ name = "musl", version = "1.2.3-1", arch = "amd64", path = "{MUSL_PATH[1:]}",
     size = {len(MUSL)}, sha256 = "{sha256(MUSL)}" }},
  {{ name = "linux-libc-dev", version = "6.1-1", arch = "amd64", path = "{HEADERS_PATH[1:]}",
     size = {len(HEADERS)}, sha256 = "{sha256(HEADERS)}" }},
]
["musl-1.2.5"]
packages = [
  {{ name = "linux-libc-dev", version = "6.1-1", arch = "amd64", path = "{HEADERS_PATH[1:]}",
     size = {len(HEADERS)}, sha256 = "{sha256(HEADERS)}" }},
]
""".replace(",\n     ", ", ")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lock.toml").write_text(LOCK)
    monkeypatch.setattr(lock_module, "LOCK", tmp_path / "lock.toml")
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror({MUSL_PATH: MUSL, HEADERS_PATH: HEADERS})
    server = mirror.serve()
    yield mirror
    mirror.go_on.set()
    server.shutdown()
    server.server_close()


def is_whole(entry: Entry) -> bool:
    names = {str(file.relative_to(root_of(entry))) for file in root_of(entry).rglob("*") if file.is_file()}
    wanted = {"musl": "usr/lib/x86_64-linux-musl/libc.so", "linux-libc-dev": "usr/include/linux/types.h"}
    return names == {wanted[package] for package in entry.packages}


def test_root_holds_all_packages(mirror: Mirror) -> None:
    fetch([ENTRY], mirror.url)
    assert is_whole(ENTRY)


def test_fetched_libc_is_not_fetched_again(mirror: Mirror) -> None:
    fetch([ENTRY], mirror.url)
    fetch([ENTRY], mirror.url)
    assert sorted(mirror.requests) == [HEADERS_PATH, MUSL_PATH]


def test_package_of_two_libcs_is_downloaded_once(mirror: Mirror) -> None:
    fetch([ENTRY, OTHER], mirror.url)
    assert is_whole(ENTRY)
    assert is_whole(OTHER)
    assert sorted(mirror.requests) == [HEADERS_PATH, MUSL_PATH]


def test_lost_root_is_made_again_without_network(mirror: Mirror) -> None:
    fetch([ENTRY], mirror.url)
    shutil.rmtree(root_of(ENTRY))
    fetch([ENTRY], "http://127.0.0.1:1")
    assert is_whole(ENTRY)


def test_damaged_package_in_the_cache_is_downloaded_again(mirror: Mirror, cache: Path) -> None:
    fetch([ENTRY], mirror.url)
    shutil.rmtree(root_of(ENTRY))
    (cache / "packages" / f"{sha256(MUSL)}.deb").write_bytes(MUSL[:-1])
    fetch([ENTRY], mirror.url)
    assert is_whole(ENTRY)
    assert mirror.requests.count(MUSL_PATH) == 2


def test_root_is_another_one_with_any_other_package_or_unpacker(monkeypatch: pytest.MonkeyPatch) -> None:
    def package(digest: str) -> LockedPackage:
        return LockedPackage("musl", "1", "amd64", "pool/x", 1, digest)

    first = fetch_module.root_digest([package("a"), package("b")])
    assert first != fetch_module.root_digest([package("a"), package("c")])
    monkeypatch.setattr(fetch_module, "UNPACKER_VERSION", -1)
    assert first != fetch_module.root_digest([package("a"), package("b")])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (MUSL[:-1] + b"?", f"must have {sha256(MUSL)}"),
        (MUSL[:-1], f"ended after {len(MUSL) - 1} of {len(MUSL)} bytes"),
        (MUSL + b"?", f"more than the {len(MUSL)} bytes"),
    ],
    ids=["changed", "short", "long"],
)
def test_wrong_content_is_refused_and_not_kept(
    mirror: Mirror, cache: Path, content: bytes, words: str
) -> None:
    mirror.files[MUSL_PATH] = content
    with pytest.raises(UserError, match=words):
        fetch([ENTRY], mirror.url)
    assert not root_of(ENTRY).exists()
    assert not (cache / "packages" / f"{sha256(MUSL)}.deb").exists()
    mirror.files[MUSL_PATH] = MUSL
    fetch([ENTRY], mirror.url)
    assert is_whole(ENTRY)


def test_version_that_is_gone_names_the_command_that_locks_anew(mirror: Mirror) -> None:
    del mirror.files[MUSL_PATH]
    with pytest.raises(
        UserError, match=r"no longer has musl 1\.2\.3-1;.* conformance libcs lock musl-1\.2\.3"
    ):
        fetch([ENTRY], mirror.url)


def test_mirror_that_does_not_answer() -> None:
    with pytest.raises(UserError, match="download failed"):
        fetch([ENTRY], "http://127.0.0.1:1")


def test_cache_that_cannot_be_made(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "lock.toml" / "cache"))
    with pytest.raises(UserError, match="CONFORMANCE_CACHE"):
        fetch([ENTRY], mirror.url)


def test_full_disk(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "usr/lib/libc.so")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", no_space)
        with pytest.raises(UserError, match="No space left on device"):
            fetch([ENTRY], mirror.url)
    assert not root_of(ENTRY).exists()
    fetch([ENTRY], mirror.url)
    assert is_whole(ENTRY)


def test_runs_at_the_same_time_fetch_once(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived = threading.Semaphore(0)

    def announced(file: Path) -> AbstractContextManager[None]:
        arrived.release()
        return exclusive(file)

    monkeypatch.setattr(filling, "exclusive", announced)
    mirror.stalled = {MUSL_PATH}
    runs = [threading.Thread(target=fetch, args=([ENTRY], mirror.url)) for _ in range(2)]
    for run in runs:
        run.start()
        assert arrived.acquire(timeout=60)
    assert mirror.stalling.wait(60)
    mirror.go_on.set()
    for run in runs:
        run.join()
    assert is_whole(ENTRY)
    assert sorted(mirror.requests) == [HEADERS_PATH, MUSL_PATH]


def test_killed_run_leaves_nothing_that_is_used_and_its_leftovers_go(
    mirror: Mirror, cache: Path, tmp_path: Path
) -> None:
    mirror.stalled = {MUSL_PATH}
    code = (
        "import sys; from pathlib import Path; from conformance.libcs import lock\n"
        "lock.LOCK = Path(sys.argv[1])\n"
        "from conformance.libcs.catalogue import Entry; from conformance.libcs.fetch import fetch\n"
        f"fetch([{ENTRY!r}], sys.argv[2])\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lock.toml"), mirror.url])
    assert mirror.stalling.wait(60)
    assert (cache / "incoming").is_dir()
    run.send_signal(signal.SIGKILL)
    run.wait()
    (cache / "incoming" / "half").mkdir()
    assert not root_of(ENTRY).exists()
    mirror.stalled = set()
    fetch([ENTRY], mirror.url)
    assert is_whole(ENTRY)
    assert not (cache / "incoming").exists()


def test_progress_without_a_terminal_is_plain_lines(
    mirror: Mirror, capfd: pytest.CaptureFixture[str]
) -> None:
    fetch([ENTRY], mirror.url)
    assert capfd.readouterr().err.splitlines() == ["fetching 2 packages, 0.0 MB", "fetched musl-1.2.3"]
