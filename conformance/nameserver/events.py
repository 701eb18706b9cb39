"""Entries of the log, as both transports make them."""

import struct

from conformance.nameserver import codes
from conformance.nameserver.log import Happening
from conformance.nameserver.query import HEADER, Query

_RCODE = 0x000F


def happening(time: float, event: str, query: Query, **details: object) -> Happening:
    """An entry about one query."""
    return Happening(time, event, query.server, query.transport, query.port, query.connection, query, details)


def answer(time: float, query: Query, data: bytes) -> Happening:
    """An entry about a message sent, with what its header says where it has one."""
    details: dict[str, object] = {"bytes": len(data)}
    if len(data) >= HEADER:
        _, flags, _, answers, _, _ = struct.unpack_from("!6H", data)
        details |= {
            "rcode": codes.rcode_name(flags & _RCODE),
            "truncated": bool(flags & codes.FLAGS["TC"]),
            "answers": answers,
        }
    return happening(time, "answer", query, **details)
