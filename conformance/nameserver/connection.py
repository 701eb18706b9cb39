"""One TCP connection: queries in, answers out, and the ways to end."""

import asyncio
import contextlib
import socket
import struct
from dataclasses import replace

from conformance.nameserver import query as queries
from conformance.nameserver.behaviour import Delivery, Handler, Port, Send
from conformance.nameserver.database import Found
from conformance.nameserver.events import answer, happening
from conformance.nameserver.holding import Holding
from conformance.nameserver.log import Happening
from conformance.nameserver.names import lower
from conformance.nameserver.player import Player, Ready
from conformance.nameserver.query import Query
from conformance.nameserver.script import Server
from conformance.nameserver.tasks import Tasks

_READ = 65536
_Held = tuple[Send, Query, Found]
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection:
    """A connection that was accepted; `run` serves it to its end."""

    def __init__(
        self, player: Player, number: int, server: Server, accepted: socket.socket, port: int, connection: int
    ) -> None:
        self._player = player
        self._number = number
        self._server = server
        self._socket = accepted
        self._port = port
        self._connection = connection
        self._holding: Holding[_Held] = Holding(self._release)
        self._tasks = Tasks()
        self._writing = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._deaf = False
        self._over = False

    def happening(self, event: str, **details: object) -> Happening:
        """A log entry about the connection as such."""
        now = self._player.log.now()
        return Happening(now, event, self._number, "tcp", self._port, self._connection, details=details)

    async def run(self, how: Port | None) -> None:
        """Serves the connection, or ends it at once, until the client or the script has ended it."""
        self._reader = asyncio.current_task()
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if how:
                self._end(how.how)
            await self._read()
        except OSError:
            self._player.log.note(self.happening("closed"))
        finally:
            self._holding.close()
            await self._tasks.close()
            self._socket.close()

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        received = bytearray()
        while not self._over:
            data = await loop.sock_recv(self._socket, _READ)
            if not data:
                self._player.log.note(self.happening("closed"))
                return
            received += data
            while not self._deaf and not self._over and len(received) >= 2:
                end = 2 + int.from_bytes(received[:2], "big")
                if len(received) < end:
                    break
                message = bytes(received[2:end])
                del received[:end]
                await self._received(message)
            if self._deaf:
                received.clear()

    async def _received(self, data: bytes) -> None:
        log = self._player.log
        query = queries.parse(data)
        if query is None:
            log.note(self.happening("malformed", bytes=len(data)))
            return
        query = replace(
            query,
            transport="tcp",
            server=self._number,
            port=self._port,
            connection=self._connection,
            number=log.queries[self._number, "tcp"] + 1,
            time=log.now(),
        )
        log.note(happening(query.time, "query", query))
        leaf, found = self._player.choose(self._server, query)
        match leaf:
            case Send() if leaf.steps and query.type_number in leaf.steps[0].delivery.hold:
                log.note(happening(log.now(), "held", query))
                key, delivery = lower(query.labels), leaf.steps[0].delivery
                self._holding.add(key, delivery, query.type_number, (leaf, query, found))
            case Send() | Handler():
                await self._answer(leaf, query, found)
            case Port():
                self._end(leaf.how)

    def _release(self, group: list[_Held]) -> None:
        self._tasks.start(self._answer_all(group))

    async def _answer_all(self, group: list[_Held]) -> None:
        for send, query, found in group:
            await self._answer(send, query, found)

    async def _answer(self, leaf: Send | Handler, query: Query, found: Found) -> None:
        log = self._player.log
        messages = self._player.answers(leaf, query, found)
        if not messages:
            return
        if any(ready.delivery.delay for ready in messages):
            if not self._tasks.start(self._send(messages, query)):
                log.note(happening(log.now(), "silence", query, because="too many answers are waiting"))
        else:
            await self._send(messages, query)

    async def _send(self, messages: list[Ready], query: Query) -> None:
        for ready in messages:
            if ready.delivery.delay:
                await asyncio.sleep(ready.delivery.delay)
            try:
                async with self._writing:
                    for _ in range(ready.delivery.times):
                        await self._write(ready, query)
            except OSError:
                return  # the client has ended the connection, or an answer before this one has
            if ready.delivery.then:
                self._end(ready.delivery.then)
                return

    async def _write(self, ready: Ready, query: Query) -> None:
        delivery = ready.delivery
        length = len(ready.data) if delivery.length is None else delivery.length
        data = (length.to_bytes(2, "big") if delivery.framed else b"") + ready.data
        if not data:
            return
        loop, log = asyncio.get_running_loop(), self._player.log
        for i, piece in enumerate(_pieces(data, delivery)):
            if i:
                await asyncio.sleep(delivery.every)
            await loop.sock_sendall(self._socket, piece)
        log.note(answer(log.now(), query, ready.data))

    def _end(self, how: str) -> None:
        """With FIN, and whatever the client still sends is read and forgotten, or with RST.

        Closing a socket with unread data would send RST where FIN was meant, depending on what has arrived.
        """
        self._player.log.note(self.happening(how))
        if how == "close":
            self._deaf = True
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
            return
        self._over = True
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        if self._reader and self._reader is not asyncio.current_task():
            self._reader.cancel()


def _pieces(data: bytes, delivery: Delivery) -> list[bytes]:
    if delivery.pieces:
        return [data[i : i + delivery.pieces] for i in range(0, len(data), delivery.pieces)]
    ends = [cut for cut in delivery.cuts if cut < len(data)]
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]
