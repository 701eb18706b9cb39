"""Facts and time line from a log that is written here by hand."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from nameserver_client import ask, observed

from conformance.errors import UserError
from conformance.nameserver import query as queries
from conformance.nameserver.events import answer, happening
from conformance.nameserver.facts import DEFAULT, NAMES, facts
from conformance.nameserver.log import MOST, Happening, Log
from conformance.nameserver.query import Query
from conformance.nameserver.timeline import timeline


def query(name: str = "www.test", kind: str = "A", flags: int = 0x0100, edns: int = 0, **given: Any) -> Query:
    raw = bytearray(ask(name, kind, edns, given.pop("identifier", 7)))
    raw[2:4] = flags.to_bytes(2, "big")
    parsed = queries.parse(bytes(raw))
    assert parsed
    return replace(parsed, **given)


def log(*seen: Query, servers: int = 1) -> Log:
    written = Log(servers=servers)
    for one in seen:
        written.note(happening(one.time, "query", one))
    return written


def sent(*given: dict[str, Any]) -> Log:
    return log(*(query(**one) for one in given))


def test_every_fact_has_a_value_without_queries() -> None:
    values = facts(Log(servers=2), NAMES)
    assert values["queries_per_server"] == [0, 0]
    assert {name for name, value in values.items() if value == "none"} == {
        "source_ports",
        "ids",
        "retry_ids",
        "edns",
        "flags",
        "qname_case",
    }
    assert {name for name, value in values.items() if value == 0} == {
        "udp_queries",
        "tcp_queries",
        "tcp_connections",
        "malformed",
    }


def test_an_unknown_fact_is_refused() -> None:
    with pytest.raises(UserError, match="no fact `colour`; allowed: udp_queries, tcp_queries"):
        facts(Log(servers=1), ["colour"])
    assert set(DEFAULT) <= set(NAMES)


def test_order_over_transports_and_connections() -> None:
    seen = log(
        query("c.test", time=3.0, transport="tcp", connection=2),
        query("b.test", time=3.1, transport="tcp", connection=1),
        query("d.test", time=4.0, server=2),
        query("a.test", time=1.0),
        servers=2,
    )
    assert observed(seen, "queries") == [
        "udp A a.test",
        "tcp A b.test",
        "tcp A c.test",
        "udp A d.test @2",
    ]
    assert observed(seen, "names") == ["a.test", "b.test", "c.test", "d.test"]
    assert observed(seen, "servers") == [1, 2]
    assert observed(seen, "queries_per_server") == [3, 1]


def test_questions_are_sorted_and_stand_once() -> None:
    seen = sent({"kind": "AAAA"}, {"kind": "A"}, {"kind": "AAAA"})
    assert observed(seen, "questions") == ["udp A www.test", "udp AAAA www.test"]
    assert observed(seen, "types") == ["AAAA", "A"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [([0, 0.001, 0.46, 0.999], [0.0, 0.5, 1.0]), ([5.0, 5.4, 7.6], [0.0, 2.5]), ([1.0], [0.0])],
)
def test_schedule(times: list[float], expected: list[float]) -> None:
    assert observed(sent(*({"time": time} for time in times)), "schedule") == expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([9], "one"),
        ([9, 9, 9], "one"),
        ([7, 8, 7], "fresh"),
        ([7, 7, 8, 8], "pairs"),
        ([7, 7, 8], "pairs"),
        ([7, 8, 8], "mixed"),
    ],
)
def test_source_ports(ports: list[int], expected: str) -> None:
    seen = sent(*({"port": port, "time": i} for i, port in enumerate(ports)), {"transport": "tcp", "port": 1})
    assert observed(seen, "source_ports") == expected


@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [
        ([0, 0], "zero"),
        ([5, 9, 5], "distinct"),
        ([5, 5], "repeated"),
        ([65535, 0, 1], "counting"),
        ([5], "distinct"),
    ],
)
def test_identifiers(identifiers: list[int], expected: str) -> None:
    seen = sent(*({"name": f"{i}.test", "identifier": one} for i, one in enumerate(identifiers)))
    assert observed(seen, "ids", "retry_ids") == [expected, "none"]


@pytest.mark.parametrize(
    ("identifiers", "expected"), [([5, 5], "same"), ([5, 6], "fresh"), ([5, 5, 6], "mixed"), ([5], "none")]
)
def test_identifiers_of_repeated_questions(identifiers: list[int], expected: str) -> None:
    assert observed(sent(*({"identifier": one} for one in identifiers)), "retry_ids") == expected


def test_what_queries_look_like() -> None:
    seen = sent({"flags": 0x0120, "edns": 1200}, {"flags": 0x0120, "edns": 1200})
    assert observed(seen, "edns", "flags", "query_sizes") == [1200, "RD AD", [37]]
    seen = sent({"flags": 0}, {"flags": 0x0100, "edns": 1200})
    assert observed(seen, "edns", "flags", "query_sizes") == [["none", 1200], ["none", "RD"], [26, 37]]


@pytest.mark.parametrize(
    ("name", "case"), [("www.test", "lower"), ("WWW.TEST", "upper"), ("wWw.test", "mixed"), ("1.2", "none")]
)
def test_letter_case(name: str, case: str) -> None:
    assert observed(sent({"name": name}), "qname_case") == case


def test_counts_stay_true_when_entries_are_left_out() -> None:
    seen = sent(*({} for _ in range(MOST + 3)))
    assert observed(seen, "udp_queries") == MOST + 3
    assert len(observed(seen, "queries")) == MOST + 1
    assert timeline(seen)[-1] == {"event": "omitted", "entries": 3}


def test_the_timeline_is_json_by_time() -> None:
    seen = log(query(time=0.25, port=9, edns=1200))
    seen.note(Happening(0.1, "connection", 1, "tcp", 9, 1))
    seen.note(answer(0.3, query(), bytes.fromhex("0007 8380 0001 0005 0000 0000")))
    seen.note(answer(0.4, query(), b"\xff"))
    drawn = json.loads(json.dumps(timeline(seen)))
    assert [entry["event"] for entry in drawn] == ["connection", "query", "answer", "answer"]
    assert drawn[0] == {
        "t": 0.1,
        "event": "connection",
        "server": 1,
        "transport": "tcp",
        "port": 9,
        "connection": 1,
    }
    assert drawn[1] == {
        "t": 0.25,
        "event": "query",
        "server": 1,
        "transport": "udp",
        "port": 9,
        "name": "www.test",
        "type": "A",
        "id": 7,
        "class": "IN",
        "flags": ["RD"],
        "edns": 1200,
        "do": False,
        "bytes": 37,
    }
    assert drawn[2]["bytes"] == 12
    assert (drawn[2]["rcode"], drawn[2]["truncated"], drawn[2]["answers"]) == ("NOERROR", True, 5)
    assert drawn[3]["bytes"] == 1
    assert "rcode" not in drawn[3]


def test_the_kernels_time_counts_unless_the_clock_was_set() -> None:
    seen = Log(servers=1)
    here = time.time_ns()
    assert 0 <= seen.at(here) <= seen.now()
    assert seen.at(here - 3600 * 10**9) >= 0
    assert seen.at(here + 3600 * 10**9) <= seen.now()
