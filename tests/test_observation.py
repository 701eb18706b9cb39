"""What a probe recorded is read back exactly, and nothing that a wild probe leaves upsets the reader."""

import math
import mmap
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.observation import AREA_SIZE, Recorded, decode, ffi, header, text

RUN = 7
FACT, ITEM, INFO, STEP = 1, 2, 3, 4
INT, REAL, BOOL, BYTES = 1, 2, 3, 4


class Area:
    """An area as the agent and a probe would write it."""

    def __init__(self, run: int = RUN) -> None:
        self.memory = bytearray(AREA_SIZE)
        self.struct = ffi.from_buffer("struct observation_area *", self.memory)
        self.struct.head.magic = header.OBSERVATION_MAGIC
        self.struct.head.capacity = header.OBSERVATION_CAPACITY
        self.struct.head.run = run

    def append(self, role: int, name: str, value: Any, run: int = RUN) -> None:
        kind, raw = encoded(value)
        size = header.OBSERVATION_DATA
        for part in range(max(1, -(-len(raw) // size))):
            at = self.struct.head.count
            self.struct.head.count += 1
            if at >= header.OBSERVATION_CAPACITY:
                continue
            record = self.struct.record[at]
            record.run, record.role, record.type, record.part, record.length = run, role, kind, part, len(raw)
            record.name = name.encode()
            piece = raw[part * size : (part + 1) * size]
            ffi.memmove(record.data, piece, len(piece))

    def decode(self) -> Recorded:
        return decode(self.memory)


def encoded(value: Any) -> tuple[int, bytes]:
    match value:
        case bool():
            return BOOL, struct.pack("=q", value)
        case int():
            return INT, struct.pack("=q", value)
        case float():
            return REAL, struct.pack("=d", value)
        case str():
            return BYTES, value.encode()
        case _:
            return BYTES, value


def test_every_role_and_type() -> None:
    area = Area()
    area.append(FACT, "result", -5)
    area.append(FACT, "ok", True)
    area.append(FACT, "real", 0.5)
    area.append(FACT, "name", "many.test")
    area.append(ITEM, "order", "10.0.0.2")
    area.append(ITEM, "order", 3)
    area.append(INFO, "once", 1)
    area.append(INFO, "often", 1)
    area.append(INFO, "often", 2)
    area.append(STEP, "reached", "first free")
    area.append(STEP, "reached", "second free")
    recorded = area.decode()
    assert recorded == Recorded(
        facts={"result": -5, "ok": True, "real": 0.5, "name": "many.test", "order": ["10.0.0.2", 3]},
        info={"once": 1, "often": [1, 2]},
        reached="second free",
    )
    assert recorded.facts["ok"] is True


def test_nothing_recorded() -> None:
    assert Area().decode() == Recorded()


def test_reads_a_mapping_and_lets_it_be_closed() -> None:
    area = Area()
    area.append(FACT, "a", 1)
    mapping = mmap.mmap(-1, AREA_SIZE)
    mapping[:] = bytes(area.memory)
    assert decode(mapping).facts == {"a": 1}
    mapping.close()


@pytest.mark.parametrize(
    ("value", "spelt"), [(math.nan, "nan"), (-math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")]
)
def test_reals_that_json_cannot_hold(value: float, spelt: str) -> None:
    area = Area()
    area.append(FACT, "x", value)
    assert area.decode().facts == {"x": spelt}


@pytest.mark.parametrize(
    ("raw", "spelt"),
    [
        (b"", ""),
        (b"two words", "two words"),
        ("é漢".encode(), "é漢"),
        (b"a\nb\tc", "a\\nb\\tc"),
        (b"back\\slash", "back\\\\slash"),
        (b"\x00\r\x7f", "\\x00\\x0d\\x7f"),
        (b"\xff\xc3", "\\xff\\xc3"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        ("\u00a0\u200b".encode(), "\\xc2\\xa0\\xe2\\x80\\x8b"),
    ],
)
def test_spelling_of_bytes(raw: bytes, spelt: str) -> None:
    assert text(raw) == spelt


@given(st.binary(), st.binary())
def test_different_bytes_are_spelt_differently(one: bytes, other: bytes) -> None:
    assert (text(one) == text(other)) == (one == other)


@pytest.mark.parametrize("length", [199, 200, 201, 400, 65_000])
def test_values_longer_than_a_record(length: int) -> None:
    area = Area()
    value = "".join(chr(ord("a") + i % 26) for i in range(length))
    area.append(FACT, "before", 1)
    area.append(FACT, "long", value)
    area.append(FACT, "after", 2)
    assert area.decode() == Recorded(facts={"before": 1, "long": value, "after": 2})


def test_records_of_an_earlier_run_and_incomplete_ones_are_ignored() -> None:
    area = Area()
    area.append(FACT, "old", 1, run=RUN - 1)
    area.append(FACT, "never completed", 1, run=0)
    area.append(FACT, "new", 2)
    assert area.decode() == Recorded(facts={"new": 2})


def test_a_fact_recorded_twice_is_a_problem() -> None:
    area = Area()
    area.append(FACT, "n", 1)
    area.append(FACT, "n", 2)
    recorded = area.decode()
    assert recorded.facts == {"n": 1}
    assert recorded.problems == ["fact n was recorded twice: 1, then 2"]


def test_a_fact_that_is_also_a_list_is_a_problem() -> None:
    area = Area()
    area.append(ITEM, "n", 1)
    area.append(FACT, "n", 2)
    assert area.decode().problems == ["fact n was recorded both as a value and as a list"]


def test_records_beyond_the_capacity_are_lost() -> None:
    area = Area()
    for i in range(header.OBSERVATION_CAPACITY - 1):
        area.append(ITEM, "n", i)
    area.append(FACT, "cut", "x" * 500)
    recorded = area.decode()
    assert recorded.facts == {"n": list(range(header.OBSERVATION_CAPACITY - 1))}
    assert recorded.lost == 2
    assert recorded.problems == []


@pytest.mark.parametrize(("member", "value"), [("magic", 0), ("capacity", 4000), ("run", 0)])
def test_an_overwritten_head_is_a_problem(member: str, value: int) -> None:
    area = Area()
    area.append(FACT, "n", 1)
    setattr(area.struct.head, member, value)
    recorded = area.decode()
    assert recorded.facts == {}
    assert len(recorded.problems) == 1


@pytest.mark.parametrize(
    ("member", "value"), [("type", 9), ("role", 0), ("length", 4), ("part", 3), ("length", 0xFFFFFFFF)]
)
def test_a_damaged_record_is_a_problem_and_the_next_one_counts(member: str, value: int) -> None:
    area = Area()
    area.append(FACT, "bad", 1)
    area.append(FACT, "good", 2)
    setattr(area.struct.record[0], member, value)
    recorded = area.decode()
    assert recorded.facts == {"good": 2}
    assert len(recorded.problems) == 1


@given(st.lists(st.tuples(st.integers(0, 4096), st.binary(min_size=1, max_size=64)), max_size=20))
def test_scribbled_memory_never_raises(scribbles: list[tuple[int, bytes]]) -> None:
    area = Area()
    for i in range(12):
        area.append(1 + i % 4, f"n{i}", "long" * 100 if i % 3 == 0 else i)
    for at, raw in scribbles:
        area.memory[at : at + len(raw)] = raw
    recorded = area.decode()
    assert len(recorded.problems) <= header.OBSERVATION_CAPACITY


def test_memory_filled_with_one_byte_never_raises() -> None:
    for byte in (0, 1, 0x41, 0xFF):
        area = Area()
        start = ffi.offsetof("struct observation_area", "record")
        area.memory[start:] = bytes([byte]) * (AREA_SIZE - start)
        area.struct.head.count = 0xFFFFFFFF
        area.struct.head.run = int.from_bytes(bytes([byte]) * 4, "little") or 1
        decode(area.memory)
