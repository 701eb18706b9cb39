"""What the name servers saw, as facts that are the same on every run of a case."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from conformance.case import Value
from conformance.errors import UserError
from conformance.nameserver import codes
from conformance.nameserver.log import Log
from conformance.nameserver.names import lower
from conformance.nameserver.query import Query

DEFAULT = ("udp_queries", "tcp_queries")
"""What is observed where a case with name servers does not say."""

_NONE = "none"
_TOLERANCE = 0.05
_OMITTED = "…"

T = TypeVar("T", int, str, float)


def facts(log: Log, observe: Iterable[str] = DEFAULT) -> dict[str, Value]:
    """The facts of these names; raises UserError for a name that is not in NAMES."""
    names = list(observe)
    check(names)
    queries = in_order(log)
    return {name: _FACTS[name](queries, log) for name in names}


def check(observe: Iterable[str]) -> None:
    """Raises UserError for a name of a fact that there is not."""
    for name in observe:
        if name not in _FACTS:
            raise UserError(f"name servers have no fact `{name}`; allowed: {', '.join(NAMES)}")


def in_order(log: Log) -> list[Query]:
    """The queries as one thread of the client sent them.

    For UDP the kernel's timestamps say so. Of TCP connections only the order of accepting is sure, not that
    of reading: their queries are sorted by connection, and take the places in time that TCP queries have.
    """
    seen = [entry.query for entry in log.entries if entry.event == "query" and entry.query]
    over_tcp = [query for query in seen if query.transport == "tcp"]
    moments = sorted(query.time for query in over_tcp)
    by_connection = sorted(over_tcp, key=lambda query: query.connection)
    timed = [(query.time, query) for query in seen if query.transport == "udp"]
    timed += zip(moments, by_connection, strict=True)
    return [query for _, query in sorted(timed, key=lambda entry: entry[0])]


def line(query: Query) -> str:
    """A query as a fact shows it: `udp A www.test`, and ` @2` for the second server."""
    which = f" @{query.server}" if query.server > 1 else ""
    return f"{query.transport} {query.type} {query.name}{which}"


def _total(transport: str) -> Callable[[Sequence[Query], Log], Value]:
    return lambda _, log: sum(count for (_, over), count in log.queries.items() if over == transport)


def _queries(queries: Sequence[Query], log: Log) -> Value:
    return [*map(line, queries), *([_OMITTED] if log.omitted else [])]


def _servers(queries: Sequence[Query], _: Log) -> Value:
    numbers = [query.server for query in queries]
    return [number for i, number in enumerate(numbers) if i == 0 or number != numbers[i - 1]]


def _per_server(_: Sequence[Query], log: Log) -> Value:
    return [
        sum(count for (server, _), count in log.queries.items() if server == number)
        for number in range(1, log.servers + 1)
    ]


def _schedule(queries: Sequence[Query], _: Log) -> Value:
    """A resend comes late on a busy machine, never early."""
    return _once(int((query.time - queries[0].time + _TOLERANCE) * 2) / 2 for query in queries)


def _source_ports(queries: Sequence[Query], _: Log) -> Value:
    """By comparing each query with the next one: a port can come again by chance, but hardly in a row."""
    over_udp = [query for query in queries if query.transport == "udp"]
    same = [one.port == other.port for one, other in pairwise(over_udp)]
    if not over_udp:
        return _NONE
    if all(same):
        return "one"
    if not any(same):
        return "fresh"
    return "pairs" if same[::2] == [True] * len(same[::2]) and not any(same[1::2]) else "mixed"


def _ids(queries: Sequence[Query], _: Log) -> Value:
    identifiers = [first.id for first in _first_of_each(queries)]
    if not identifiers:
        return _NONE
    if not any(identifiers):
        return "zero"
    if len(identifiers) > 1 and all(after == before + 1 & 0xFFFF for before, after in pairwise(identifiers)):
        return "counting"
    return "repeated" if any(before == after for before, after in pairwise(identifiers)) else "distinct"


def _retry_ids(queries: Sequence[Query], _: Log) -> Value:
    latest: dict[tuple[object, ...], int] = {}
    same: set[bool] = set()
    for query in queries:
        if _question(query) in latest:
            same.add(latest[_question(query)] == query.id)
        latest[_question(query)] = query.id
    if len(same) == 2:
        return "mixed"
    return {True: "same", False: "fresh"}[same.pop()] if same else _NONE


def _first_of_each(queries: Sequence[Query]) -> list[Query]:
    firsts: dict[tuple[object, ...], Query] = {}
    for query in queries:
        firsts.setdefault(_question(query), query)
    return list(firsts.values())


def _question(query: Query) -> tuple[object, ...]:
    return lower(query.labels), query.type_number, query.class_number


def _edns(queries: Sequence[Query], _: Log) -> Value:
    return _single(_NONE if query.edns is None else query.edns for query in queries)


def _flags(queries: Sequence[Query], _: Log) -> Value:
    return _single(" ".join(codes.flag_names(query.flags)) or _NONE for query in queries)


def _qname_case(queries: Sequence[Query], _: Log) -> Value:
    letters = b"".join(label for query in queries for label in query.labels)
    if letters == letters.lower():
        return "lower" if letters != letters.upper() else _NONE
    return "upper" if letters == letters.upper() else "mixed"


def _once(values: Iterable[T]) -> list[int | float | bool | str]:
    return list(dict.fromkeys(values))


def _single(values: Iterable[int | str]) -> Value:
    """The value that all have in common, or the different ones in order of arrival."""
    different: list[int | float | bool | str] = list(dict.fromkeys(values))
    return different if len(different) > 1 else different[0] if different else _NONE


_FACTS: dict[str, Callable[[Sequence[Query], Log], Value]] = {
    "udp_queries": _total("udp"),
    "tcp_queries": _total("tcp"),
    "tcp_connections": lambda _, log: log.connections.total(),
    "queries": _queries,
    "questions": lambda queries, _: sorted(set(map(line, queries))),
    "types": lambda queries, _: _once(query.type for query in queries),
    "names": lambda queries, _: _once(query.name for query in queries),
    "servers": _servers,
    "queries_per_server": _per_server,
    "schedule": _schedule,
    "source_ports": _source_ports,
    "ids": _ids,
    "retry_ids": _retry_ids,
    "edns": _edns,
    "flags": _flags,
    "qname_case": _qname_case,
    "query_sizes": lambda queries, _: _once(len(query.raw) for query in queries),
    "malformed": lambda _, log: log.malformed,
}

NAMES = tuple(_FACTS)
"""What `observe:` can name."""
