"""Real libcs and a real agent for the tests that need them."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from conformance.backends.local import Local
from conformance.build.agent import agent_binary
from conformance.build.probes import BuiltProbe, build
from conformance.case import Case, Observation, Scenario
from conformance.engine.observe import observe
from conformance.engine.pool import Pool
from conformance.errors import UserError
from conformance.images.engine import address, connect
from conformance.libcs.model import Libc
from conformance.libcs.select import select
from tests.engine_fixtures import private_engine

if TYPE_CHECKING:
    from docker import DockerClient

pytest_plugins = ["pytester"]

PROBES = Path(__file__).parent / "probes"

# also for the runs that tests start elsewhere: see pyproject.toml
os.environ["PYTEST_ADDOPTS"] = "-p no:hypothesispytest"

T = TypeVar("T")


@pytest.fixture(scope="session")
def musl() -> Libc:
    """The newest musl of the catalogue."""
    return select("musl")[0]


@pytest.fixture(scope="session")
def glibc() -> Libc:
    """The newest glibc of the catalogue."""
    return select("glibc")[0]


@pytest.fixture(scope="session")
def agent(musl: Libc) -> Path:
    """The agent's program."""
    return agent_binary(musl)


@dataclass(frozen=True)
class Sandbox:
    """Runs probes of tests/probes one after the other in one agent."""

    pool: Pool
    libc: Libc

    async def run(self, probe: str, *argv: str, **scenario: Any) -> Observation:
        """The observation of one run; keyword arguments are those of Scenario."""
        built = build(self.libc, PROBES / f"{probe}.c", scenario.get("flags", ()))
        assert isinstance(built, BuiltProbe)
        case = Case(
            id=f"test::{probe}",
            topic="test",
            title="test",
            family="test",
            about="",
            functions=(),
            status="unspecified",
            scenario=Scenario(probe, argv, **scenario),
            source=PROBES / "test.yaml",
            line=1,
        )
        agent = await self.pool.take(self.libc, case.scenario)
        seen = await observe(agent, case, self.libc, built)
        self.pool.give_back(agent)
        return seen


@pytest.fixture(scope="session")
def public_cache() -> Iterator[Path]:
    """A cache that an ordinary user can reach, with the roots of the newest libcs."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for kind in ("probes", "agent"):
            Path(folder, kind).mkdir()
        for libc in select("musl,glibc"):
            shutil.copytree(
                libc.root, Path(folder, "roots", libc.root.name), symlinks=True, copy_function=_link
            )
        yield Path(folder)


def _link(source: str, copy: str) -> None:
    try:
        os.link(source, copy, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, copy, follow_symlinks=False)


@pytest.fixture(params=["root", "ordinary user"])
def account(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents are started by root, or by a user who may nothing."""
    if request.param == "root":
        if os.geteuid():
            pytest.skip("only root can make a sandbox as root")
    elif not os.geteuid():
        nobody = partial(subprocess.Popen, user=65534, group=65534, extra_groups=[])
        monkeypatch.setattr("conformance.agent.client.Popen", nobody)
        monkeypatch.setenv("CONFORMANCE_CACHE", str(request.getfixturevalue("public_cache")))


@pytest.fixture(params=["musl", "glibc"])
def in_sandbox(
    request: pytest.FixtureRequest, account: None
) -> Callable[[Callable[[Sandbox], Coroutine[Any, Any, T]]], T]:
    """Calls an async function with a Sandbox and gives its result; nothing of the sandbox stays behind."""
    libc = select(request.param)[0]
    agent = agent_binary(select("musl")[0])

    def call(body: Callable[[Sandbox], Coroutine[Any, Any, T]]) -> T:
        async def whole() -> T:
            pool = Pool(Local(agent))
            try:
                return await body(Sandbox(pool, libc))
            finally:
                await pool.close()

        return asyncio.run(whole())

    return call


@pytest.fixture(scope="session")
def engine_url() -> Iterator[str]:
    """A container engine: one of this worker's own, or the machine's where that cannot be."""
    if shutil.which("dockerd") and not os.geteuid():
        with private_engine() as started:
            yield started.url
        return
    try:
        connect().close()
    except UserError as error:
        pytest.skip(f"no container engine: {error}")
    yield address()


@pytest.fixture
def engine(engine_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["DockerClient"]:
    """A client of that engine, which DOCKER_HOST names meanwhile."""
    monkeypatch.setenv("DOCKER_HOST", engine_url)
    client = connect()
    yield client
    client.close()
