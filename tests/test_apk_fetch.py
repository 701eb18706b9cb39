"""Roots from repositories on a server: whole or not at all, pinned, and with errors that say what to do."""

import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from apk_repository import Member, Package, Signer, apko, index, member, publish, special
from debian_archive import Mirror

from conformance.errors import UserError
from conformance.libcs import identity
from conformance.libcs.apk import config, database, lockfile, provider
from conformance.libcs.apk.development import development_of
from conformance.libcs.apk.fetch import fetch, lock_of, relock
from conformance.libcs.apk.packagelist import PackageList

ARCH = "x86_64"
SIGNER = Signer()
STRANGER = Signer()

LAYOUT = Package(
    "wolfi-baselayout",
    files=(
        special("usr/lib", tarfile.DIRTYPE),
        special("lib", tarfile.SYMTYPE, "usr/lib"),
        member("etc/os-release"),
    ),
    depends="libc",
)
LIBC = Package(
    "libc",
    "1.2.5-r0",
    files=(
        member("lib/ld-musl-x86_64.so.1", b"code", mode=0o755),
        special("usr/lib/l", tarfile.SYMTYPE, "/lib/x"),
    ),
    provides="so:libc.so.1=1",
)
APP = Package("app", "2-r3", files=(member("usr/bin/app", b"app", mode=0o4755),), depends="so:libc.so.1")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror(publish([LAYOUT, LIBC, APP], SIGNER))
    server = mirror.serve()
    yield mirror
    server.shutdown()
    server.server_close()


@pytest.fixture
def image(mirror: Mirror, tmp_path: Path) -> config.Config:
    return config.read(apko(tmp_path, [f"{mirror.url}/repo"], ["app", "wolfi-baselayout"], keys=[SIGNER]))


def refused(image: config.Config) -> str:
    with pytest.raises(UserError) as caught:
        fetch(image, ARCH)
    return str(caught.value)


def path(package: Package) -> str:
    return f"/repo/x86_64/{package.file_name}"


def republish(mirror: Mirror, *packages: Package) -> None:
    mirror.files.clear()
    mirror.files.update(publish(packages, SIGNER))


def test_root_holds_what_is_needed_and_tells_of_it(image: config.Config) -> None:
    root = fetch(image, ARCH)
    assert (root / "lib").readlink() == Path("usr/lib")
    assert (root / "usr/lib/ld-musl-x86_64.so.1").read_bytes() == b"code"
    assert (root / "usr/bin/app").stat().st_mode & 0o7777 == 0o755
    assert not (root / "usr/lib/l").readlink().is_absolute()
    file = database.of(root)
    assert file is not None
    assert [(each["P"], each["V"]) for each in database.read(file)] == [
        ("wolfi-baselayout", "1-r0"),
        ("libc", "1.2.5-r0"),
        ("app", "2-r3"),
    ]
    assert "F:usr/bin\nR:app\nZ:Q1" in file.read_text()
    assert identity._of_apk(root, "/lib/ld-musl-x86_64.so.1") == "libc 1.2.5-r0"


def test_second_fetch_asks_nobody_also_after_the_index_moved_on(mirror: Mirror, image: config.Config) -> None:
    first = fetch(image, ARCH)
    asked = len(mirror.requests)
    republish(mirror, LAYOUT, Package("libc", "1.2.6-r0", provides="so:libc.so.1=1"), APP)
    assert fetch(image, ARCH) == first
    shutil.rmtree(first)
    assert fetch(image, ARCH) == first
    assert len(mirror.requests) == asked


def test_repository_in_a_folder(tmp_path: Path) -> None:
    for name, content in publish([LIBC], SIGNER, "packages/x86_64").items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    image = config.read(apko(tmp_path, ["./packages"], ["libc"], keys=[SIGNER]))
    assert (fetch(image, ARCH) / "lib/ld-musl-x86_64.so.1").is_file()
    (tmp_path / "packages" / ARCH / "APKINDEX.tar.gz").unlink()
    with pytest.raises(UserError, match=r"image\.yaml:3: there is no index .*packages/x86_64"):
        relock(image, [ARCH])


