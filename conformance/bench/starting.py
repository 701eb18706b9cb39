"""Probes per second: through the agent, and by a raw loop of posix_spawn in the same sandbox."""

import asyncio
import os
import socket
import struct
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from conformance import observation
from conformance.agent.client import Agent
from conformance.agent.protocol import decode_hello, run_request
from conformance.backends.local import Local
from conformance.build.agent import SOURCES, agent_binary, static_program
from conformance.build.probes import BuiltProbe, build, folder
from conformance.case import Scenario
from conformance.engine.pool import Pool
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES

_QUEUED = 8
_SANDBOX = ("area.c", "hello.c", "root.c", "sandbox.c", "send.c")


@dataclass(frozen=True, slots=True)
class Rates:
    """Probes per second over all processors together."""

    libc: str
    raw: float
    agent: float

    @property
    def ratio(self) -> float:
        """What is left of the raw loop's rate."""
        return self.agent / self.raw


def measure(libc: Libc, agent_libc: Libc, count: int) -> Rates:
    """Starts a probe `count` times on each processor, once by the raw loop and once through the agent."""
    probe = build(libc, C_SOURCES / "probes" / "harness" / "nothing.c")
    if not isinstance(probe, BuiltProbe):
        raise UserError(f"{libc.name} lacks {', '.join(probe.missing)}, which every probe needs")
    loop = static_program(
        "raw_loop", agent_libc, [C_SOURCES / "bench" / "raw_loop.c", *(SOURCES / name for name in _SANDBOX)]
    )
    agent = agent_binary(agent_libc)
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        raw = list(
            pool.map(_raw_rate, [loop] * workers, [libc] * workers, [probe] * workers, [count] * workers)
        )
        ours = list(
            pool.map(_agent_rate, [agent] * workers, [libc] * workers, [probe] * workers, [count] * workers)
        )
    return Rates(libc.name, sum(raw), sum(ours))


def _raw_rate(loop: Path, libc: Libc, probe: BuiltProbe, count: int) -> float:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        command = [
            str(loop),
            str(theirs.fileno()),
            str(libc.root),
            str(folder(libc)),
            probe.inside,
            str(count),
        ]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        answer = ours.recv(4096)
        process.wait()
    if len(answer) != 8:
        raise UserError(f"the raw loop failed: {decode_hello(answer)[1] if answer else 'no answer'}")
    nanoseconds: int = struct.unpack("=Q", answer)[0]
    return count / nanoseconds * 1e9


def _agent_rate(agent: Path, libc: Libc, probe: BuiltProbe, count: int) -> float:
    return asyncio.run(_agent_loop(agent, libc, probe, count))


async def _agent_loop(binary: Path, libc: Libc, probe: BuiltProbe, count: int) -> float:
    """Keeps the agent's queue filled: what is measured is the agent, not the wait for its client."""
    pool = Pool(Local(binary))
    try:
        agent = await pool.take(libc, Scenario("nothing"))
        start = time.perf_counter()
        await asyncio.gather(*(_start_many(agent, probe, count // _QUEUED) for _ in range(_QUEUED)))
        return count / (time.perf_counter() - start)
    finally:
        await pool.close()


async def _start_many(agent: Agent, probe: BuiltProbe, count: int) -> None:
    for _ in range(count):
        request = run_request(
            probe.inside,
            ("nothing",),
            {"PATH": "/usr/bin:/bin"},
            time_ms=10_000,
            memory=1 << 30,
            processes=16,
            open_files=64,
            file_size=1 << 20,
        )
        result = await agent.run(request)
        if observation.decode(result.observations).facts != {"answer": 42}:
            raise UserError(f"{probe.path}: the probe recorded something else than it should")
