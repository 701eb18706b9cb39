"""A libc is asked for its version; it is asked once, and a strange answer is an error."""

from pathlib import Path

import pytest
from libcs_fixtures import put

from conformance.errors import UserError
from conformance.libcs.model import Family
from conformance.libcs.told import told_version


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def libc_that_says(tmp_path: Path, banner: str) -> tuple[Path, Path]:
    """A loader that tells `banner` and counts its runs in a file, and a library that goes with it."""
    script = f"#!/bin/sh\necho run >> {tmp_path}/runs\ncat >&2 <<'END'\n{banner}\nEND\nexit 1\n"
    return put(tmp_path, "loader", script), put(tmp_path, "library", banner)


def runs(tmp_path: Path) -> int:
    return (tmp_path / "runs").read_text().count("run")


MUSL = "musl libc (x86_64)\nVersion {}\nDynamic Program Loader\nUsage: ld [options] [--] pathname [args]"
GLIBC = (
    "GNU C Library (Debian GLIBC 2.36-9+deb12u14) {}\nCopyright (C) 2022\nCompiled by GNU CC version 12.2.0."
)


@pytest.mark.parametrize(
    ("family", "banner", "version"),
    [
        ("musl", MUSL.format("1.2.3"), "1.2.3"),
        ("musl", MUSL.format("1.2.4_git20230717"), "1.2.4+git20230717"),
        ("musl", MUSL.format("1.2.5-git-12-gABC"), "1.2.5+git.12.gabc"),
        ("glibc", GLIBC.format("stable release version 2.36."), "2.36"),
        ("glibc", GLIBC.format("development release version 2.42.9000."), "2.42.9000"),
        ("glibc", "GNU C Library stable release version 2.3.4, by Roland McGrath et al.", "2.3.4"),
    ],
)
def test_version_is_the_told_one(tmp_path: Path, family: Family, banner: str, version: str) -> None:
    assert told_version(family, *libc_that_says(tmp_path, banner)) == version


def test_same_library_is_asked_once(tmp_path: Path) -> None:
    libc = libc_that_says(tmp_path, MUSL.format("1.2.3"))
    assert told_version("musl", *libc) == told_version("musl", *libc) == "1.2.3"
    assert runs(tmp_path) == 1


def test_changed_library_is_asked_again(tmp_path: Path) -> None:
    assert told_version("musl", *libc_that_says(tmp_path, MUSL.format("1.2.3"))) == "1.2.3"
    assert told_version("musl", *libc_that_says(tmp_path, MUSL.format("1.2.5"))) == "1.2.5"
    assert runs(tmp_path) == 2


def test_environment_of_this_machine_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_PRELOAD_OF_TEST", "1")
    script = "#!/bin/sh\necho 'musl libc' >&2; echo \"Version 1.${LD_PRELOAD_OF_TEST:-0}\" >&2\n"
    loader = put(tmp_path, "loader", script)
    assert told_version("musl", loader, loader) == "1.0"


@pytest.mark.parametrize("banner", ["", "dietlibc 0.34", MUSL.format("unknown"), "GNU C Library without one"])
@pytest.mark.parametrize("family", ["musl", "glibc"])
def test_libc_that_tells_no_version_is_refused(tmp_path: Path, family: Family, banner: str) -> None:
    with pytest.raises(UserError, match=f"tells no version of {family}"):
        told_version(family, *libc_that_says(tmp_path, banner))


def test_libc_that_cannot_be_run_is_refused(tmp_path: Path) -> None:
    file = put(tmp_path, "loader", "\x7fELF nonsense")
    with pytest.raises(UserError, match="cannot be run"):
        told_version("musl", file, file)
