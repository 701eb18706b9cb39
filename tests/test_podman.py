"""The same containers by Podman, through its Docker-compatible socket."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import results
from conformance.errors import UserError
from conformance.images.owner import LABEL
from tests.engine_fixtures import connect

CASES = Path(__file__).parent.parent / "cases"


@pytest.fixture
def podman() -> Iterator[str]:
    """The URL of a service with a storage of its own."""
    program = shutil.which("podman")
    if not program:
        pytest.skip("podman is not installed")
    # Podman takes short paths only
    folder = Path(tempfile.mkdtemp(prefix="podman-", dir="/tmp"))
    # crun, Podman's default, refuses control groups of both versions side by side
    runtime = [f"--runtime={runc}"] if (runc := shutil.which("runc")) else []
    storage = [f"--root={folder / 'root'}", f"--runroot={folder / 'run'}", *runtime]
    url = f"unix://{folder}/socket"
    process = subprocess.Popen([program, *storage, "system", "service", "--time=0", url])
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()
        subprocess.run([program, *storage, "system", "reset", "--force"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 30
    while True:
        try:
            connect(url).close()
        except UserError as error:
            if process.poll() is not None or time.monotonic() > end:
                pytest.skip(f"podman's service does not start here: {error}")
            time.sleep(0.02)
        else:
            return


def test_cases_in_containers_of_podman(podman: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", podman)
    options = ["-q", "-p", "no:cacheprovider", "--backend=docker", f"--results={tmp_path / 'out'}"]
    topics = [CASES / "resolver/nsswitch.yaml", CASES / "misuse/double-free.yaml"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "--libc=musl,glibc", *options, *topics],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert results.read_run(tmp_path / "out")["backend"]["engine"][0].startswith("Podman")
    client = connect(podman)
    assert client.api.containers(all=True, filters={"label": LABEL}) == []
    assert client.api.images(filters={"label": f"{LABEL}=image"}) == []
