"""What a probe costs in a container: through the agent, by one `exec` each, and by one container each."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from conformance.agent.client import Agent
from conformance.agent.protocol import run_request
from conformance.backends.container import ContainerAgent
from conformance.backends.docker import Docker
from conformance.backends.local import Local
from conformance.build.probes import BuiltProbe, build, folder
from conformance.case import Scenario
from conformance.errors import UserError
from conformance.images.engine import failures
from conformance.images.leftovers import remove_own
from conformance.images.load import load
from conformance.images.owner import LABEL, token
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES

if TYPE_CHECKING:
    from docker import DockerClient

_ROUNDS = 20
_SLOW = 10
"""How often the two slow ways are measured."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Medians in milliseconds: of a probe in each way, and of starting a container with its agent."""

    libc: str
    local: float
    container: float
    exec: float
    container_each: float
    start: float

    @property
    def ratio(self) -> float:
        """What a container costs in terms of a sandbox of this machine."""
        return self.container / self.local


def measure(client: "DockerClient", libc: Libc, agent: Path, count: int) -> Costs:
    """Runs a probe that does nothing about `count` times in each of the quick ways, by turns."""
    owner = token()
    image = libc.image.id if libc.image else load(client, libc, owner)
    docker = Docker(client, agent, {libc.name: image}, owner)
    try:
        return asyncio.run(_measure(client, libc, Local(agent), docker, count))
    finally:
        docker.close()
        remove_own(client, owner)


async def _measure(client: "DockerClient", libc: Libc, local: Local, docker: Docker, count: int) -> Costs:
    probe, image = _probe(libc), docker.images[libc.name]
    kind = docker.kind(libc, Scenario("nothing"))
    starts = []
    for _ in range(3):
        began = time.perf_counter()
        inside = await docker.start(libc, kind)
        starts.append(time.perf_counter() - began)
        if len(starts) < 3:
            inside.close()
            inside.wait()
    outside = await local.start(libc)
    try:
        assert isinstance(inside, ContainerAgent)
        # by turns, so that a busy neighbour is everybody's
        rounds = [
            (await _each(outside, probe, count // _ROUNDS), await _each(inside, probe, count // _ROUNDS))
            for _ in range(_ROUNDS)
        ]
        by_exec = [_timed(_exec, client, inside.container.id, probe) for _ in range(_SLOW)]
        by_container = [_timed(_whole_container, client, libc, image, probe) for _ in range(_SLOW)]
    finally:
        for agent in (inside, outside):
            agent.close()
            agent.wait()
    in_local, in_container = zip(*rounds, strict=True)
    medians = (1000 * median(times) for times in (in_local, in_container, by_exec, by_container, starts))
    return Costs(libc.name, *medians)


def _probe(libc: Libc) -> BuiltProbe:
    probe = build(libc, C_SOURCES / "probes" / "harness" / "nothing.c")
    if not isinstance(probe, BuiltProbe):
        raise UserError(f"{libc.name} lacks {', '.join(probe.missing)}, which every probe needs")
    return probe


def _timed(way: Callable[..., None], *arguments: object) -> float:
    began = time.perf_counter()
    way(*arguments)
    return time.perf_counter() - began


async def _each(agent: Agent, probe: BuiltProbe, count: int) -> float:
    """Seconds for one probe, when one runs after the other."""
    request = run_request(
        probe.inside,
        ("nothing",),
        {},
        time_ms=10_000,
        memory=1 << 30,
        processes=16,
        open_files=64,
        file_size=1 << 20,
    )
    began = time.perf_counter()
    for _ in range(count):
        await agent.run(request)
    return (time.perf_counter() - began) / count


def _exec(client: "DockerClient", container: str, probe: BuiltProbe) -> None:
    with failures("running a probe by exec"):
        made = client.api.exec_create(container, [probe.inside])
        client.api.exec_start(made["Id"])


def _whole_container(client: "DockerClient", libc: Libc, image: str, probe: BuiltProbe) -> None:
    from docker.types import Mount

    with failures("running a probe in a container of its own"):
        client.containers.run(
            image,
            entrypoint=[probe.inside],
            command=[],
            remove=True,
            labels={LABEL: token()},
            network_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            mounts=[Mount("/probe", str(folder(libc)), type="bind", read_only=True)],
        )
