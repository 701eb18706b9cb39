"""Where probes run: in sandboxes of this machine, or in containers. All else is the same."""

from collections.abc import Hashable
from typing import Literal, Protocol, get_args

from conformance.agent.client import Agent
from conformance.build.probes import Tools
from conformance.case import Scenario
from conformance.libcs.model import Libc

Name = Literal["local", "docker"]
NAMES: tuple[Name, ...] = get_args(Name)


class Backend(Protocol):
    """Starts agents. Only the loop that runs the cases calls it."""

    most: int | None
    """Agents of one libc and kind at a time; None for as many as there are cases in flight."""

    shares_files: bool
    """Whether a file in the sandbox is the very file that `Libc.root` holds, with the same inode."""

    def kind(self, libc: Libc, scenario: Scenario) -> Hashable:
        """Which agents can run the scenario: those that were started for an equal kind."""

    def tools(self, libc: Libc) -> Tools:
        """What compiles the libc's probes."""

    async def start(self, libc: Libc, kind: Hashable) -> Agent:
        """An agent that is ready for probes of this libc. Raises UserError where there can be none."""

    async def why_lost(self, agent: Agent) -> str:
        """Why the agent is gone. Raises EngineLost where no other can be had either."""

    def lacking(self, libc: Libc, scenario: Scenario) -> str | None:
        """Why this backend cannot offer what the scenario needs, or None if it can."""

    def close(self) -> None:
        """Called when all agents are closed."""
