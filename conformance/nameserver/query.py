"""What a client asked, read from its message."""

import struct
from dataclasses import dataclass

from conformance.nameserver import codes, names
from conformance.nameserver.names import Name

HEADER = 12
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A message with one question, as a handler gets it.

    `raw` is the whole message and `question` its question section, in wire format. `edns` is the size that
    the client offers in an OPT record, `dnssec_ok` that record's DO bit. `server` counts from 1, `connection`
    counts connections from 1 and is 0 for UDP, `number` counts the queries to this server over this
    transport. `time` is in seconds since the servers started. `answer` is a sound server's answer, for
    handlers only.
    """

    raw: bytes
    labels: Name
    type_number: int
    class_number: int
    question: bytes
    edns: int | None = None
    dnssec_ok: bool = False
    transport: str = "udp"
    server: int = 1
    port: int = 0
    connection: int = 0
    number: int = 1
    time: float = 0.0
    answer: bytes = b""

    @property
    def id(self) -> int:
        return int.from_bytes(self.raw[:2], "big")

    @property
    def flags(self) -> int:
        return int.from_bytes(self.raw[2:4], "big")

    @property
    def name(self) -> str:
        return names.to_text(self.labels)

    @property
    def type(self) -> str:
        return codes.type_name(self.type_number)

    @property
    def qclass(self) -> str:
        return codes.class_name(self.class_number)


def parse(raw: bytes) -> Query | None:
    """Reads a query; None for what is not a query with one question (RFC 1035 section 4.1)."""
    if len(raw) < HEADER:
        return None
    _, flags, questions, answers, authority, additional = struct.unpack_from("!6H", raw)
    if flags & codes.FLAGS["QR"] or questions != 1:
        return None
    found = _labels(raw, HEADER)
    if found is None or len(raw) < found[1] + 4:
        return None
    labels, end = found
    type_number, class_number = struct.unpack_from("!2H", raw, end)
    edns = _opt(raw, end + 4) if additional and not answers and not authority else None
    return Query(
        raw=raw,
        labels=labels,
        type_number=type_number,
        class_number=class_number,
        question=raw[HEADER : end + 4],
        edns=edns[0] if edns else None,
        dnssec_ok=bool(edns and edns[1]),
    )


def _labels(raw: bytes, offset: int) -> tuple[Name, int] | None:
    """The name at the offset and where it ends. Questions are not compressed: nothing stands before them."""
    labels: list[bytes] = []
    beyond = min(len(raw), offset + LONGEST_NAME)
    while offset < beyond:
        length = raw[offset]
        if length == 0:
            return tuple(labels), offset + 1
        if length > 63 or offset + 1 + length > beyond:
            return None
        labels.append(raw[offset + 1 : offset + 1 + length])
        offset += 1 + length
    return None


def _opt(raw: bytes, offset: int) -> tuple[int, bool] | None:
    """Size and DO bit of an OPT record (RFC 6891 section 6.1) that is the first additional record."""
    if len(raw) < offset + 11 or raw[offset] != 0:
        return None
    number, size, ttl = struct.unpack_from("!HHI", raw, offset + 1)
    return (size, bool(ttl & 0x8000)) if number == codes.OPT else None
