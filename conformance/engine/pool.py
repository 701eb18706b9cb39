"""Agents that wait for work: one per libc and case in flight, started when one is needed."""

from pathlib import Path

from conformance import observation
from conformance.agent.client import Agent
from conformance.agent.protocol import run_request
from conformance.build.probes import BuiltProbe, build, folder
from conformance.engine.surroundings import DEFAULTS
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES

_LIMITS = {"time_ms": 10_000, "memory": 1 << 30, "processes": 16, "open_files": 64, "file_size": 1 << 20}


class Pool:
    """Agents by libc. Only the loop that uses the pool may call it."""

    def __init__(self, binary: Path) -> None:
        self._binary = binary
        self._idle: dict[str, list[Agent]] = {}
        self._all: list[Agent] = []
        self._proved: set[str] = set()

    async def take(self, libc: Libc) -> Agent:
        """An idle agent, or a new one. Raises UserError where there can be none, or it is on another libc."""
        if idle := self._idle.get(libc.name):
            return idle.pop()
        probes = folder(libc)
        probes.mkdir(parents=True, exist_ok=True)
        agent = await Agent.start(self._binary, libc.root, probes)
        self._all.append(agent)
        for path, content in DEFAULTS.items():
            agent.prepare(path, content, keep=True)
        if libc.name not in self._proved:
            await prove(agent, libc)
            self._proved.add(libc.name)
        return agent

    def give_back(self, agent: Agent, libc: Libc) -> None:
        """The agent is idle again."""
        self._idle.setdefault(libc.name, []).append(agent)

    def drop(self, agent: Agent) -> None:
        """The agent is not fit for another case: it is ended."""
        self._all.remove(agent)
        agent.close()
        agent.wait()

    def close(self) -> None:
        """Ends all agents, busy or not, and all that runs under them."""
        for agent in self._all:
            agent.close()
        for agent in self._all:
            agent.wait()
        self._all.clear()
        self._idle.clear()


async def prove(agent: Agent, libc: Libc) -> None:
    """Checks from inside a running probe that it runs on the very libc that was asked for.

    A probe linked to another libc, or statically by accident, would look like a finding. Raises UserError.
    """
    built = build(libc, C_SOURCES / "probes" / "harness" / "identity.c")
    if not isinstance(built, BuiltProbe):
        raise UserError(
            f"{libc.name}: the identity probe cannot be built: {', '.join(built.missing)} missing"
        )
    result = await agent.run(run_request(built.inside, ("identity",), {}, **_LIMITS))
    recorded = observation.decode(result.observations).facts
    seen: dict[str, object] = {"inode": recorded.get("inode"), "build id": recorded.get("build_id")}
    wanted: dict[str, object] = {
        "inode": (libc.root / libc.library.lstrip("/")).stat().st_ino,
        "build id": libc.identity.build_id or "none",
    }
    if libc.family == "glibc":
        seen["version"], wanted["version"] = recorded.get("version"), libc.version
    else:
        # musl tells its version only when its dynamic linker is run as a program
        told = await agent.run(run_request(libc.loader, (libc.loader,), {}, **_LIMITS))
        seen["version"] = (
            f"Version {libc.version}" if f"Version {libc.version}\n".encode() in told.stderr else told.stderr
        )
        wanted["version"] = f"Version {libc.version}"
    if wrong := [key for key in wanted if seen[key] != wanted[key]]:
        found = ", ".join(f"{key} {seen[key]!r} in place of {wanted[key]!r}" for key in wrong)
        raise UserError(
            f"{libc.name}: a probe found itself on another libc: {found} (object {recorded.get('object')!r}, "
            f"status {result.status}, stderr {result.stderr[:200]!r})"
        )
