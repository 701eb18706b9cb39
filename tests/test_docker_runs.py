"""Whole runs in containers: same facts, nothing left behind, and one clear message when the engine fails."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance import results
from conformance.images.owner import LABEL
from tests import image_fixtures as images
from tests.engine_fixtures import command, left_in, private_engine, run

if TYPE_CHECKING:
    from docker import DockerClient

    from conformance.libcs.model import Libc

PROBES = Path(__file__).parent / "probes"
CASES = Path(__file__).parent.parent / "cases"

TOPIC = """\
topic: For tests
about: Made by a test.
probe: lines
functions: [main]
status: unspecified
cases:
"""

# Each wants a file of its own, and so a container of its own.
CASE = """\
  case-{n}:
    title: Number {n}
    run: /etc/file-{n}
    files: {{/etc/file-{n}: "{n}"}}
    expect: {{all: {{line: ["{n}"]}}}}
"""


def topic(folder: Path, count: int) -> Path:
    file = folder / "containers.yaml"
    shutil.copy(PROBES / "lines.c", folder)
    file.write_text(TOPIC + "".join(CASE.format(n=n) for n in range(count)))
    return file


def wait_for_lines(file: Path, count: int, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if file.is_file() and file.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.02)
    pytest.fail(f"the run ended, or took too long: {process.communicate()[0]}")


def test_same_facts_and_nothing_left(engine: "DockerClient", tmp_path: Path) -> None:
    before = left_in(engine)
    for backend in ("local", "docker"):
        ended = run(
            "--libc=musl,glibc",
            f"--backend={backend}",
            f"--results={tmp_path / backend}",
            CASES / "resolver/nsswitch.yaml",
            CASES / "misuse/double-free.yaml",
            CASES / "structure",
            cwd=tmp_path,
        )
        assert ended.returncode == 0, ended.stdout
    assert left_in(engine) == before
    local, docker = (results.read(tmp_path / backend) for backend in ("local", "docker"))
    assert {(one.observation.case, one.observation.libc): one.observation.facts for one in local.lines} == {
        (one.observation.case, one.observation.libc): one.observation.facts for one in docker.lines
    }
    assert docker.run["backend"]["security"]
    assert set(docker.run["backend"]["images"]) == {"musl-1.2.6", "glibc-2.43"}


def test_image_as_libc_with_workers(
    engine: "DockerClient", tmp_path: Path, musl: "Libc", tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = images.alpine_root(tmp_path_factory.mktemp("alpine"), musl)
    images.load_image(engine, root, "localhost/alpine:3.99")
    ended = run(
        "--libc=image:localhost/alpine:3.99,musl",
        "-n2",
        f"--results={tmp_path / 'out'}",
        CASES / "stdio/buffering.yaml",
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stdout
    read = results.read(tmp_path / "out")
    assert {one.observation.libc for one in read.lines} == {"image:localhost/alpine:3.99", "musl-1.2.6"}
    described = read.run["libcs"][0]
    assert described["identity"]["package"] == "musl 1.2.6-r0"
    assert described["development"]["borrowed_from"] == "musl-1.2.6"
    assert described["image"]["reference"] == "localhost/alpine:3.99"
    # the user's own image stays
    assert engine.images.get("localhost/alpine:3.99").id == described["image"]["id"]
    images.forget(engine, "localhost/alpine:3.99")


def test_image_with_volumes_and_a_health_check(
    engine: "DockerClient", tmp_path: Path, musl: "Libc", tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = images.alpine_root(tmp_path_factory.mktemp("alpine"), musl)
    images.load_image(engine, root, "localhost/plain:1")
    container = engine.api.create_container("localhost/plain:1", ["-"])["Id"]
    changes = [
        "VOLUME /data",
        'HEALTHCHECK --interval=1ms CMD ["/nothing"]',
        'ENTRYPOINT ["/nothing"]',
        "USER 5",
    ]
    engine.api.commit(container, "localhost/busy", "1", changes=changes)
    engine.api.remove_container(container)
    ended = run("--libc=image:localhost/busy:1", CASES / "stdio/buffering.yaml", cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout
    assert left_in(engine) == [
        engine.images.get("localhost/busy:1").id,
        engine.images.get("localhost/plain:1").id,
    ]
    images.forget(engine, "localhost/busy:1", "localhost/plain:1")


def test_reason_of_a_skip(engine: "DockerClient", tmp_path: Path) -> None:
    ended = run("--libc=musl", "-rs", CASES / "resolver/hosts-file.yaml", "-k", "no-file", cwd=tmp_path)
    assert "needs /etc/hosts to be absent; the engine mounts it into every container" in ended.stdout


def test_nothing_is_left_after_sigkill(engine: "DockerClient", tmp_path: Path) -> None:
    line = command("--libc=musl", f"--results={tmp_path / 'out'}", topic(tmp_path, 60))
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        wait_for_lines(tmp_path / "out" / results.OBSERVATIONS, 2, process)
        process.kill()
    end = time.monotonic() + 30
    # the agents notice and end; what the run had only created, not started, is left for `clean`
    while engine.api.containers(filters={"label": LABEL}):
        assert time.monotonic() < end
        time.sleep(0.02)
    program = Path(sys.executable).with_name("conformance")
    told = subprocess.check_output([program, "clean"], text=True)
    assert "removed image localhost/libc-conformance/musl-1-2-6:" in told
    assert left_in(engine) == []
    assert subprocess.check_output([program, "clean"], text=True) == "nothing was left behind\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("workers", [0, 2])
def test_engine_that_ends_during_a_run(
    tmp_path: Path, number: signal.Signals, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with private_engine() as engine:
        monkeypatch.setenv("DOCKER_HOST", engine.url)
        line = command("--libc=musl", f"-n{workers}", f"--results={tmp_path / 'out'}", topic(tmp_path, 200))
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            wait_for_lines(tmp_path / "out" / results.OBSERVATIONS, 3, process)
            engine.kill(number)
            killed = time.monotonic()
            output, _ = process.communicate()
            took = time.monotonic() - killed
    assert process.returncode == 2, output
    assert "the container engine at unix://" in output
    assert "Traceback" not in output
    assert took < 30, output
    lines = results.read(tmp_path / "out").lines
    assert 3 <= len(lines) < 200
    assert all(one.observation.outcome.kind in ("exited", "failed") for one in lines)


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid():
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with private_engine(disk / "data") as engine:
            monkeypatch.setenv("DOCKER_HOST", engine.url)
            ended = run("--libc=glibc", topic(tmp_path, 1), cwd=tmp_path)
    finally:
        subprocess.run(["umount", "-R", "-l", disk], check=True)
    assert ended.returncode == 4, ended.stdout
    assert "the container engine's disk is full" in ended.stderr
    assert "docker system prune" in ended.stderr


def test_no_engine_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/socket")
    ended = run("--libc=musl", topic(tmp_path, 1), cwd=tmp_path)
    assert ended.returncode == 4
    assert "no container engine runs on this machine" in ended.stderr


def test_listing_needs_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/socket")
    ended = run("--libc=alpine,musl", "--collect-only", topic(tmp_path, 1), cwd=tmp_path)
    assert "case-0[alpine]" in ended.stdout
    assert ended.returncode == 0
