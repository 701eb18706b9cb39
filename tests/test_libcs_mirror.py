"""The mirror comes from the user or from apt, whose listing is imitated here."""

from pathlib import Path

import pytest
from libcs_fixtures import put

from conformance.errors import UserError
from conformance.libcs.mirror import VARIABLE, debian_mirror


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are found in."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def apt(path: Path, *lines: str, code: int = 0) -> None:
    listing = "\n".join(lines)
    put(path, "apt-get", f"#!/bin/sh\n/bin/cat <<'END'\n{listing}\nEND\nexit {code}\n")


SECURITY = "Debian|Debian-Security|main|http://security.example.test/debian-security/"
MAIN = "Debian|Debian|main|http://mirror.example.test/debian/"
OTHERS = [
    "Debian|Debian|contrib|http://contrib.example.test/debian/",
    "Debian Backports|Debian Backports|main|http://backports.example.test/debian/",
    "Ubuntu|Ubuntu|main|http://ubuntu.example.test/ubuntu/",
    "Debian|Debian|main|cdrom://[Debian GNU Linux]/",
]


def test_main_archive_of_apt_is_taken(path: Path) -> None:
    apt(path, SECURITY, *OTHERS, MAIN)
    assert debian_mirror() == "http://mirror.example.test/debian"


def test_archive_that_apt_has_never_updated_from_is_known_by_its_path(path: Path) -> None:
    apt(
        path,
        "$(ORIGIN)|$(LABEL)|main|http://security.example.test/debian-security/",
        "$(ORIGIN)|$(LABEL)|main|https://mirror.example.test/debian/",
    )
    assert debian_mirror() == "https://mirror.example.test/debian"


def test_environment_goes_before_apt_and_the_argument_before_both(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apt(path, MAIN)
    monkeypatch.setenv(VARIABLE, "http://environment.example.test/debian/")
    assert debian_mirror() == "http://environment.example.test/debian"
    assert debian_mirror("http://argument.example.test") == "http://argument.example.test"


def test_machine_without_apt(path: Path) -> None:
    with pytest.raises(UserError, match=r"no apt.*--mirror URL"):
        debian_mirror()


def test_machine_without_debian_mirror(path: Path) -> None:
    apt(path, SECURITY, *OTHERS)
    with pytest.raises(UserError, match=r"not configured for a Debian mirror.*--mirror URL"):
        debian_mirror()


def test_apt_that_fails(path: Path) -> None:
    apt(path, MAIN, code=100)
    with pytest.raises(UserError, match=r"could not be read.*--mirror URL"):
        debian_mirror()


def test_mirror_must_be_a_url() -> None:
    with pytest.raises(UserError, match="neither an http"):
        debian_mirror("mirror.example.test/debian")
