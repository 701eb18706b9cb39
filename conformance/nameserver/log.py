"""What the servers saw and did, as the facts and the time line are computed from it."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from conformance.nameserver.query import Query

MOST = 5000
"""Entries that are kept; what comes after them is only counted."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the time line. `time` is in seconds since the servers started.

    `event` is one of: query, malformed, answer, silence, held, connection, closed, close, reset, error.
    """

    time: float
    event: str
    server: int
    transport: str
    port: int
    connection: int = 0
    query: Query | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Log:
    """The entries in the order in which they were noted, and counts even of what was left out.

    `queries` counts by server and transport, `connections` by server. `errors` are mistakes of the script
    that showed only when a query came: with any, the observation says nothing about the libc.
    """

    servers: int
    entries: list[Happening] = field(default_factory=list)
    queries: Counter[tuple[int, str]] = field(default_factory=Counter)
    connections: Counter[int] = field(default_factory=Counter)
    malformed: int = 0
    omitted: int = 0
    errors: list[str] = field(default_factory=list)
    _monotonic: int = field(default_factory=time.monotonic_ns)
    _clock: int = field(default_factory=time.time_ns)

    def now(self) -> float:
        """Seconds since the log was made, when the servers started."""
        return (time.monotonic_ns() - self._monotonic) / 1e9

    def at(self, clock_ns: int) -> float:
        """The time of a kernel's timestamp, unless somebody set the clock meanwhile."""
        stamped = (clock_ns - self._clock) / 1e9
        now = self.now()
        return stamped if now - 60 < stamped <= now else now

    def note(self, happening: Happening) -> None:
        """Counts the entry, and keeps it unless there are too many already."""
        if happening.event == "query":
            self.queries[happening.server, happening.transport] += 1
        elif happening.event == "malformed":
            self.malformed += 1
        elif happening.event == "connection":
            self.connections[happening.server] += 1
        elif happening.event == "error" and len(self.errors) < MOST:
            self.errors.append(happening.details["message"])
        if len(self.entries) < MOST:
            self.entries.append(happening)
        else:
            self.omitted += 1
