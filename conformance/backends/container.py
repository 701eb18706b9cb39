"""One container with the agent as its process 1."""

import os
import resource
import shutil
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.agent.client import Agent
from conformance.agent.protocol import Result
from conformance.backends.files import Files, Paths, is_scratch
from conformance.errors import UserError
from conformance.images.engine import failures
from conformance.images.leftovers import remove_container
from conformance.images.owner import LABEL

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.types import Mount

MEMORY = 3 << 30
"""Bytes. More than a probe may have in address space, so that a probe alone never meets this limit."""

_PROCESSES = 32768
"""Of one user on the whole machine: above what all containers together may have."""

_USER = "1000:1000"
_SCRATCH = "rw,exec,nosuid,nodev,size=64m,mode=1777"
_CONNECT_SECONDS = 10.0
_SYSCTLS = {
    # without these two a network of its own has no ::1
    "net.ipv6.conf.all.disable_ipv6": "0",
    "net.ipv6.conf.lo.disable_ipv6": "0",
    # port 53 for a user without capabilities
    "net.ipv4.ip_unprivileged_port_start": "0",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a container has for as long as it runs: mounted files, and how many processes with the agent."""

    files: Paths
    processes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What else a container is made of.

    `name` is what people know it by; `image` is an image's id, `agent` the agent's program; `readable` and
    `writable` are folders of this machine by where the container shows them; `memory` is in bytes.
    """

    name: str
    kind: Kind
    image: str
    agent: Path
    owner: str
    readable: dict[str, Path] = field(default_factory=dict)
    writable: dict[str, Path] = field(default_factory=dict)
    memory: int = MEMORY


class Container:
    """A started container, and `control`, the connection that its agent made to us."""

    def __init__(self, client: "DockerClient", plan: Plan, folder: Path) -> None:
        """Starts it; `folder` is made, for what the container and we share. Raises UserError."""
        self._client = client
        self.folder = folder
        self.id = ""
        self.began = time.time()
        folder.mkdir()
        self.files = Files(folder / "files", plan.kind.files)
        try:
            with _listen(folder / "control") as listener, failures(f"starting a container for {plan.name}"):
                self.id = _create(client, plan, self._mounts(plan))
                client.api.start(self.id)
                self.control = self._accept(listener, plan.name)
        except BaseException:
            self.remove()
            raise
        (folder / "control" / "agent").unlink()

    def _mounts(self, plan: Plan) -> "list[Mount]":
        from docker.types import Mount

        readable = {
            "/.agent": plan.agent,
            "/.control": self.folder / "control",
            **plan.readable,
            **self.files.sources,
        }
        return [
            Mount(target, str(source), type="bind", read_only=shared is readable)
            for shared in (readable, plan.writable)
            for target, source in shared.items()
        ]

    def _accept(self, listener: socket.socket, name: str) -> socket.socket:
        end = time.monotonic() + _CONNECT_SECONDS
        listener.settimeout(0.5)
        while True:
            try:
                return listener.accept()[0]
            except TimeoutError:
                if time.monotonic() > end or not self._runs():
                    raise UserError(
                        f"{name}: the agent did not start in its container. The engine has to run on "
                        f"this machine, and be allowed to mount {self.folder} and the cache"
                    ) from None

    def _runs(self) -> bool:
        from docker.errors import NotFound

        try:
            return bool(self._client.api.inspect_container(self.id)["State"]["Running"])
        except NotFound:
            return False

    def remove(self) -> None:
        """Ends and removes the container, if the engine has not done so already, and removes the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.id:
            remove_container(self._client, self.id)


class ContainerAgent(Agent):
    """An agent in a container. Files are changed from outside, where no probe can reach them."""

    def __init__(self, container: Container) -> None:
        """The engine removes a container whose process 1 has ended; nothing here has to wait for that."""
        super().__init__(container.control, lambda: shutil.rmtree(container.folder, ignore_errors=True))
        self.container = container

    def prepare(self, path: str, content: str | bytes | None, *, keep: bool = False) -> None:
        """Makes a file for the next run; see `files.lacking` for what can be made."""
        if is_scratch(path):
            super().prepare(path, content, keep=keep)
        else:
            self.container.files.change(path, content)

    async def run(self, request: bytes, stdin: str = "") -> Result:
        """As an agent on this machine does it."""
        result = await super().run(request, stdin)
        self.container.files.restore()
        return result


def _listen(folder: Path) -> socket.socket:
    """A socket called `agent` in the new folder, for whoever is in the container."""
    folder.mkdir()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # by way of a descriptor: the path of a socket may have 107 bytes only
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        listener.bind(f"/proc/self/fd/{directory}/agent")
    finally:
        os.close(directory)
    (folder / "agent").chmod(0o666)
    folder.chmod(0o755)
    listener.listen(1)
    return listener


def _limits() -> dict[str, tuple[int, int]]:
    """What Podman asks for by itself may be more than this machine allows."""
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    processes = _PROCESSES if hard == resource.RLIM_INFINITY else min(hard, _PROCESSES)
    return {"nofile": (1024, 4096), "core": (0, 0), "nproc": (processes, processes)}


def _create(client: "DockerClient", plan: Plan, mounts: "list[Mount]") -> str:
    from docker.types import LogConfig, Ulimit

    api = client.api
    host = api.create_host_config(
        # the engine removes it also when we cannot, because we were killed
        auto_remove=True,
        network_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        # SELinux lets a container see what is mounted only with its own label, or with none
        security_opt=["no-new-privileges", "label=disable"],
        pids_limit=plan.kind.processes,
        mem_limit=plan.memory,
        memswap_limit=plan.memory,
        tmpfs={"/tmp": _SCRATCH, "/dev/shm": _SCRATCH},
        sysctls=_SYSCTLS,
        ulimits=[Ulimit(name=name, soft=soft, hard=hard) for name, (soft, hard) in _limits().items()],
        log_config=LogConfig(type=LogConfig.types.NONE),
        mounts=mounts,
    )
    return str(
        api.create_container(
            plan.image,
            entrypoint=["/.agent"],
            command=["--inside", "/.control/agent"],
            user=_USER,
            hostname="probe",
            working_dir="/",
            # an image's own would be run beside the probes
            healthcheck={"test": ["NONE"]},
            labels={LABEL: plan.owner},
            host_config=host,
        )["Id"]
    )
