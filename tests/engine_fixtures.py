"""A container engine for tests: one of their own where that can be started, else the machine's."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.errors import UserError
from conformance.images import engine
from conformance.images.owner import LABEL

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Engine:
    """A daemon that belongs to one test or one worker; `url` is for DOCKER_HOST."""

    url: str
    process: "subprocess.Popen[bytes]"
    folder: Path

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Ends the daemon; its containers may live on."""
        self.process.send_signal(number)
        self.process.wait()


@contextmanager
def private_engine(data: Path | None = None) -> Iterator[Engine]:
    """Starts a dockerd that knows nothing of the machine's. Skips the test where that is not possible."""
    program = shutil.which("dockerd")
    if not program or os.geteuid():
        pytest.skip("starting a container engine of one's own needs root and dockerd (apt install docker.io)")
    # containers' sockets lie below: their paths have to be short
    folder = Path(tempfile.mkdtemp(prefix="engine-", dir="/tmp"))
    command = [
        program,
        *("--data-root", str(data or folder / "data")),
        *("--exec-root", str(folder / "exec")),
        *("--pidfile", str(folder / "pid")),
        *("--host", f"unix://{folder}/socket"),
        # containers of this project have no network, and the machine's shall stay as it is
        *("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    started = Engine(f"unix://{folder}/socket", process, folder)
    try:
        _wait_for(started)
        yield started
    finally:
        _end(started)
        _unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(started: Engine) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            connect(started.url).close()
        except UserError:
            if started.process.poll() is not None or time.monotonic() > end:
                pytest.skip(f"dockerd does not start here: {(started.folder / 'log').read_text()[-500:]}")
            time.sleep(0.02)
        else:
            return


def _end(started: Engine) -> None:
    """Ends the daemon, its containerd, and what runs in its containers."""
    if started.process.poll() is None:
        started.process.terminate()
        try:
            started.process.wait(20)
        except subprocess.TimeoutExpired:
            started.process.kill()
            started.process.wait()
    for number in _processes_of(str(started.folder)):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def _unmount(folder: Path) -> None:
    """What a daemon that was killed has left mounted, the last first."""
    mounted = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for path in reversed(mounted):
        if path.startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", path], check=False, stderr=subprocess.DEVNULL)


def _processes_of(folder: str) -> Iterator[int]:
    """The processes whose command line names a path in this folder: containerd and the containers' shims."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if folder.encode() in (process / "cmdline").read_bytes():
                yield int(process.name)


def connect(url: str) -> "DockerClient":
    """A client of the engine at a URL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", url)
        return engine.connect()


def command(*arguments: object) -> list[str]:
    """The command line of a run in containers."""
    options = ["-q", "-p", "no:cacheprovider", "--backend=docker"]
    return [sys.executable, "-m", "pytest", *options, *map(str, arguments)]


def run(*arguments: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """A run in containers, to its end."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=cwd, check=False)


def left_in(client: "DockerClient") -> list[str]:
    """The containers, images and volumes that runs have left in an engine."""
    containers = [one["Id"] for one in client.api.containers(all=True, filters={"label": LABEL})]
    images_left = [one["Id"] for one in client.api.images(filters={"label": f"{LABEL}=image"})]
    return [*containers, *images_left, *(volume.name for volume in client.volumes.list())]
