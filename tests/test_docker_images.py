"""Images as libcs: pulled from a registry on loopback, found and identified; and how each step can fail."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.cli import main
from conformance.errors import UserError
from conformance.images.libc import libc_of
from conformance.images.load import load
from conformance.images.moved import moved
from conformance.images.owner import token
from conformance.images.pull import resolve
from conformance.libcs.installed import packages
from conformance.libcs.model import Image, Libc
from tests import image_fixtures as images
from tests.libcs_fixtures import elf, put

if TYPE_CHECKING:
    from docker import DockerClient


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with images.registry(tmp_path_factory.mktemp("registry")) as host:
        yield host


@pytest.fixture(scope="module")
def alpine(tmp_path_factory: pytest.TempPathFactory, musl: Libc) -> Path:
    return images.alpine_root(tmp_path_factory.mktemp("alpine"), musl)


def publish(client: "DockerClient", root: Path, name: str) -> None:
    """Puts an image into a registry, and leaves none in the engine."""
    images.load_image(client, root, name)
    answer = client.images.push(name)
    assert '"error"' not in answer, answer
    images.forget(client, name)


def local(client: "DockerClient", root: Path, name: str, architecture: str = "amd64") -> Image:
    images.load_image(client, root, f"localhost/{name}", architecture)
    return resolve(client, f"localhost/{name}", "never")


def test_pull_by_tag_and_by_digest(engine: "DockerClient", registry: str, alpine: Path) -> None:
    name = f"{registry}/team/alpine:3.99"
    publish(engine, alpine, name)
    with pytest.raises(UserError, match="--pull=never forbids to fetch it"):
        resolve(engine, name, "never")
    image = resolve(engine, name, "missing")
    assert image.reference == name
    assert image.digest
    images.forget(engine, name)
    pinned = resolve(engine, f"{registry}/team/alpine@{image.digest}", "missing")
    assert (pinned.id, pinned.digest) == (image.id, image.digest)
    assert resolve(engine, f"{registry}/team/alpine@{image.digest}", "never").id == image.id


def test_tag_that_moves(
    engine: "DockerClient", registry: str, alpine: Path, tmp_path: Path, musl: Libc
) -> None:
    name = f"{registry}/team/moving:latest"
    publish(engine, alpine, name)
    first = resolve(engine, name, "missing")
    assert moved(first) is None
    assert moved(first) is None
    other = images.alpine_root(tmp_path / "other", musl, version="1.2.6-r1")
    images.load_image(engine, other, name)
    engine.images.push(name)
    # what the engine has is used as it is, unless the user says otherwise
    engine.api.tag(first.id, name)
    assert resolve(engine, name, "missing").id == first.id
    second = resolve(engine, name, "always")
    note = moved(second)
    assert note
    assert note.startswith(f"{name} has changed since the last run on this machine: it was {first.digest}")
    assert note.endswith(str(second.digest))
    assert first.digest != second.digest
    assert moved(second) is None
    images.forget(engine, first.id, name)


def test_unknown_to_the_registry(engine: "DockerClient", registry: str) -> None:
    for name in (f"{registry}/nothing:1", f"{registry}/nothing@sha256:{0:064x}"):
        with pytest.raises(UserError, match=rf"the registry {registry} has no such image"):
            resolve(engine, name, "missing")


def test_registry_that_is_gone(engine: "DockerClient", alpine: Path) -> None:
    name = f"127.0.0.1:{images.free_port()}/app:1"
    with pytest.raises(UserError, match=r"cannot be reached .*connection refused.*--pull=missing"):
        resolve(engine, name, "missing")
    images.load_image(engine, alpine, name)
    assert resolve(engine, name, "missing").digest is None
    with pytest.raises(UserError, match="cannot be reached"):
        resolve(engine, name, "always")
    images.forget(engine, name)


def test_registry_that_wants_a_login(engine: "DockerClient") -> None:
    with (
        images.refusing_registry() as host,
        pytest.raises(UserError, match=f"refuses to hand it out .*docker login {host}"),
    ):
        resolve(engine, f"{host}/app:latest", "missing")


def test_registry_that_goes_away_in_mid_pull(engine: "DockerClient") -> None:
    with (
        images.breaking_registry() as host,
        pytest.raises(UserError, match="broke off while the image was pulled"),
    ):
        resolve(engine, f"{host}/app:latest", "missing")


def test_image_for_another_architecture(engine: "DockerClient", alpine: Path) -> None:
    with pytest.raises(UserError, match="an image for linux/arm64, but this machine runs linux/amd64 only"):
        local(engine, alpine, "arm:1", "arm64")
    images.forget(engine, "localhost/arm:1")


def test_libc_is_found_and_identified(engine: "DockerClient", alpine: Path, musl: Libc) -> None:
    image = local(engine, alpine, "alpine:1")
    libc = libc_of(engine, "image:x", image)
    assert (libc.name, libc.family, libc.version, libc.image) == ("image:x", "musl", musl.version, image)
    assert libc.identity.package == "musl 1.2.6-r0"
    assert (libc.identity.digest, libc.identity.build_id) == (musl.identity.digest, musl.identity.build_id)
    assert libc.development.borrowed_from == "musl-1.2.6"
    # copied, not exported: nothing but what identifies it
    copied = {str(path.relative_to(libc.root)) for path in libc.root.rglob("*") if not path.is_dir()}
    assert copied == {"lib/ld-musl-x86_64.so.1", "lib/apk/db/installed", "etc/os-release"}
    images.forget(engine, image.id)


def test_bill_of_materials_of_an_image(
    engine: "DockerClient", alpine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local(engine, alpine, "alpine:1")
    assert main(["libcs", "sbom", "image:localhost/alpine:1"]) == 0
    components = json.loads(capsys.readouterr().out)["components"]
    assert [component["purl"] for component in components] == [
        "pkg:apk/alpine/busybox@1.37.0-r0?arch=x86_64&distro=alpine-3.99.0",
        "pkg:apk/alpine/musl@1.2.6-r0?arch=x86_64&distro=alpine-3.99.0",
    ]
    assert main(["libcs", "sbom", "image:localhost/nothing:1"]) == 2
    assert "cannot be reached" in capsys.readouterr().err
    images.forget(engine, "localhost/alpine:1")


def test_glibc_with_a_package_database_in_pieces(
    engine: "DockerClient", glibc: Libc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # images of ours hold no databases
    monkeypatch.setattr("conformance.images.archive._PROGRAMS", ("lib64", "usr", "var"))
    for file in (glibc.loader, glibc.library):
        put(tmp_path, file, (glibc.root / file.lstrip("/")).resolve().read_bytes())
    put(tmp_path, "var/lib/dpkg/status.d/libc6", "Package: libc6\nArchitecture: amd64\nVersion: 2.43-9\n")
    put(tmp_path, "var/lib/dpkg/status.d/tzdata", "Package: tzdata\nArchitecture: all\nVersion: 2026b-1\n")
    image = local(engine, tmp_path, "distroless:1")
    libc = libc_of(engine, "image:y", image)
    assert (libc.family, libc.version, libc.identity.package) == ("glibc", glibc.version, "libc6 2.43-9")
    assert [package.name for package in packages(libc)] == ["libc6", "tzdata"]
    images.forget(engine, image.id)


def test_image_without_a_libc(engine: "DockerClient", tmp_path: Path) -> None:
    put(tmp_path, "bin/static", elf())
    image = local(engine, tmp_path, "static:1")
    with pytest.raises(UserError, match=r"^the image localhost/static:1: holds no libc"):
        libc_of(engine, "image:x", image)
    images.forget(engine, image.id)


def test_image_with_two_libcs(engine: "DockerClient", alpine: Path, tmp_path: Path, glibc: Libc) -> None:
    loader = "lib64/ld-linux-x86-64.so.2"
    put(tmp_path, loader, (glibc.root / loader).read_bytes())
    put(tmp_path, "lib/ld-musl-x86_64.so.1", (alpine / "lib/ld-musl-x86_64.so.1").read_bytes())
    image = local(engine, tmp_path, "two:1")
    with pytest.raises(UserError, match=r"^the image localhost/two:1: holds two libcs"):
        libc_of(engine, "image:x", image)
    images.forget(engine, image.id)


def test_loader_of_another_architecture_inside(engine: "DockerClient", tmp_path: Path) -> None:
    put(tmp_path, "lib/ld-musl-aarch64.so.1", elf(machine=183))
    image = local(engine, tmp_path, "liar:1")
    with pytest.raises(UserError, match="holds no libc"):
        libc_of(engine, "image:x", image)
    images.forget(engine, image.id)


def test_engine_gives_a_root_the_id_that_was_told(engine: "DockerClient", musl: Libc) -> None:
    from conformance.images.leftovers import remove_own

    mine, other = token(), token() + "0"
    made = load(engine, musl, mine)
    assert load(engine, musl, other) == made
    assert engine.images.get(f"localhost/libc-conformance/musl-1-2-6:{mine}").id == made
    # the image is there as long as somebody has a name for it
    remove_own(engine, mine)
    assert engine.images.get(made).id == made
    remove_own(engine, other)
    assert made not in {image.id for image in engine.images.list(all=True)}
