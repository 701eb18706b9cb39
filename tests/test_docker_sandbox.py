"""What test_sandbox.py asks of a sandbox, asked of a container; and what can go wrong with these only."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from conformance.backends.docker import Docker
from conformance.case import Limits, Observation, Scenario
from conformance.engine.pool import Pool
from conformance.images.leftovers import remove_own
from conformance.images.load import load
from conformance.images.owner import token
from conformance.libcs.model import Libc
from tests.conftest import Sandbox
from tests.test_sandbox import *  # noqa: F403 - the same tests, with the fixture below
from tests.test_sandbox import one

if TYPE_CHECKING:
    from docker import DockerClient

T = TypeVar("T")
Run = Callable[..., Any]


@pytest.fixture
def in_sandbox(musl: Libc, engine: "DockerClient", agent: Path) -> Callable[..., Any]:
    """Calls an async function with a Sandbox in a container and gives its result."""
    owner = token()

    def call(body: Callable[[Sandbox], Coroutine[Any, Any, T]], **settings: Any) -> T:
        backend = Docker(engine, agent, {musl.name: load(engine, musl, owner)}, owner, **settings)

        async def whole() -> T:
            pool = Pool(backend)
            try:
                return await body(Sandbox(pool, musl))
            finally:
                await pool.close()

        try:
            return asyncio.run(whole())
        finally:
            backend.close()
            remove_own(engine, owner)
            assert engine.containers.list(all=True, filters={"label": f"libc-conformance={owner}"}) == []

    return call


def test_fork_bomb(in_sandbox: Run) -> None:
    """Control groups refuse a new process only when it is nearly made, so a bomb may use up its time."""
    seen = one(in_sandbox, "fork-bomb", time=1)
    assert seen.outcome.kind in ("exited", "timed-out")


def test_leavings_that_are_hard_to_delete(in_sandbox: Run) -> None:
    async def body(sandbox: Sandbox) -> list[Observation]:
        return [await sandbox.run("leavings", what) for what in ("look", "leave", "look")]

    before, left, after = in_sandbox(body)
    assert left.facts == {
        "depth": 3000,
        "messages": True,
        "queue": True,
        "semaphores": True,
        "shared memory": True,
    }
    assert after.facts == before.facts
    assert not any(after.facts.values()), after.facts


def test_memory_limit_of_the_container_is_no_verdict(in_sandbox: Run) -> None:
    async def body(sandbox: Sandbox) -> list[Observation]:
        hog = await sandbox.run("hostile", "memory-hog", limits=Limits(memory=1 << 30))
        return [hog, await sandbox.run("hostile", "look")]

    hog, after = in_sandbox(body, memory=64 << 20)
    assert hog.outcome.kind == "failed"
    assert "ran into its memory limit" in hog.outcome.details["reason"]
    assert after.outcome.kind == "exited"


def test_container_killed_from_outside(in_sandbox: Run, engine: "DockerClient") -> None:
    async def body(sandbox: Sandbox) -> str:
        from conformance.agent.client import AgentDied

        agent = await sandbox.pool.take(sandbox.libc, Scenario("hostile"))
        engine.containers.get(agent.container.id).kill()  # type: ignore[attr-defined]
        with pytest.raises(AgentDied):
            await agent.bind("127.0.0.1", 53, stream=False)
        return await sandbox.pool._backend.why_lost(agent)

    assert in_sandbox(body) == "its container was killed from outside"


def test_no_more_containers_than_are_allowed(in_sandbox: Run) -> None:
    async def body(sandbox: Sandbox) -> tuple[int, set[str]]:
        sandbox.pool._backend.most = 2
        # each runs long enough to let another container be started
        seen = await asyncio.gather(*(sandbox.run("hostile", "sleep") for _ in range(4)))
        return len(sandbox.pool._all), {one.outcome.kind for one in seen}

    assert in_sandbox(body) == (2, {"exited"})


def test_files_of_a_case_do_not_meet_the_next(in_sandbox: Run) -> None:
    async def body(sandbox: Sandbox) -> list[dict[str, Any]]:
        seen = [
            await sandbox.run("lines", path, files=files)
            for path, files in [
                ("/etc/hosts", {"/etc/hosts": "10.0.0.1 a\n"}),
                ("/etc/hosts", {}),
                ("/tmp/x", {"/tmp/x": "in tmp\n"}),
                ("/tmp/x", {}),
                ("/etc/new/file", {"/etc/new/file": "new\n"}),
                ("/etc/new/file", {}),
                ("/etc/services", {"/etc/services": None}),
            ]
        ]
        return [one.facts for one in seen]

    assert in_sandbox(body) == [
        {"line": ["10.0.0.1 a"]},
        {"line": ["127.0.0.1 localhost", "::1 localhost"]},
        {"line": ["in tmp"]},
        {"error": 2},
        {"line": ["new"]},
        {"error": 2},
        {"error": 2},
    ]
