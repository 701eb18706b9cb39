"""Sandboxes that the agent makes itself, out of namespaces of this machine."""

from collections.abc import Hashable
from pathlib import Path

from conformance.agent.client import Agent
from conformance.build.probes import Tools, folder, tools_here
from conformance.case import Scenario
from conformance.engine.surroundings import DEFAULTS
from conformance.libcs.model import Libc


class Local:
    """One process per agent, started in milliseconds."""

    most: int | None = None
    shares_files = True

    def __init__(self, binary: Path) -> None:
        """`binary` is the agent's program."""
        self._binary = binary

    def kind(self, libc: Libc, scenario: Scenario) -> None:
        """All are alike."""

    def tools(self, libc: Libc) -> Tools:
        """This machine's compiler."""
        return tools_here

    async def start(self, libc: Libc, kind: Hashable = None) -> Agent:
        """An agent on the libc's root directory. Raises UserError where this machine allows no sandbox."""
        probes = folder(libc)
        probes.mkdir(parents=True, exist_ok=True)
        agent = await Agent.start(self._binary, libc.root, probes)
        for path, content in DEFAULTS.items():
            agent.prepare(path, content, keep=True)
        return agent

    async def why_lost(self, agent: Agent) -> str:
        """Nobody is left to ask."""
        return "the agent is gone"

    def lacking(self, libc: Libc, scenario: Scenario) -> str | None:
        """A sandbox of one's own lacks nothing."""
        return None

    def close(self) -> None:
        """Agents take everything along when they end."""
