"""A scenario's name servers, on sockets that the agent bound inside the sandbox."""

from pathlib import Path
from types import TracebackType
from typing import Any

from conformance.agent.client import Agent
from conformance.case import Facts, Scenario
from conformance.nameserver.facts import DEFAULT, facts
from conformance.nameserver.script import Script, parse
from conformance.nameserver.serving import Serving, serve
from conformance.nameserver.timeline import timeline


class Servers:
    """Serves while the probe runs; a scenario without name servers costs nothing."""

    def __init__(self, scenario: Scenario, topic: Path, agent: Agent) -> None:
        self._agent = agent
        self._observed = DEFAULT if scenario.observe is None else scenario.observe
        self._script = parse(list(scenario.nameservers), topic.parent) if scenario.nameservers else None
        self._serving: Serving | None = None

    @property
    def addresses(self) -> list[str]:
        """For the `nameserver` lines of /etc/resolv.conf."""
        return self._script.addresses if self._script else []

    async def __aenter__(self) -> "Servers":
        if self._script:
            self._serving = await self._bind_and_serve(self._script)
        return self

    async def _bind_and_serve(self, script: Script) -> Serving:
        sockets = {}
        try:
            for endpoint in script.sockets():
                stream = endpoint.transport == "tcp"
                sockets[endpoint] = await self._agent.bind(endpoint.address, endpoint.port, stream=stream)
        except BaseException:
            for bound in sockets.values():
                bound.close()
            raise
        return serve(script, sockets)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._serving:
            await self._serving.close()

    def facts(self) -> Facts:
        """What the servers saw, as far as the case observes it; to be asked when they are closed."""
        return facts(self._serving.log, self._observed) if self._serving else {}

    def problems(self) -> list[str]:
        """Why the servers could not do what the script says."""
        return list(self._serving.log.errors) if self._serving else []

    def timeline(self) -> list[dict[str, Any]]:
        """All that the servers saw, in order."""
        return timeline(self._serving.log) if self._serving else []
