"""Images without an engine: names, archives, owners, mounted files, and engines that cannot be reached."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from conformance.backends.files import lacking, mounted
from conformance.case import Scenario
from conformance.engine.surroundings import DEFAULTS
from conformance.errors import UserError
from conformance.images import archive, owner
from conformance.images.engine import connect
from conformance.images.reference import parse_reference
from conformance.libcs.model import Image, Libc
from conformance.libcs.names import ImageName, parse
from tests.libcs_fixtures import link, put

DIGEST = f"sha256:{'ab' * 32}"


@pytest.mark.parametrize(
    ("text", "repository", "tag", "digest", "registry"),
    [
        ("app", "app", "latest", None, "docker.io"),
        ("team/app:1.4", "team/app", "1.4", None, "docker.io"),
        ("localhost/app", "localhost/app", "latest", None, "localhost"),
        ("127.0.0.1:5000/a/b/c:x", "127.0.0.1:5000/a/b/c", "x", None, "127.0.0.1:5000"),
        ("[::1]:5000/app", "[::1]:5000/app", "latest", None, "[::1]:5000"),
        (f"example.org/app@{DIGEST}", "example.org/app", None, DIGEST, "example.org"),
        (f"example.org/app:1@{DIGEST}", "example.org/app", "1", DIGEST, "example.org"),
    ],
)
def test_reference(text: str, repository: str, tag: str | None, digest: str | None, registry: str) -> None:
    reference = parse_reference(text)
    assert (reference.repository, reference.tag, reference.digest) == (repository, tag, digest)
    assert reference.registry == registry


@pytest.mark.parametrize("text", ["", "App", "app:", "app:a b", "app@sha256:12", "-app", "app//b", "app:x:y"])
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(UserError, match="is no image's name"):
        parse_reference(text)


def test_digest_counts_where_both_are_given() -> None:
    assert str(parse_reference(f"app:1@{DIGEST}")) == f"app@{DIGEST}"


def test_aliases() -> None:
    assert parse("alpine,wolfi:2,alpine:3.20,image:example.org/x") == [
        ImageName("alpine", "docker.io/library/alpine:latest"),
        ImageName("wolfi:2", "cgr.dev/chainguard/wolfi-base:2"),
        ImageName("alpine:3.20", "docker.io/library/alpine:3.20"),
        ImageName("image:example.org/x", "example.org/x:latest"),
    ]


def test_image_is_named_once() -> None:
    assert len(parse("alpine,alpine:latest,image:docker.io/library/alpine")) == 1


def test_images_need_the_backend(musl: Libc) -> None:
    from conformance.libcs.select import select

    with pytest.raises(UserError, match="alpine: images are run in containers; say --backend=docker"):
        select("alpine")


def make_root(root: Path, order: int) -> Path:
    """The same root, made in two ways."""
    files = [("usr/lib/libc.so", "library"), ("usr/bin/tool", "program"), ("etc/ld.so.conf", "x")]
    for path, content in files[::order]:
        put(root, path, content, mode=0o755 if "bin" in path else (0o644 if order > 0 else 0o600))
    link(root, "lib", "usr/lib")
    link(root, "usr/lib/libm.so", "libc.so")
    put(root, "usr/include/stdio.h")
    put(root, "usr/lib/libc.a")
    put(root, "home/me/secret")
    put(root, "etc/resolv.conf", "of the root")
    return root


def layer_of(root: Path) -> str:
    with tempfile.TemporaryFile() as file:
        return archive.write_layer(root, file).digest


def test_image_does_not_depend_on_where_and_when_its_root_was_made(tmp_path: Path) -> None:
    one, other = make_root(tmp_path / "one", 1), make_root(tmp_path / "other", -1)
    os.utime(other / "usr/bin/tool", (1, 1))
    assert layer_of(one) == layer_of(other)
    put(other, "usr/bin/tool", "another")
    assert layer_of(one) != layer_of(other)


def test_image_holds_what_programs_see(tmp_path: Path) -> None:
    root = make_root(tmp_path / "root", 1)
    with tempfile.TemporaryFile() as file:
        archive.write_layer(root, file)
        file.seek(0)
        listing = subprocess.run(
            ["tar", "-tv"], stdin=file, capture_output=True, text=True, check=True
        ).stdout
    entries = {line.split(maxsplit=5)[5]: line.split()[0] for line in listing.splitlines()}
    assert entries["usr/bin/tool"] == "-rwxr-xr-x"
    assert entries["usr/lib/libc.so"] == "-rw-r--r--"
    assert "lib -> usr/lib" in entries
    assert "usr/lib/libm.so -> libc.so" in entries
    assert entries["tmp/"] == "drwxrwxrwt"
    assert not {"usr/include/", "usr/lib/libc.a", "home/", "etc/resolv.conf"} & entries.keys()


def test_own_token_is_alive_and_others_are_not() -> None:
    mine = owner.token()
    process, started, namespace = mine.split(".")
    assert owner.is_alive(mine)
    # the number of a process is used again, the moment of its start is not
    assert not owner.is_alive(f"{process}.{int(started) + 1}.{namespace}")
    assert owner.is_alive(f"{process}.{int(started) + 1}.1")


def test_token_of_an_ended_process() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        started = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[19]
        token = f"{process.pid}.{started}.{owner.token().split('.')[2]}"
        assert owner.is_alive(token)
        process.kill()
    assert not owner.is_alive(token)


def in_image(libc: Libc, root: Path) -> Libc:
    from dataclasses import replace

    return replace(libc, root=root, image=Image("app", DIGEST, None))


USUAL = {path for path, content in DEFAULTS.items() if content is not None}


@pytest.mark.parametrize(
    ("files", "added", "removed"),
    [
        ({}, set(), set()),
        ({"/tmp/x": "", "/dev/shm/x": ""}, set(), set()),
        ({"/etc/hosts": "127.0.0.1 x"}, set(), set()),
        ({"/etc/host.conf": "multi on", "/etc/other": "x"}, {"/etc/host.conf", "/etc/other"}, set()),
        ({"/etc/services": None}, set(), {"/etc/services"}),
    ],
)
def test_mounted_files(musl: Libc, files: dict[str, str | None], added: set[str], removed: set[str]) -> None:
    scenario = Scenario("x", files=files)
    assert mounted(scenario, musl) == (USUAL | added) - removed
    assert lacking(scenario, musl) is None


def test_what_cannot_be_absent(musl: Libc, tmp_path: Path) -> None:
    put(tmp_path, "etc/services", "x")
    put(tmp_path, "etc/host.conf", "multi on")
    libc = in_image(musl, tmp_path)
    assert lacking(Scenario("x"), libc) is None
    assert "/etc/host.conf" in mounted(Scenario("x"), libc)
    for path, libc_of, reason in [
        ("/etc/services", libc, "the image has it"),
        ("/etc/host.conf", libc, "the image has it"),
        ("/etc/hosts", musl, "the engine mounts it"),
    ]:
        assert reason in str(lacking(Scenario("x", files={path: None}), libc_of))


def short_folder() -> Path:
    return Path(tempfile.mkdtemp(dir="/tmp"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("unix:///nowhere/socket", "/nowhere/socket is not there: no container engine runs on this machine"),
        ("tcp://127.0.0.1:2375", "has to run on this machine and listen on a unix socket"),
        ("ssh://somewhere", "has to run on this machine and listen on a unix socket"),
    ],
)
def test_no_engine(monkeypatch: pytest.MonkeyPatch, url: str, message: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", url)
    with pytest.raises(UserError, match=message):
        connect()


def test_stopped_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = short_folder()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/socket")
    with pytest.raises(UserError, match="nobody listens: the container engine has stopped"):
        connect()
    shutil.rmtree(folder)


def test_socket_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = short_folder()
    folder.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        (folder / "socket").chmod(0)
        monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/socket")
        user = os.geteuid()
        if not user:
            os.seteuid(65534)
        try:
            with pytest.raises(UserError, match="permission denied: the engine's socket is not for"):
                connect()
        finally:
            os.seteuid(user)
    shutil.rmtree(folder)


def test_something_else_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = short_folder()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen(1)
        monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/socket")
        monkeypatch.setattr("conformance.images.engine._SECONDS", 0.2)
        with pytest.raises(UserError, match="no container engine answers at unix://"):
            connect()
    shutil.rmtree(folder)
