"""The log as JSON, for whoever draws it: recorded with an observation, never compared."""

from typing import Any

from conformance.nameserver import codes
from conformance.nameserver.log import Happening, Log
from conformance.nameserver.query import Query


def timeline(log: Log) -> list[dict[str, Any]]:
    """One mapping per entry, by time in seconds; a last one counts what was omitted.

    All have `t`, `event`, `server` (from 1), `transport` and `port`; `connection` where there is one. What is
    about a query has `name`, `type` and `id`; the query itself also `class`, `flags`, `edns`, `do` and
    `bytes`; an answer `bytes` and, if it has a header, `rcode`, `truncated` and `answers`.
    """
    entries = [_entry(happening) for happening in sorted(log.entries, key=lambda entry: entry.time)]
    return [*entries, {"event": "omitted", "entries": log.omitted}] if log.omitted else entries


def _entry(happening: Happening) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "t": round(happening.time, 6),
        "event": happening.event,
        "server": happening.server,
        "transport": happening.transport,
        "port": happening.port,
    }
    if happening.connection:
        entry["connection"] = happening.connection
    if happening.query:
        entry |= _query(happening.query, whole=happening.event == "query")
    return entry | happening.details


def _query(query: Query, whole: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": query.name, "type": query.type, "id": query.id}
    if whole:
        entry |= {
            "class": query.qclass,
            "flags": codes.flag_names(query.flags),
            "edns": query.edns,
            "do": query.dnssec_ok,
            "bytes": len(query.raw),
        }
    return entry
