"""From a described message, a query and what was found for it to the bytes on the wire."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dnslib import RD

from conformance.nameserver import codes, rdata
from conformance.nameserver.behaviour import Message, QuestionChange, Section
from conformance.nameserver.database import Found
from conformance.nameserver.query import HEADER, Query
from conformance.nameserver.record import Record
from conformance.nameserver.wire import Wire

LONGEST = {"udp": 65507, "tcp": 65535}
"""UDP over IPv4 carries 65507 bytes, the length prefix of TCP counts to 65535."""

_UDP_WITHOUT_EDNS = 512
_EDNS_SIZE = 1232
_TC = codes.FLAGS["TC"]
_SOA_DATA = "ns.test hostmaster.test 1 3600 600 86400 60"


class CannotCompose(Exception):
    """The script asks for a message that cannot be: its author's mistake, seen only when the query came."""


@dataclass(frozen=True, slots=True)
class _Sections:
    answer: tuple[Record, ...]
    authority: tuple[Record, ...]
    additional: tuple[Record, ...]

    def with_first(self, count: int) -> "_Sections":
        """With so many answers, and of the rest the OPT record only (RFC 2181 section 9)."""
        opt = tuple(record for record in self.additional if record.type == codes.OPT)
        return _Sections(self.answer[:count], (), opt)

    def padded(self, where: str, record: Record) -> "_Sections":
        if where == "additional":
            return replace(self, additional=(*self.additional, record))
        answer = (record, *self.answer) if where == "first" else (*self.answer, record)
        return replace(self, answer=answer)


@dataclass(frozen=True, slots=True)
class _Packed:
    """A message, and the offsets at which its question section and then each answer ends."""

    data: bytes
    answer_ends: tuple[int, ...]


def compose(message: Message, query: Query, found: Found) -> bytes:
    """The message for this query; raises CannotCompose."""
    sections = _sections(message, query, found)
    if message.size is not None:
        return _of_size(message.size, message, query, found, sections)
    packed = _pack(message, query, found, sections)
    limit = _limit(message, query)
    if len(packed.data) <= limit:
        return packed.data
    if message.overflow == "cut without TC":
        return packed.data[:limit]
    message = replace(message, flags_set=message.flags_set | _TC)
    if message.overflow == "cut":
        return _pack(message, query, found, sections).data[:limit]
    count = 0
    if message.overflow == "fit":
        smallest = len(_pack(message, query, found, sections.with_first(0)).data)
        last = limit - (smallest - packed.answer_ends[0])
        count = sum(end <= last for end in packed.answer_ends[1:])
    return _pack(message, query, found, sections.with_first(count)).data


def _limit(message: Message, query: Query) -> int:
    longest = LONGEST[query.transport]
    if message.limit is not None:
        return min(message.limit or longest, longest)
    if query.transport == "tcp":
        return longest
    if message.edns == "never" or query.edns is None:
        return _UDP_WITHOUT_EDNS
    return max(_UDP_WITHOUT_EDNS, query.edns)


def _sections(message: Message, query: Query, found: Found) -> _Sections:
    if isinstance(message.answers, tuple):
        answers = message.answers
    else:
        answers = found.records if message.answers == "all" else found.records[: message.answers]
    if message.backwards:
        answers = answers[::-1]
    authority = message.authority
    if authority is None:
        authority = _soa(query) if _is_negative(message, found, answers) else ()
    additional = (*message.additional, *_opt(message, query))
    moved: dict[Section, _Sections] = {
        "answer": _Sections(answers, authority, additional),
        "authority": _Sections((), answers if message.authority is None else answers + authority, additional),
        "additional": _Sections((), authority, answers + additional),
    }
    return moved[message.section]


def _is_negative(message: Message, found: Found, answers: Iterable[Record]) -> bool:
    """Whether an SOA record belongs into the answer (RFC 2308 section 3)."""
    if isinstance(message.answers, tuple) or message.flags_set & _TC or message.section != "answer":
        return False
    only_cnames = all(record.type == codes.CNAME for record in answers)
    return only_cnames and _rcode(message, found) in (0, codes.NXDOMAIN)


