"""The TCP side of one server: its listening socket and the connections to it."""

import asyncio
import ctypes
import socket
import struct
from collections.abc import Iterator

from conformance.nameserver.behaviour import Port
from conformance.nameserver.connection import Connection
from conformance.nameserver.log import Happening
from conformance.nameserver.player import Player
from conformance.nameserver.script import Server
from conformance.nameserver.tasks import Tasks

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h; Python has no name for it
_BPF_RET = 0x06


class Tcp:
    """Accepts connections and serves them. `numbers` gives each connection of the script its number."""

    def __init__(
        self, player: Player, number: int, server: Server, listener: socket.socket, numbers: Iterator[int]
    ) -> None:
        self._player = player
        self._number = number
        self._server = server
        self._listener = listener
        self._numbers = numbers
        self._tasks = Tasks()
        if server.tcp == Port("drop"):
            _drop_everything(listener)
        else:
            self._tasks.start(self._accept())

    async def close(self) -> None:
        """Ends all connections; the listening socket stays open."""
        await self._tasks.close()

    async def _accept(self) -> None:
        loop, log = asyncio.get_running_loop(), self._player.log
        while True:
            try:
                accepted, client = await loop.sock_accept(self._listener)
            except ConnectionError:
                continue
            except OSError as e:
                message = f"no connection could be accepted: {e}"
                log.note(Happening(log.now(), "error", self._number, "tcp", 0, details={"message": message}))
                return
            connection = Connection(
                self._player, self._number, self._server, accepted, client[1], next(self._numbers)
            )
            log.note(connection.happening("connection"))
            how = self._player.on_connection(self._server.tcp)
            if not self._tasks.start(connection.run(how)):
                accepted.close()


def _drop_everything(listener: socket.socket) -> None:
    """Has the kernel throw away every segment for this socket, so that a SYN gets no answer at all."""
    program = ctypes.create_string_buffer(struct.pack("HBBI", _BPF_RET, 0, 0, 0))
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(program)))
