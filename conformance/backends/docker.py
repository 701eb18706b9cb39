"""Containers of an engine on this machine, Docker or Podman: one for each agent."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.agent.client import Agent, AgentDied
from conformance.backends import files
from conformance.backends.builder import BuilderContainer
from conformance.backends.container import MEMORY, Container, ContainerAgent, Kind, Plan
from conformance.build.probes import Tools, tools_here
from conformance.build.probes import folder as probes_folder
from conformance.case import Scenario
from conformance.errors import UserError
from conformance.images.engine import EngineLost, failures
from conformance.images.leftovers import FOLDER
from conformance.libcs.model import Libc

if TYPE_CHECKING:
    from docker import DockerClient

_AT_ONCE = 4
"""Containers that are started at the same time by one process."""

_CONTAINERS = 24
"""Containers of one run, over all its processes and libcs. Each takes the engine a good part of a second."""

_END_SECONDS = 3


class Docker:
    """Containers for the libcs of one run, which are all named when it begins."""

    shares_files = False

    def __init__(
        self,
        client: "DockerClient",
        binary: Path,
        images: dict[str, str],
        owner: str,
        *,
        workers: int = 1,
        memory: int = MEMORY,
    ) -> None:
        """`images` are image ids by the names of libcs; `workers` is the number of processes of the run.

        `memory` is what one container may use, in bytes.
        """
        self._client = client
        self._binary = binary
        self.images = images
        self._owner = owner
        self._memory = memory
        self.most: int | None = max(2, _CONTAINERS // (workers * len(images)))
        self._starters = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="containers")
        self._folder = tempfile.TemporaryDirectory(prefix=f"{FOLDER}{owner}-")
        # what is mounted from here is opened by a user of its own
        Path(self._folder.name).chmod(0o711)
        self._numbers = itertools.count()
        self._works = False
        self._builders: dict[str, BuilderContainer] = {}

    def kind(self, libc: Libc, scenario: Scenario) -> Kind:
        """Containers differ in what cannot be changed once they run."""
        return Kind(files.mounted(scenario, libc), scenario.limits.processes)

    async def start(self, libc: Libc, kind: Hashable) -> Agent:
        """An agent in a new container. Raises UserError, EngineLost where no other will start either."""
        assert isinstance(kind, Kind)
        try:
            agent = await self._start(libc, kind)
        except UserError as error:
            # where not even one container can be started, the next would fail, too
            raise error if self._works else EngineLost(str(error)) from error
        self._works = True
        return agent

    async def _start(self, libc: Libc, kind: Kind) -> Agent:
        probes = probes_folder(libc)
        probes.mkdir(parents=True, exist_ok=True)
        plan = Plan(
            libc.name,
            kind,
            self.images[libc.name],
            self._binary,
            self._owner,
            readable={"/probe": probes},
            memory=self._memory,
        )
        container = await asyncio.get_running_loop().run_in_executor(
            self._starters, Container, self._client, plan, self._new_folder()
        )
        agent = ContainerAgent(container)
        try:
            await agent.greet()
        except (AgentDied, TimeoutError) as error:
            raise UserError(
                f"{libc.name}: the agent was lost at its start: {await self.why_lost(agent)}"
            ) from error
        return agent

    def _new_folder(self) -> Path:
        return Path(self._folder.name, str(next(self._numbers)))

    def tools(self, libc: Libc) -> Tools:
        """The builder's, for a libc that has one; its container is started when it is first needed."""
        image = libc.development.builder
        if not image:
            return tools_here
        if image.id not in self._builders:
            self._builders[image.id] = BuilderContainer(
                self._client, image, self._binary, self._owner, self._new_folder()
            )
        return self._builders[image.id]

    async def why_lost(self, agent: Agent) -> str:
        """Why the agent's container is gone. Raises EngineLost where the engine is gone as well."""
        assert isinstance(agent, ContainerAgent)
        container = agent.container
        return await asyncio.get_running_loop().run_in_executor(self._starters, self._post_mortem, container)

    def _post_mortem(self, container: Container) -> str:
        """The engine remembers what happened to a container, also when it has removed it."""
        happened: dict[str, str] = {}
        with failures("asking what became of a container"):
            for event in self._client.api.events(
                since=int(container.began),
                until=int(time.time()) + _END_SECONDS,
                filters={"container": container.id},
                decode=True,
            ):
                happened[event["Action"]] = event["Actor"]["Attributes"].get("exitCode", "")
                if event["Action"] == "die":
                    break
        if "oom" in happened:
            return (
                f"its container ran into its memory limit of {self._memory >> 20} MiB "
                "and the kernel killed the agent"
            )
        if "kill" in happened:
            return "its container was killed from outside"
        if "die" in happened:
            return f"its container ended with exit code {happened['die']}"
        return "the agent is gone, though its container runs"

    def lacking(self, libc: Libc, scenario: Scenario) -> str | None:
        """Why a container cannot offer what the scenario needs, or None if it can."""
        return files.lacking(scenario, libc)

    def close(self) -> None:
        """The engine removes the containers whose agents are closed; our folders go here."""
        self._starters.shutdown()
        for builder in self._builders.values():
            builder.close()
        self._folder.cleanup()
