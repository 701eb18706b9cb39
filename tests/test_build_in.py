"""Probes for images, compiled in builder images; and how a builder can be of no use."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance import results
from conformance.backends.builder import product
from conformance.errors import UserError
from conformance.images import builder
from conformance.images.builder import builder_of
from conformance.images.libc import libc_of
from conformance.images.pull import resolve
from conformance.libcs.model import Libc
from conformance.libcs.select import select
from tests import builder_fixtures as builders
from tests import image_fixtures as images
from tests.engine_fixtures import connect, left_in, run

if TYPE_CHECKING:
    from docker import DockerClient

CASES = Path(__file__).parent.parent / "cases"
TARGET, BUILDER = "localhost/alpine:3.99", "localhost/musl-gcc:latest"
GLIBC_TARGET, GLIBC_BUILDER = "localhost/trixie:13", "localhost/gcc:latest"


@pytest.fixture(scope="module")
def musl_images(engine_url: str, musl: Libc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An image with musl and nothing else, and one to compile for it."""
    engine, folder = connect(engine_url), tmp_path_factory.mktemp("images")
    images.load_image(engine, images.alpine_root(folder / "alpine", musl), TARGET)
    builders.import_image(engine, builders.musl_gcc_root(folder / "gcc", musl), BUILDER)
    yield
    images.forget(engine, TARGET, BUILDER)


@pytest.fixture(scope="module")
def glibc_images(engine_url: str, glibc: Libc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for glibc; this machine's may be older."""
    engine = connect(engine_url)
    images.load_image(engine, glibc.root, GLIBC_TARGET)
    builders.import_image(engine, builders.gcc_root(tmp_path_factory.mktemp("gcc") / "root"), GLIBC_BUILDER)
    yield
    images.forget(engine, GLIBC_TARGET, GLIBC_BUILDER)


@pytest.mark.usefixtures("musl_images", "glibc_images")
def test_each_image_is_compiled_for_in_the_builder_of_its_family(
    engine: "DockerClient", tmp_path: Path
) -> None:
    before = set(left_in(engine))
    ended = run(
        f"--libc=image:{TARGET},image:{GLIBC_TARGET},musl",
        f"--build-in={BUILDER}",
        f"--build-in={GLIBC_BUILDER}",
        "-v",
        "-n2",
        f"--results={tmp_path / 'out'}",
        CASES / "misuse/double-free.yaml",
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stdout
    assert f"compiled in {BUILDER}" in ended.stdout
    assert set(left_in(engine)) == before
    told = {libc["name"]: libc["development"] for libc in results.read_run(tmp_path / "out")["libcs"]}
    assert told[f"image:{TARGET}"]["builder"]["id"] == engine.images.get(BUILDER).id
    assert told[f"image:{GLIBC_TARGET}"]["builder"]["reference"] == GLIBC_BUILDER
    assert told["musl-1.2.6"]["builder"] is None


@pytest.mark.usefixtures("engine", "musl_images")
def test_faulty_probe_is_told_by_its_own_path(tmp_path: Path) -> None:
    (tmp_path / "topic.yaml").write_text(
        "topic: T\nabout: A.\nprobe: faulty\nfunctions: [main]\nstatus: unspecified\n"
        "cases: {one: {title: One}}\n"
    )
    (tmp_path / "common.h").write_text("#define NOTHING return\n")
    (tmp_path / "faulty.c").write_text('#include "common.h"\nint main(void) { NOTHING }\n')
    ended = run(f"--libc=image:{TARGET}", f"--build-in={BUILDER}", tmp_path / "topic.yaml", cwd=tmp_path)
    assert ended.returncode == 77
    assert f"{tmp_path}/faulty.c:2:" in ended.stdout
    assert "expected expression before" in ended.stdout


@pytest.mark.usefixtures("engine", "musl_images")
def test_what_the_builder_lacks_is_no_fault_of_the_probe(tmp_path: Path) -> None:
    ended = run(
        f"--libc=image:{TARGET}",
        f"--build-in={BUILDER}",
        f"--results={tmp_path / 'out'}",
        CASES / "structure/headers.yaml",
        # this builder has Debian's musl, which has it
        "-k not fts",
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stdout
    seen = [line.observation.outcome for line in results.read(tmp_path / "out").lines]
    assert {"missing": ["execinfo.h"]} in [outcome.details for outcome in seen if outcome.kind == "not-built"]


def test_builder_cannot_lead_us_to_files_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"program")
    assert product(tmp_path / "file") == b"program"
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "nothing", "."):
        with pytest.raises(UserError, match="the builder's compiler made"):
            product(tmp_path / name)


@pytest.mark.usefixtures("musl_images")
def test_builder_that_is_newer_than_the_image(engine: "DockerClient", tmp_path: Path) -> None:
    (older,) = select("musl-1.2.3")
    images.load_image(engine, images.alpine_root(tmp_path / "root", older), "localhost/alpine:3.16")
    newer = builder_of(engine, resolve(engine, BUILDER, "never"))
    image = resolve(engine, "localhost/alpine:3.16", "never")
    with pytest.raises(UserError, match=r"has musl 1\.2\.6, and image:x is older: 1\.2\.3"):
        libc_of(engine, "image:x", image, [newer])
    images.forget(engine, image.id)


@pytest.mark.usefixtures("musl_images")
def test_builders_that_are_of_no_use(engine: "DockerClient", tmp_path: Path) -> None:
    where = (CASES / "stdio/buffering.yaml",)
    without = run(f"--libc=image:{TARGET}", f"--build-in={TARGET}", *where, cwd=tmp_path)
    assert without.returncode == 4
    assert f"{TARGET} has no C compiler, neither gcc nor clang: gcc is not there, cc is" in without.stderr
    unused = run("--libc=glibc", f"--build-in={BUILDER}", *where, cwd=tmp_path)
    assert unused.returncode == 4
    assert f"--build-in={BUILDER} is for images with musl, and this run has none" in unused.stderr
    engine.api.tag(BUILDER, "localhost/twin")
    both = (f"--build-in={BUILDER}", "--build-in=localhost/twin")
    twice = run(f"--libc=image:{TARGET}", *both, *where, cwd=tmp_path)
    assert twice.returncode == 4
    assert "both have musl; name one image for each family" in twice.stderr
    images.forget(engine, "localhost/twin")
    local = run("--backend=local", "--libc=musl", both[0], *where, cwd=tmp_path)
    assert local.returncode == 4
    assert "say --backend=docker" in local.stderr


@pytest.mark.usefixtures("glibc_images")
def test_builder_without_a_part_of_glibc(engine: "DockerClient", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "LIBRARIES", ("m", "c", "nosuch"))
    with pytest.raises(UserError, match="lacks a part of glibc's development files, libnosuch: "):
        builder_of(engine, resolve(engine, GLIBC_BUILDER, "never"))


def test_compiler_without_a_libc(engine: "DockerClient", musl: Libc, tmp_path: Path) -> None:
    root = builders.musl_gcc_root(tmp_path / "root", musl)
    for file in (root / "usr/lib/x86_64-linux-musl").glob("libc.*"):
        file.unlink()
    builders.import_image(engine, root, "localhost/gcc:broken")
    with pytest.raises(UserError, match=r"cannot link, gcc ended with 1:\n.*cannot find -lanl"):
        builder_of(engine, resolve(engine, "localhost/gcc:broken", "never"))
    images.forget(engine, "localhost/gcc:broken")
