"""Finding a libc, its package and its headers in somebody else's root directory."""

import platform
from pathlib import Path

import pytest
from libcs_fixtures import AARCH64, elf, link, put
from packaging.version import Version

from conformance.errors import UserError
from conformance.libcs.development import lender, own_development
from conformance.libcs.directory import find_libc
from conformance.libcs.identity import identity, installed_package

MUSL = "/lib/ld-musl-x86_64.so.1"
GLIBC = "/lib64/ld-linux-x86-64.so.2"


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


@pytest.fixture
def alpine(tmp_path: Path) -> Path:
    put(tmp_path, MUSL, elf(build_id=b"\xab\xcd"))
    link(tmp_path, "/lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1")
    return tmp_path


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    """Merged /usr, with an absolute link that would lead to this machine's own loader."""
    for name in ("lib", "lib64"):
        link(tmp_path, name, f"/usr/{name}")
    put(tmp_path, "/usr/lib/x86_64-linux-gnu/ld-2.31.so", elf())
    put(tmp_path, "/usr/lib/x86_64-linux-gnu/libc-2.31.so", elf(build_id=b"\x01"))
    link(tmp_path, "/usr/lib/x86_64-linux-gnu/libc.so.6", "libc-2.31.so")
    link(tmp_path, "/usr/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld-2.31.so")
    return tmp_path


def test_musl_is_its_own_loader(alpine: Path) -> None:
    found = find_libc(alpine)
    assert (found.family, found.loader, found.library) == ("musl", MUSL, MUSL)


def test_glibc_is_found_through_links_without_leaving_the_root(debian: Path) -> None:
    found = find_libc(debian)
    assert (found.family, found.loader, found.library) == ("glibc", GLIBC, "/lib/x86_64-linux-gnu/libc.so.6")
    assert found.loader_file == debian / "usr/lib/x86_64-linux-gnu/ld-2.31.so"
    assert found.library_file == debian / "usr/lib/x86_64-linux-gnu/libc-2.31.so"


@pytest.mark.parametrize("folder", ["lib64", "usr/lib", "usr/lib64"])
def test_glibc_of_other_distributions_is_found(tmp_path: Path, folder: str) -> None:
    put(tmp_path, GLIBC, elf())
    put(tmp_path, f"{folder}/libc.so.6", elf())
    assert find_libc(tmp_path).library == f"/{folder}/libc.so.6"


@pytest.mark.parametrize(("interpreter", "family"), [(MUSL, "musl"), (GLIBC, "glibc")])
def test_shell_decides_between_two_libcs(debian: Path, interpreter: str, family: str) -> None:
    put(debian, "/usr/lib/ld-musl-x86_64.so.1", elf())
    put(debian, "/bin/busybox", elf(interpreter=interpreter))
    link(debian, "/bin/sh", "/bin/busybox")
    assert find_libc(debian).family == family


@pytest.mark.parametrize("shell", [None, elf(), b"#!/script\n"], ids=["none", "static", "script"])
def test_two_libcs_that_nothing_decides_between_are_refused(debian: Path, shell: bytes | None) -> None:
    put(debian, "/usr/lib/ld-musl-x86_64.so.1", elf())
    if shell is not None:
        put(debian, "/bin/sh", shell)
    with pytest.raises(UserError, match=f"{MUSL} and {GLIBC}"):
        find_libc(debian)


def test_root_without_libc_is_refused(tmp_path: Path) -> None:
    put(tmp_path, MUSL, "not an ELF file")
    with pytest.raises(UserError, match="holds no libc"):
        find_libc(tmp_path)


def test_loader_without_libc_is_refused(tmp_path: Path) -> None:
    put(tmp_path, GLIBC, elf())
    with pytest.raises(UserError, match=r"no libc\.so\.6"):
        find_libc(tmp_path)


@pytest.mark.parametrize("loader", ["/lib/ld-musl-aarch64.so.1", "/lib/ld-linux-aarch64.so.1"])
def test_other_architecture_is_refused_by_name(tmp_path: Path, loader: str) -> None:
    put(tmp_path, loader, elf(AARCH64))
    with pytest.raises(UserError, match=f"{loader} is for EM_AARCH64"):
        find_libc(tmp_path)


def test_foreign_loader_beside_a_native_one_does_not_matter(alpine: Path) -> None:
    put(alpine, "/lib/ld-linux-aarch64.so.1", elf(AARCH64))
    assert find_libc(alpine).family == "musl"


