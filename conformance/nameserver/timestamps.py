"""When the kernel received a datagram: the order of queries that arrive on different sockets."""

import socket
import struct
import time
from collections.abc import Iterable

_SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python has no name for it
_TRIES = 200
_PAUSE = 0.0005
ANCILLARY = 64
"""Room for the timestamp in `recvmsg`."""


def enable(sockets: Iterable[socket.socket]) -> None:
    """Has the kernel note when datagrams for these sockets arrive."""
    for bound in sockets:
        bound.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    _wait_until_it_does()


def read(ancillary: Iterable[tuple[int, int, bytes]]) -> int | None:
    """Nanoseconds since the epoch, from what came with a datagram."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("@ll", data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


def _wait_until_it_does() -> None:
    """The first socket of a machine makes the kernel start with it, which takes a moment.

    Until then the timestamp is that of reading, which says nothing about the order on different sockets.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        own.settimeout(1)
        own.bind(("127.0.0.1", 0))
        for _ in range(_TRIES):
            own.sendto(b"", own.getsockname())
            sent = time.time_ns()
            received = read(own.recvmsg(0, ANCILLARY)[1])
            if received is None or received <= sent:
                return
            time.sleep(_PAUSE)