def test_headers_are_arranged_beside_the_root(mirror: Mirror, image: config.Config) -> None:
    headers = ("usr/include/stdio.h", "usr/include/linux/types.h", "usr/include/asm/types.h")
    libraries = ("usr/lib/Scrt1.o", "usr/lib/crti.o", "usr/lib/crtn.o", "usr/lib/libc.so")
    republish(mirror, LAYOUT, LIBC, Package("app", files=tuple(map(member, (*headers, *libraries)))))
    root = fetch(image, ARCH)
    arranged = development_of(root)
    assert (arranged / "usr/lib/x86_64-linux-musl/Scrt1.o").samefile(root / "usr/lib/Scrt1.o")
    assert (arranged / "usr/include/x86_64-linux-gnu/asm/types.h").is_file()
    assert (arranged / "lib/x86_64-linux-musl/libc.so").is_file()
    assert not (root / "usr/lib/x86_64-linux-musl").exists()


def test_lock_pins_and_is_read_again(mirror: Mirror, image: config.Config, cache: Path) -> None:
    lock = lockfile.path_of(image.file)
    assert lock.name == "image.lock.json"
    lock.write_text(relock(image, [ARCH]))
    root = fetch(image, ARCH)
    shutil.rmtree(cache)
    republish(mirror, LAYOUT, LIBC, APP, Package("libc", "1.2.6-r0", provides="so:libc.so.1=1"))
    assert fetch(image, ARCH) == root


def test_lock_has_the_form_of_apko(image: config.Config, mirror: Mirror) -> None:
    lock = json.loads(relock(image, [ARCH]))
    assert lock["version"] == "v1"
    assert lock["config"]["checksum"].startswith("sha256-")
    assert lock["contents"]["repositories"][0]["url"] == f"{mirror.url}/repo/x86_64/APKINDEX.tar.gz"
    entry = lock["contents"]["packages"][1]
    built = mirror.files[path(LIBC)]
    assert (entry["name"], entry["version"], entry["architecture"]) == ("libc", "1.2.5-r0", ARCH)
    ranges = [entry[part]["range"] for part in ("signature", "control", "data")]
    bounds = [tuple(map(int, each.removeprefix("bytes=").split("-"))) for each in ranges]
    assert bounds[0][0] == 0
    assert bounds[1][0] == bounds[0][1] + 1
    assert bounds[2] == (bounds[1][1] + 1, len(built) - 1)
    assert entry["checksum"] == "Q1" + entry["control"]["checksum"].removeprefix("sha1-")


def test_lock_names_mirrors_by_their_variables(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORMANCE_WOLFI_MIRROR", f"{mirror.url}/repo")
    image = config.read(apko(tmp_path, ["${CONFORMANCE_WOLFI_MIRROR}"], ["libc"], keys=[SIGNER]))
    text = relock(image, [ARCH])
    assert "127.0.0.1" not in text
    lockfile.path_of(image.file).write_text(text)
    assert fetch(image, ARCH).is_dir()
    monkeypatch.delenv("CONFORMANCE_WOLFI_MIRROR")
    assert fetch(image, ARCH).is_dir()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not a lock file"),
        ("[]", "is not a lock file"),
        ('{"contents": {"packages": []}}', "locks no packages for x86_64"),
        ('{"contents": {"packages": [{"architecture": "x86_64"}]}}', "is not a lock file"),
    ],
)
def test_lock_that_is_none(image: config.Config, text: str, words: str) -> None:
    lockfile.path_of(image.file).write_text(text)
    assert words in refused(image)


