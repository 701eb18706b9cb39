"""Reads what a probe recorded, from the memory that it shared with the agent.

The layout comes from `c_src/include/observation_record.h`, the file that probes are compiled with, so the
two sides cannot drift apart. A probe that went wild may have written anything over that memory: nothing in it
is trusted.
"""

import math
from dataclasses import dataclass, field
from struct import Struct
from typing import Any

from cffi import FFI

from conformance.case import Facts
from conformance.paths import C_SOURCES

ffi = FFI()
ffi.cdef((C_SOURCES / "include" / "observation_record.h").read_text())
header = ffi.dlopen(None)
"""The `#define`s of observation_record.h, by name."""

AREA_SIZE: int = ffi.sizeof("struct observation_area")
"""Bytes of a whole area."""

_RECORDS_AT: int = ffi.offsetof("struct observation_area", "record")
_RECORD_SIZE: int = ffi.sizeof("struct observation_record")
_DATA: int = header.OBSERVATION_DATA
_FACT, _ITEM, _INFO, _STEP = (
    header.OBSERVATION_FACT,
    header.OBSERVATION_ITEM,
    header.OBSERVATION_INFO,
    header.OBSERVATION_STEP,
)
_INT, _REAL, _BOOL, _BYTES = (
    header.OBSERVATION_INT,
    header.OBSERVATION_REAL,
    header.OBSERVATION_BOOL,
    header.OBSERVATION_BYTES,
)
_int64 = Struct("=q").unpack_from
_double = Struct("=d").unpack_from

Scalar = int | float | bool | str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one run of a probe recorded.

    `info` values are scalars, or lists where a name was recorded more than once. `reached` is the last step.
    `lost` counts the records that did not fit. `problems` are sentences about records that contradict each
    other or make no sense: they are defects of the probe, or traces of one that wrote through wild pointers.
    """

    facts: Facts = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    reached: str | None = None
    lost: int = 0
    problems: list[str] = field(default_factory=list)


def text(raw: bytes) -> str:
    """Bytes as facts spell them: printable UTF-8 as it is, else `\\\\`, `\\n`, `\\t` or `\\xNN`."""
    decoded = raw.decode("utf-8", "surrogateescape")
    if decoded.isprintable() and "\\" not in decoded:
        return decoded
    return "".join(map(_spelt, decoded))


def _spelt(character: str) -> str:
    if character in "\\\n\t":
        return {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}[character]
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def decode(area: Any) -> Recorded:
    """Decodes a `struct observation_area`, held in any object with a buffer, as far as its records go.

    Never raises on account of the contents, whatever they are. Records of earlier runs are ignored, and so
    are those that were reserved but never completed.
    """
    with memoryview(area) as view:
        head = ffi.from_buffer("struct observation_head *", view)
        run, count, capacity = head.run, head.count, header.OBSERVATION_CAPACITY
        intact = head.magic == header.OBSERVATION_MAGIC and head.capacity == capacity and run != 0
        ffi.release(head)
        if not intact:
            return Recorded(problems=["the head of the observation area was overwritten"])
        used = min(count, capacity)
        # a copy, so that nothing of the buffer stays in use
        snapshot = bytes(view[_RECORDS_AT : _RECORDS_AT + used * _RECORD_SIZE])
    records = ffi.from_buffer("struct observation_record[]", snapshot)
    lost = max(0, count - capacity)
    facts: Facts = {}
    items: dict[str, list[Scalar]] = {}
    info: dict[str, list[Scalar]] = {}
    problems: list[str] = []
    reached = None
    i = 0
    while i < used:
        record = records[i]
        if record.run != run:
            i += 1
            continue
        name = text(ffi.string(record.name))
        parts = max(1, -(-record.length // _DATA))
        value = _value(record) if parts == 1 else _long_value(records[i : min(i + parts, used)], parts)
        if value is None:
            # a value whose last records did not fit is lost, not damaged
            if not lost or i + parts <= used:
                problems.append(f"record {i} ({name}) is damaged")
            i += 1
            continue
        role = record.role
        if role == _FACT:
            if name in facts:
                problems.append(f"fact {name} was recorded twice: {facts[name]!r}, then {value!r}")
            else:
                facts[name] = value
        elif role == _ITEM:
            items.setdefault(name, []).append(value)
        elif role == _INFO:
            info.setdefault(name, []).append(value)
        elif role == _STEP:
            reached = str(value)
        else:
            problems.append(f"record {i} ({name}) has the unknown role {role}")
        i += parts
    for name, values in items.items():
        if name in facts:
            problems.append(f"fact {name} was recorded both as a value and as a list")
        else:
            facts[name] = values
    return Recorded(
        facts=facts,
        info={name: values if len(values) > 1 else values[0] for name, values in info.items()},
        reached=reached,
        lost=lost,
        problems=problems,
    )


def _value(record: Any) -> Scalar | None:
    """The value of one record, or None when the record is damaged."""
    length, kind = record.length, record.type
    data = ffi.buffer(record.data)
    if record.part != 0:
        return None
    if kind == _BYTES:
        return text(data[:length])
    if length != 8:
        return None
    if kind == _REAL:
        real: float = _double(data)[0]
        return real if math.isfinite(real) else str(real)
    if kind in (_INT, _BOOL):
        whole: int = _int64(data)[0]
        return whole if kind == _INT else bool(whole)
    return None


def _long_value(records: Any, parts: int) -> str | None:
    """The value that goes on over `parts` records, or None when one of them is damaged or missing."""
    first = records[0]
    if len(records) != parts or first.type != _BYTES:
        return None
    for part, record in enumerate(records):
        if (record.run, record.type, record.part, record.length) != (first.run, _BYTES, part, first.length):
            return None
    return text(b"".join(bytes(ffi.buffer(record.data)) for record in records)[: first.length])