def test_machine_of_unknown_architecture_is_refused(alpine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(UserError, match="riscv64"):
        find_libc(alpine)


def test_identity_has_digest_and_build_id(alpine: Path) -> None:
    seen = identity(find_libc(alpine), "musl 1.2.5-r0")
    assert (seen.build_id, seen.package) == ("abcd", "musl 1.2.5-r0")
    before = seen.digest
    put(alpine, MUSL, elf(build_id=b"\xab\xce"))
    assert identity(find_libc(alpine), None).digest != before


def test_library_without_build_id(alpine: Path) -> None:
    put(alpine, MUSL, elf())
    assert identity(find_libc(alpine), None).build_id is None


def test_package_of_apk_is_the_one_that_owns_the_file(alpine: Path) -> None:
    put(
        alpine,
        "/lib/apk/db/installed",
        "P:musl-utils\nV:9\nF:usr/bin\nR:ldd\n\nC:Q1x=\nP:musl\nV:1.2.5-r0\nF:lib\nR:ld-musl-x86_64.so.1\n",
    )
    assert installed_package(find_libc(alpine)) == "musl 1.2.5-r0"


def test_package_of_dpkg_is_the_one_for_this_architecture(debian: Path) -> None:
    put(
        debian,
        "/var/lib/dpkg/status",
        "Package: libc6\nArchitecture: i386\nVersion: 1\n\n"
        "Package: libc6\nArchitecture: amd64\nVersion: 2.31-13\nDescription: C library\n more\n",
    )
    assert installed_package(find_libc(debian)) == "libc6 2.31-13"


def test_package_of_an_image_without_dpkg(debian: Path) -> None:
    put(debian, "/var/lib/dpkg/status.d/libc6", "Package: libc6\nArchitecture: amd64\nVersion: 2.36-9\n")
    assert installed_package(find_libc(debian)) == "libc6 2.36-9"


def test_no_database_no_package(alpine: Path) -> None:
    assert installed_package(find_libc(alpine)) is None


@pytest.mark.parametrize(
    ("family", "version", "name"),
    [
        ("musl", "1.2.6", "musl-1.2.6"),
        ("musl", "1.2.4", "musl-1.2.3"),
        ("musl", "1.2.5+git20240101", "musl-1.2.5"),
        ("musl", "1.1.24", "musl-1.2.2"),
        ("glibc", "2.42.9000", "glibc-2.41"),
        ("glibc", "3.0", "glibc-2.43"),
    ],
)
def test_headers_are_lent_by_the_nearest_version_that_is_not_newer(family, version, name) -> None:  # type: ignore[no-untyped-def]
    assert lender(family, Version(version)).name == name


HEADERS = ("usr/include/linux/types.h", "usr/include/x86_64-linux-gnu/asm/types.h")
START_FILES = ("Scrt1.o", "crti.o", "crtn.o", "libc.so")
MUSL_DEV = [
    *HEADERS,
    "usr/include/x86_64-linux-musl/stdio.h",
    *(f"usr/lib/x86_64-linux-musl/{file}" for file in START_FILES),
]
GLIBC_DEV = [
    *HEADERS,
    "usr/include/stdio.h",
    "usr/include/x86_64-linux-gnu/bits/types.h",
    "usr/lib/gcc/x86_64-linux-gnu/12/crtbeginS.o",
    *(f"usr/lib/x86_64-linux-gnu/{file}" for file in (*START_FILES, "libc_nonshared.a")),
]


@pytest.fixture(params=["musl", "glibc"])
def complete(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, list[str]]:
    """A root with a libc and everything to compile with, and the names of the files that must be there."""
    put(tmp_path, MUSL if request.param == "musl" else GLIBC, elf())
    put(tmp_path, "/lib64/libc.so.6", elf())
    files = MUSL_DEV if request.param == "musl" else GLIBC_DEV
    for file in files:
        put(tmp_path, file)
    return tmp_path, files


def test_own_headers_are_used_when_all_are_there(complete: tuple[Path, list[str]]) -> None:
    root, _ = complete
    own = own_development(find_libc(root))
    assert own is not None
    assert (own.root, own.borrowed_from) == (root, None)


def test_own_headers_are_not_used_when_any_is_missing(complete: tuple[Path, list[str]]) -> None:
    root, files = complete
    for file in files:
        (root / file).rename(root / "away")
        assert own_development(find_libc(root)) is None, file
        (root / "away").rename(root / file)


def test_own_headers_are_not_used_when_a_library_leads_to_this_machine(
    complete: tuple[Path, list[str]],
) -> None:
    root, files = complete
    link(root, str(Path(files[-1]).with_name("libm.so")), "/lib/libm.so.6")
    assert own_development(find_libc(root)) is None


def test_digest_of_own_headers_changes_with_any_file(complete: tuple[Path, list[str]]) -> None:
    root, files = complete
    digests = set()
    for file in [None, *files]:
        if file is not None:
            put(root, file, "changed")
        own = own_development(find_libc(root))
        assert own is not None
        digests.add(own.digest)
    assert len(digests) == len(files) + 1


def test_digest_of_own_headers_survives_a_dangling_link(complete: tuple[Path, list[str]]) -> None:
    root, files = complete
    link(root, str(Path(files[-1]).with_name("libgone.so")), "libgone.so.1")
    assert own_development(find_libc(root)) is not None
