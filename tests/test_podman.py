"""The same containers by Podman, through its Docker-compatible socket: as root, and rootless."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.errors import UserError
from conformance.images.owner import LABEL
from tests.engine_fixtures import connect, run

CASES = Path(__file__).parent.parent / "cases"


@dataclass(frozen=True)
class Podman:
    """A service with a storage of its own; `url` is for DOCKER_HOST."""

    url: str
    rootless: bool


@pytest.fixture(params=["root", "rootless"])
def podman(request: pytest.FixtureRequest) -> Iterator[Podman]:
    """A service of root's, or of somebody who may nothing but use a range of user ids."""
    program = shutil.which("podman")
    if not program:
        pytest.skip("podman is not installed")
    rootless = request.param == "rootless"
    if os.geteuid() and not rootless:
        pytest.skip("only root can have a service of root's")
    account = _account() if rootless else pwd.getpwuid(0)
    # Podman takes short paths only
    folder = Path(tempfile.mkdtemp(prefix="podman-", dir="/tmp"))
    os.chown(folder, account.pw_uid, account.pw_gid)
    # crun, Podman's default, refuses control groups of both versions side by side
    runtime = [f"--runtime={runc}"] if (runc := shutil.which("runc")) else []
    storage = [f"--root={folder / 'root'}", f"--runroot={folder / 'run'}", "--cgroup-manager=cgroupfs"]
    options: dict[str, Any] = {
        "env": {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
        "cwd": folder,
    }
    if account.pw_uid != os.geteuid():
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    command = [program, *storage, *runtime, "--events-backend=file"]
    url = f"unix://{folder}/socket"
    service = [*command, "system", "service", "--time=0", url]
    process = subprocess.Popen(service, start_new_session=True, **options)
    try:
        _wait_for(url, process)
        yield Podman(url, rootless)
    finally:
        # rootless, it goes on in a child of its own, in the namespace of its users
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        subprocess.run([*command, "system", "reset", "--force"], check=False, capture_output=True, **options)
        # it holds the user namespace, and outlives all else
        with suppress(OSError, ValueError):
            os.kill(int((folder / "libpod/tmp/pause.pid").read_text()), signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd:
    """Who runs the service: this user, or one that root finds with a range of user ids of its own."""
    if not shutil.which("newuidmap"):
        pytest.skip("rootless containers need newuidmap (apt install uidmap)")
    ranges = Path("/etc/subuid").read_text().split() if Path("/etc/subuid").is_file() else []
    names = [line.partition(":")[0] for line in ranges]
    for account in pwd.getpwall():
        if account.pw_uid and account.pw_name in names and os.geteuid() in (0, account.pw_uid):
            return account
    pytest.skip("no ordinary user has a range in /etc/subuid (useradd gives one)")


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


def test_cases_in_containers_of_podman(
    podman: Podman, public_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", podman.url)
    # what is mounted is opened by the service's user
    monkeypatch.setenv("CONFORMANCE_CACHE", str(public_cache))
    topics = [CASES / "resolver/nsswitch.yaml", CASES / "misuse/double-free.yaml"]
    ended = run("--libc=musl,glibc", f"--results={tmp_path / 'out'}", *topics, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = results.read_run(tmp_path / "out")["backend"]
    assert told["engine"][0].startswith("Podman")
    assert told["rootless"] == podman.rootless
    client = connect(podman.url)
    assert client.api.containers(all=True, filters={"label": LABEL}) == []
    assert client.api.images(filters={"label": f"{LABEL}=image"}) == []