def test_lock_of_a_package_that_is_gone(mirror: Mirror, image: config.Config, cache: Path) -> None:
    lockfile.path_of(image.file).write_text(relock(image, [ARCH]))
    shutil.rmtree(cache)
    del mirror.files[path(LIBC)]
    said = refused(image)
    assert "libc-1.2.5-r0.apk: is not there, yet it is locked" in said
    assert "conformance libcs lock apk:" in said


def test_lock_that_the_list_of_packages_has_left_behind(image: config.Config) -> None:
    lockfile.path_of(image.file).write_text(relock(image, [ARCH]))
    image.file.write_text(image.file.read_text().replace('"app"', '"app>5"'))
    assert "asks for app>5, which the locked packages do not fulfil" in refused(config.read(image.file))


def test_old_index_whose_package_is_gone(mirror: Mirror, image: config.Config) -> None:
    del mirror.files[path(LIBC)]
    said = refused(image)
    assert "libc-1.2.5-r0.apk: is not there, yet the index promises it" in said
    assert lock_of(image, ARCH) is None


def test_altered_package(mirror: Mirror, image: config.Config) -> None:
    content = bytearray(mirror.files[path(LIBC)])
    content[-20] ^= 1
    mirror.files[path(LIBC)] = bytes(content)
    assert "libc-1.2.5-r0.apk: its files were altered or cut off" in refused(image)
    assert lock_of(image, ARCH) is None


def test_truncated_package(mirror: Mirror, image: config.Config) -> None:
    size = len(mirror.files[path(LIBC)])
    mirror.files[path(LIBC)] = mirror.files[path(LIBC)][:-1]
    assert f"is cut off: it has {size - 1} of {size} bytes" in refused(image)


def test_package_that_is_too_large(mirror: Mirror, image: config.Config) -> None:
    mirror.files[path(LIBC)] += b"?"
    assert "sends more than the" in refused(image)


def replace_file(mirror: Mirror, package: Package, content: bytes) -> None:
    """Another file for a package; the index has its size, so that this is not what gives it away."""
    mirror.files[path(package)] = content
    records = [each.record(mirror.files[path(each)]) for each in (LAYOUT, LIBC, APP)]
    mirror.files["/repo/x86_64/APKINDEX.tar.gz"] = index(records, SIGNER)


def test_another_build_of_the_same_version(mirror: Mirror, image: config.Config) -> None:
    other = Package("libc", "1.2.5-r0", provides="so:libc.so.1=1", files=(member("lib/other"),))
    replace_file(mirror, LIBC, other.build(SIGNER))
    assert "is not the package that the index promises" in refused(image)


def test_package_under_the_name_of_another(mirror: Mirror, image: config.Config) -> None:
    """An index that is signed, and lists a package as what it is not."""
    record = LIBC.record(mirror.files[path(LIBC)])
    mirror.files["/repo/x86_64/evil-1-r0.apk"] = mirror.files[path(LIBC)]
    record = record.replace("P:libc", "P:evil").replace("V:1.2.5-r0", "V:1-r0")
    files = [LAYOUT.record(mirror.files[path(LAYOUT)]), record, APP.record(mirror.files[path(APP)])]
    mirror.files["/repo/x86_64/APKINDEX.tar.gz"] = index(files, SIGNER)
    assert "evil-1-r0.apk: says that it is libc 1.2.5-r0, not evil 1-r0" in refused(
        config.read(apko(image.file.parent, [f"{mirror.url}/repo"], ["evil"], keys=[SIGNER]))
    )


def test_wrong_key(mirror: Mirror, image: config.Config) -> None:
    mirror.files.update(publish([LAYOUT, LIBC, APP], STRANGER))
    said = refused(image)
    assert "APKINDEX.tar.gz: has no good signature" in said


def test_package_of_another_key_than_its_index(mirror: Mirror, image: config.Config) -> None:
    replace_file(mirror, LIBC, LIBC.build(STRANGER))
    assert "libc-1.2.5-r0.apk: has no good signature" in refused(image)


