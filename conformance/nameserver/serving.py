"""One run of a script on sockets that were bound elsewhere."""

import asyncio
import itertools
import socket
from collections.abc import Mapping
from types import TracebackType

from conformance.nameserver.behaviour import Port
from conformance.nameserver.log import Log
from conformance.nameserver.player import Player
from conformance.nameserver.script import Endpoint, Script, endpoints
from conformance.nameserver.tcp import Tcp
from conformance.nameserver.udp import Udp

_SETTLE = 10


class Serving:
    """Name servers at work; `log` is what they saw. `close` ends them, and so does `async with`."""

    def __init__(self, script: Script, sockets: Mapping[Endpoint, socket.socket]) -> None:
        self.log = Log(servers=len(script.servers))
        self._sockets = list(sockets.values())
        self._closed = False
        player = Player(self.log)
        numbers = itertools.count(1)
        over_udp = {}
        self._tcp: list[Tcp] = []
        for bound in self._sockets:
            bound.setblocking(False)
        for number, server in enumerate(script.servers, 1):
            for endpoint, behaviour in endpoints(server):
                if behaviour == Port("refused"):
                    continue
                if endpoint.transport == "udp":
                    over_udp[number] = server, sockets[endpoint]
                else:
                    self._tcp.append(Tcp(player, number, server, sockets[endpoint], numbers))
        self._udp = Udp(player, over_udp, sockets)

    async def __aenter__(self) -> "Serving":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Reads what has already arrived, so that the log has it, ends everything and closes the sockets."""
        if self._closed:
            return
        self._closed = True
        try:
            # A connection takes a few rounds of the loop: accept, start, read. None waits for time to pass.
            for _ in range(_SETTLE):
                await asyncio.sleep(0)
            self._udp.read()
        finally:
            await self._udp.close()
            for listening in self._tcp:
                await listening.close()
            for bound in self._sockets:
                bound.close()


def serve(script: Script, sockets: Mapping[Endpoint, socket.socket]) -> Serving:
    """Starts the servers in the running event loop.

    `sockets` holds a bound socket, listening if it is for TCP, for each of `script.sockets()`; they are
    closed in the end.
    """
    return Serving(script, sockets)