def _rcode(message: Message, found: Found) -> int:
    return found.rcode if message.rcode is None else message.rcode


def _soa(query: Query) -> tuple[Record, ...]:
    data = rdata.from_text("SOA", _SOA_DATA, ())
    return (Record(query.labels[-1:], codes.SOA, data[0]),)


def _opt(message: Message, query: Query) -> tuple[Record, ...]:
    """The answer's OPT record (RFC 6891 section 6.1), its DO bit as in the query (RFC 3225 section 3)."""
    if message.edns == "never" or (message.edns == "answer" and query.edns is None):
        return ()
    size = message.edns if isinstance(message.edns, int) else _EDNS_SIZE
    return (Record((), codes.OPT, RD(b""), rclass=size, ttl=0x8000 if query.dnssec_ok else 0),)


def _flags(message: Message, query: Query, found: Found) -> int:
    copied = codes.FLAGS["RD"] | codes.FLAGS["CD"] | codes.OPCODE_MASK
    bits = codes.FLAGS["QR"] | codes.FLAGS["RA"] | query.flags & copied
    if message.opcode is not None:
        bits = bits & ~codes.OPCODE_MASK | message.opcode << codes.OPCODE_SHIFT
    return (bits | message.flags_set) & ~message.flags_cleared | _rcode(message, found)


def _identifier(message: Message, query: Query) -> int:
    if isinstance(message.id, int):
        return message.id
    return query.id ^ 0x5555 if message.id == "wrong" else query.id


def _pack(message: Message, query: Query, found: Found, sections: _Sections) -> _Packed:
    wire = Wire(compress=message.compressed)
    present = (
        message.question.times,
        len(sections.answer),
        len(sections.authority),
        len(sections.additional),
    )
    counts = [true if told is None else told for true, told in zip(present, message.counts, strict=True)]
    wire.pack("!2H", _identifier(message, query), _flags(message, query, found))
    wire.pack("!4H", *counts)
    for _ in range(message.question.times):
        _write_question(wire, message.question, query)
    ends = [wire.offset]
    for record in sections.answer:
        record.write(wire, query.labels, query.class_number)
        ends.append(wire.offset)
    for record in (*sections.authority, *sections.additional):
        record.write(wire, query.labels, query.class_number)
    return _Packed(bytes(wire.data), tuple(ends))


def _write_question(wire: Wire, change: QuestionChange, query: Query) -> None:
    name = query.labels if change.name is None else change.name
    if change.upper:
        name = tuple(label.upper() for label in name)
    # As clients and servers write it: in full, even where the same name stands before it.
    wire.names = {} if wire.offset > HEADER else wire.names
    wire.write_name(name)
    wire.pack(
        "!2H",
        query.type_number if change.type is None else change.type,
        query.class_number if change.rclass is None else change.rclass,
    )


def _of_size(size: int, message: Message, query: Query, found: Found, sections: _Sections) -> bytes:
    """A message of exactly this size, reached with a TXT record.

    The padding can change how names after it are compressed, so its length is found by trying.
    """
    if size > LONGEST[query.transport]:
        raise CannotCompose(
            f"size: {size} is more than {LONGEST[query.transport]} bytes, the most {query.transport} takes"
        )
    packed = _pack(message, query, found, sections)
    if len(packed.data) == size:
        return packed.data
    length = 1
    for _ in range(4):
        record = Record(None, codes.TXT, RD(_text_data(length)))
        packed = _pack(message, query, found, sections.padded(message.padding, record))
        if len(packed.data) == size:
            return packed.data
        length += size - len(packed.data)
        if not 0 < length <= 65535:
            break
    raise CannotCompose(
        f"size: {size} cannot be reached, the message without padding has {len(packed.data)} bytes"
    )


def _text_data(length: int) -> bytes:
    """Character-strings (RFC 1035 section 3.3) that fill so many bytes."""
    whole, rest = divmod(length, 256)
    return (b"\xff" + b"x" * 255) * whole + (bytes([rest - 1]) + b"x" * (rest - 1) if rest else b"")