def test_dependency_that_is_missing(mirror: Mirror, image: config.Config) -> None:
    republish(mirror, LAYOUT, APP)
    assert "app 2-r3 needs so:libc.so.1, which no repository has" in refused(image)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((member("../evil", b"evil"),), "leads outside of the package"),
        ((member("/tmp/evil", b"evil"),), "leads outside of the package"),
        ((special("way", tarfile.SYMTYPE, "../.."), member("way/evil")), "outside of the package"),
        ((special("dev/sda", tarfile.BLKTYPE),), "is a device"),
        ((special("grab", tarfile.LNKTYPE, "../../etc/passwd"),), "leads outside of the package"),
        ((special("usr", tarfile.SYMTYPE, "/bin"),), "would replace a folder"),
    ],
)
def test_archive_that_would_escape(
    mirror: Mirror, image: config.Config, tmp_path: Path, files: tuple[Member, ...], words: str
) -> None:
    evil = Package("app", "2-r3", files=files, depends="so:libc.so.1")
    republish(mirror, LAYOUT, LIBC, evil)
    assert words in refused(image)
    assert not (tmp_path / "evil").exists()
    lock = lock_of(image, ARCH)
    assert lock is not None
    assert not list((tmp_path / "cache/roots").iterdir())


def test_damaged_package_in_the_cache_is_fetched_again(
    mirror: Mirror, image: config.Config, cache: Path
) -> None:
    shutil.rmtree(fetch(image, ARCH))
    stored = next((cache / "packages").iterdir())
    stored.write_bytes(stored.read_bytes()[:-1])
    before = len(mirror.requests)
    assert fetch(image, ARCH).is_dir()
    assert len(mirror.requests) == before + 1


def test_server_that_does_not_answer(tmp_path: Path) -> None:
    image = config.read(apko(tmp_path, ["http://127.0.0.1:1/repo"], ["app"], keys=[SIGNER]))
    assert "download failed" in refused(image)


def test_server_without_an_index(mirror: Mirror, tmp_path: Path) -> None:
    image = config.read(apko(tmp_path, [f"{mirror.url}/elsewhere"], ["app"], keys=[SIGNER]))
    said = refused(image)
    assert "image.yaml:3: there is no index http://127.0.0.1" in said
    assert "/elsewhere the folder that holds x86_64/?" in said


def test_lock_for_several_architectures(mirror: Mirror, image: config.Config) -> None:
    everywhere = Package("data", "1-r0", arch="noarch")
    for arch in (ARCH, "aarch64"):
        own = [replace(each, arch=arch) for each in (LIBC, APP)]
        mirror.files.update(publish([*own, everywhere], SIGNER, f"/repo/{arch}"))
    image = config.read(
        apko(
            image.file.parent,
            [f"{mirror.url}/repo"],
            ["app", "data"],
            keys=[SIGNER],
            more="archs: [amd64, arm64]",
        )
    )
    lock = lockfile.path_of(image.file)
    lock.write_text(relock(image, image.archs))
    assert len(json.loads(lock.read_text())["contents"]["packages"]) == 6
    assert {package.name for package in lockfile.read(lock, ARCH).packages} == {"libc", "app", "data"}
    assert all("/x86_64/" in package.url for package in lockfile.read(lock, ARCH).packages)


def test_list_for_another_architecture(tmp_path: Path) -> None:
    file = apko(tmp_path, ["https://mirror.test"], ["app"], keys=[], more="archs: [arm64]")
    with pytest.raises(UserError, match="is for aarch64, but only x86_64 can be tested here"):
        provider.root(PackageList("apk:x", file))


def test_lock_that_may_be_out_of_date_is_told(
    image: config.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    lockfile.path_of(image.file).write_text(relock(image, [ARCH]))
    packages = PackageList("apk:x", image.file)
    provider.root(packages)
    assert "was made for another" not in capsys.readouterr().err
    image.file.write_text(image.file.read_text() + "\n# changed\n")
    provider.root(packages)
    assert "image.lock.json: was made for another image.yaml" in capsys.readouterr().err
