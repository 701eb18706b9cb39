"""The UDP side of a script: all sockets together, so that queries are taken in the order of their sending."""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from conformance.nameserver import query as queries
from conformance.nameserver import timestamps
from conformance.nameserver.behaviour import Handler, Port, Send
from conformance.nameserver.database import Found
from conformance.nameserver.events import answer, happening
from conformance.nameserver.holding import Holding
from conformance.nameserver.log import Happening
from conformance.nameserver.names import lower
from conformance.nameserver.player import Player, Ready
from conformance.nameserver.query import Query
from conformance.nameserver.script import Endpoint, Server, source
from conformance.nameserver.tasks import Tasks

_BATCH = 64
_LONGEST = 65535

_Client = tuple[str, int]
_Question = tuple[Query, Found, _Client]


@dataclass(frozen=True, slots=True, order=True)
class _Datagram:
    time: float
    place: int
    server: int = field(compare=False)
    data: bytes = field(compare=False)
    client: _Client = field(compare=False)


class Udp:
    """Reads queries from the servers' sockets (by number) and answers them, if need be from other sockets."""

    def __init__(
        self,
        player: Player,
        servers: Mapping[int, tuple[Server, socket.socket]],
        sources: Mapping[Endpoint, socket.socket],
    ) -> None:
        self._player = player
        self._servers = servers
        self._sources = sources
        self._holding: Holding[tuple[Send, _Question]] = Holding(self._release)
        self._tasks = Tasks()
        loop = asyncio.get_running_loop()
        timestamps.enable(bound for _, bound in servers.values())
        for _, bound in servers.values():
            loop.add_reader(bound, self.read)

    async def close(self) -> None:
        """Stops reading and answering; the sockets stay open."""
        loop = asyncio.get_running_loop()
        for _, bound in self._servers.values():
            loop.remove_reader(bound)
        self._holding.close()
        await self._tasks.close()

    def read(self) -> None:
        """Takes what has come to any of the sockets, in the order of the kernel's timestamps."""
        datagrams: list[_Datagram] = []
        for number, (_, bound) in self._servers.items():
            for _ in range(_BATCH):
                try:
                    data, ancillary, _, client = bound.recvmsg(_LONGEST, timestamps.ANCILLARY)
                except BlockingIOError:
                    break
                except OSError:
                    continue  # an ICMP error for an earlier answer; the next call reads on
                moment = self._moment(ancillary)
                datagrams.append(_Datagram(moment, len(datagrams), number, data, client))
        for datagram in sorted(datagrams):
            self._received(datagram)

    def _moment(self, ancillary: list[tuple[int, int, bytes]]) -> float:
        stamp = timestamps.read(ancillary)
        return self._player.log.now() if stamp is None else self._player.log.at(stamp)

    def _received(self, datagram: _Datagram) -> None:
        log, number, port = self._player.log, datagram.server, datagram.client[1]
        query = queries.parse(datagram.data)
        if query is None:
            details = {"bytes": len(datagram.data)}
            log.note(Happening(datagram.time, "malformed", number, "udp", port, details=details))
            return
        query = replace(
            query,
            transport="udp",
            server=number,
            port=port,
            number=log.queries[number, "udp"] + 1,
            time=datagram.time,
        )
        log.note(happening(query.time, "query", query))
        leaf, found = self._player.choose(self._servers[number][0], query)
        question = query, found, datagram.client
        match leaf:
            case Send() if leaf.steps and query.type_number in leaf.steps[0].delivery.hold:
                log.note(happening(log.now(), "held", query))
                key = number, lower(query.labels)
                self._holding.add(key, leaf.steps[0].delivery, query.type_number, (leaf, question))
            case Send() | Handler():
                self._answer(leaf, question)
            case Port():
                log.note(happening(log.now(), "silence", query))

    def _release(self, group: list[tuple[Send, _Question]]) -> None:
        for send, question in group:
            self._answer(send, question)

    def _answer(self, leaf: Send | Handler, question: _Question) -> None:
        query, found, client = question
        log = self._player.log
        messages = self._player.answers(leaf, query, found)
        if not messages:
            return
        if any(ready.delivery.delay for ready in messages):
            if not self._tasks.start(self._send_later(messages, query, client)):
                log.note(happening(log.now(), "silence", query, because="too many answers are waiting"))
        else:
            for ready in messages:
                self._send(ready, query, client)

    async def _send_later(self, messages: list[Ready], query: Query, client: _Client) -> None:
        for ready in messages:
            await asyncio.sleep(ready.delivery.delay)
            self._send(ready, query, client)

    def _send(self, ready: Ready, query: Query, client: _Client) -> None:
        server, bound = self._servers[query.server]
        if ready.delivery.source:
            bound = self._sources[source(server, ready.delivery.source)]
        log = self._player.log
        for _ in range(ready.delivery.times):
            try:
                bound.sendto(ready.data, client)
            except OSError as e:
                log.note(happening(log.now(), "error", query, message=f"an answer could not be sent: {e}"))
                return
            log.note(answer(log.now(), query, ready.data))
