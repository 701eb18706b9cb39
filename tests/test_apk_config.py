"""The apko files of users: what is taken from them, what is left out, and what is refused, with its line."""

from pathlib import Path

import pytest

from conformance.errors import UserError
from conformance.libcs.apk import config, mirror, packagelist
from conformance.libcs.apk.mirror import ALPINE, WOLFI

WHOLE = """\
contents:
  build_repositories: ["https://build.test"]
  repositories:
    - https://mirror.test/main
    - "@edge https://mirror.test/edge/"
    - ./packages
  runtime_repositories: ["https://never.test"]
  keyring:
    - ./key.rsa.pub
  packages:
    - musl
    - busybox>=1.36@edge
entrypoint: {command: /bin/sh -l, shell-fragment: x}
cmd: -c true
stop-signal: SIGTERM
work-dir: /
accounts: {run-as: 65532, users: [{username: a, uid: 1}], groups: []}
environment: {PATH: /bin}
paths:
  - {path: /run/x, type: directory, permissions: 0o755}
archs: [x86_64, arm64, 386]
vcs-url: https://vcs.test
annotations: {a: b}
volumes: [/data]
"""

LEAST = "contents: {repositories: [r], packages: [p]}\n"


def read(folder: Path, text: str) -> config.Config:
    file = folder / "image.yaml"
    file.write_text(text)
    return config.read(file)


def test_what_a_root_needs_is_taken_and_the_rest_is_left_out(tmp_path: Path) -> None:
    image = read(tmp_path, WHOLE)
    assert [(place.written, place.tag, place.line) for place in image.repositories] == [
        ("https://build.test", None, 2),
        ("https://mirror.test/main", None, 4),
        ("https://mirror.test/edge", "edge", 5),
        ("./packages", None, 6),
    ]
    assert [str(package) for package in image.packages] == ["musl", "busybox>=1.36@edge"]
    assert [place.written for place in image.keyring] == ["./key.rsa.pub"]
    assert image.archs == ("x86_64", "aarch64", "x86")


def test_included_file_comes_first(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("contents: {repositories: [base], packages: [musl]}\narchs: [x86_64]")
    image = read(tmp_path, f"include: base.yaml\n{LEAST}")
    assert [place.written for place in image.repositories] == ["base", "r"]
    assert [package.name for package in image.packages] == ["musl", "p"]
    (tmp_path / "base.yaml").write_text("contents: {packages: [musl>1]}")
    assert config.read(image.file).digest != image.digest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("include: https://git.test/base.yaml\n", r"image\.yaml:1: include: .* fetched with git"),
        ("include: git@git.test:a/b.git\n", "fetched with git"),
        ("include: image.yaml\n", "includes itself"),
        ("include: gone.yaml\n", "there is no file"),
        ("\nlayering: {strategy: origin}\n", r"image\.yaml:2: layering: .* no layers"),
        ("certificates: {}\n", "certificates cannot be added"),
        ("entrypoint:\n  type: service-bundle\n", r"image\.yaml:2: entrypoint\.type: services"),
        ("entrypoint:\n  services: {a: b}\n", r"image\.yaml:2: entrypoint\.services"),
        ("contents:\n  baseimage: {image: x}\n", r"image\.yaml:2: contents\.baseimage"),
        ("contents:\n  ecosystems: {python: x}\n", "packages other than apk's"),
        ("contents:\n  repository: [a]\n", r"image\.yaml:2: contents\.repository: .* did you mean"),
        ("enviroment: {}\n", r"image\.yaml:1: enviroment: .* did you mean environment"),
        ("zzz: 1\n", "known: contents, archs"),
        ("contents: [a]\n", r"image\.yaml:1: contents: must be a mapping"),
        ("contents: {packages: musl}\n", "must be a list"),
        ("contents:\n  packages:\n    - {a: b}\n", r"image\.yaml:3: contents\.packages\[0\]: must be a word"),
        ("contents:\n  packages:\n    - a\n    - b><1\n", r"image\.yaml:4: .*operator"),
        ('contents:\n  repositories: ["@edge"]\n  packages: [a]\n', "has a tag but no URL"),
        ("contents: {packages: [a]}\n", "names no repositories"),
        ("contents: {repositories: [a]}\n", "names no packages"),
        ("a: [\n", r"image\.yaml:2: not YAML"),
        ("", "is empty"),
    ],
)
def test_what_is_refused_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        read(tmp_path, text)


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: Is a directory"):
        config.read(tmp_path)


def test_variables_are_looked_up_when_a_place_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "_REPOSITORIES", tmp_path / "none")
    monkeypatch.delenv(ALPINE, raising=False)
    (place,) = read(tmp_path, LEAST.replace("[r]", f'["${{{ALPINE}}}/v3.24/main"]')).repositories
    with pytest.raises(UserError, match=rf"image\.yaml:1: .* variable {ALPINE}: set it to the URL"):
        place.locate(place.written)
    monkeypatch.setenv(ALPINE, "https://mirror.test/alpine/")
    assert place.locate(f"{place.written}/x86_64") == "https://mirror.test/alpine/v3.24/main/x86_64"


def test_path_starts_beside_the_file_or_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place,) = read(tmp_path, LEAST).repositories
    assert place.locate("r") == Path("r")
    (tmp_path / "r").mkdir()
    assert place.locate("r") == tmp_path / "r"
    with pytest.raises(UserError, match="neither an http or https URL"):
        place.locate("ftp://mirror.test")


def test_machine_with_apk_knows_its_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repositories = tmp_path / "repositories"
    repositories.write_text("#x\nhttps://mirror.test/alpine/v3.24/main\nhttps://wolfi.test/os\n")
    monkeypatch.setattr(mirror, "_REPOSITORIES", repositories)
    for variable in (ALPINE, WOLFI):
        monkeypatch.delenv(variable, raising=False)
    assert mirror.mirror(ALPINE) == "https://mirror.test/alpine"
    assert mirror.mirror(WOLFI) == "https://wolfi.test/os"
    monkeypatch.setenv(ALPINE, "https://other.test/")
    assert mirror.mirror(ALPINE) == "https://other.test"


def test_shipped_files_can_be_read_and_name_no_host() -> None:
    assert packagelist.shipped() == ["alpine-musl", "wolfi-glibc", "wolfi-musl"]
    for name in packagelist.shipped():
        image = config.read(packagelist.parse(f"apk:{name}").file)
        assert all(place.written.startswith("${CONFORMANCE_") for place in image.repositories)


def test_name_that_is_no_file() -> None:
    with pytest.raises(UserError, match="one of alpine-musl, wolfi-glibc, wolfi-musl"):
        packagelist.parse("apk:nothing")
