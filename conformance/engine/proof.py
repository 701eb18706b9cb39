"""Proof, from inside the sandbox, that probes run on the libc that was asked for."""

import asyncio

from conformance import observation
from conformance.agent.client import Agent
from conformance.agent.protocol import run_request
from conformance.backends import Backend
from conformance.build.probes import BuiltProbe, build
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.libcs.told import version_in
from conformance.paths import C_SOURCES

_LIMITS = {"time_ms": 10_000, "memory": 1 << 30, "processes": 16, "open_files": 64, "file_size": 1 << 20}


async def prove(agent: Agent, libc: Libc, backend: Backend) -> None:
    """Checks from inside a running probe that it runs on the very libc that was asked for.

    A probe linked to another libc, or statically by accident, would look like a finding. Raises UserError.
    """
    source = C_SOURCES / "probes" / "harness" / "identity.c"
    built = await asyncio.to_thread(build, libc, source, (), backend.tools(libc))
    if not isinstance(built, BuiltProbe):
        raise UserError(
            f"{libc.name}: the identity probe cannot be built: {', '.join(built.missing)} missing"
        )
    result = await agent.run(run_request(built.inside, ("identity", libc.library), {}, **_LIMITS))
    recorded = observation.decode(result.observations).facts
    seen: dict[str, object] = {"file": recorded.get("file"), "build id": recorded.get("build_id")}
    wanted: dict[str, object] = {
        "file": recorded.get("library"),
        "build id": libc.identity.build_id or "none",
    }
    if backend.shares_files:
        seen["inode"] = recorded.get("inode")
        wanted["inode"] = (libc.root / libc.library.lstrip("/")).stat().st_ino
    if libc.family == "glibc":
        seen["version"], wanted["version"] = recorded.get("version"), libc.version
    else:
        # musl tells its version only when its dynamic linker is run as a program
        told = await agent.run(run_request(libc.loader, (libc.loader,), {}, **_LIMITS))
        seen["version"], wanted["version"] = version_in("musl", told.stderr.decode()), libc.version
    if wrong := [key for key in wanted if seen[key] != wanted[key]]:
        found = ", ".join(f"{key} {seen[key]!r} in place of {wanted[key]!r}" for key in wrong)
        raise UserError(
            f"{libc.name}: a probe found itself on another libc: {found} (object {recorded.get('object')!r}, "
            f"status {result.status}, stderr {result.stderr[:200]!r})"
        )
