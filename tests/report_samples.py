"""Runs to make reports of, made from the reference results instead of by running anything."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance import results
from conformance.case import Case, Observation
from conformance.judge import judge
from conformance.libcs.catalogue import catalogue
from conformance.paths import CASES
from conformance.reference.observations import read
from conformance.results import Line
from conformance.topics import find, load

ALL = tuple(catalogue())
ADDRESSES = "resolver/truncation::two-hundred-addresses"

Edit = Callable[[Observation], Observation | None]


def project_cases(*folders: str) -> dict[str, Case]:
    """The project's cases below some folders or topics of `cases`, by default all."""
    places = [CASES / folder for folder in folders] or [CASES]
    return {case.id: case for place in places for topic in find(place) for case in load(topic)}


def make_run(
    folder: Path,
    cases: dict[str, Case],
    libcs: Iterable[str] = ALL,
    *,
    started: str = "2026-01-02T03:04:05+00:00",
    edit: Edit = lambda seen: seen,
) -> Path:
    """A results folder with what the reference results say of these cases.

    `edit` changes an observation on its way, or drops it with None.
    """
    chosen = list(libcs)
    fd = results.open_observations(results.create(folder))
    for libc in chosen:
        family, _, version = libc.partition("-")
        for seen in read(libc):
            if seen.case in cases and (edited := edit(_with_info(seen))):
                verdict = judge(cases[seen.case], family, version, edited)
                results.append(fd, Line(edited, verdict.as_json() if verdict else None))
    os.close(fd)
    results.write_run(
        folder, {"started": started, "harness": "0", "libcs": [_entry(libc) for libc in chosen]}
    )
    return folder


def _entry(libc: str) -> dict[str, Any]:
    family, _, version = libc.partition("-")
    identity = {"package": f"{family} {version}-1", "digest": "ab" * 32, "build_id": "cd" * 20}
    return {
        "name": libc,
        "family": family,
        "version": version,
        "identity": identity,
        "library": "/lib/libc.so",
    }


def _with_info(seen: Observation) -> Observation:
    """What a run records besides: memory, and for one case the conversation with its name server."""
    info: dict[str, Any] = {"wall_seconds": 0.25, "max_rss_kib": 600}
    if "returned" in seen.facts and seen.case.startswith("allocator/memory-returned"):
        info["percent held"] = {"most": 1, "part": 40, "little": 99}[str(seen.facts["returned"])]
    if seen.case == ADDRESSES:
        info["nameservers"] = conversation(over_tcp=seen.facts["tcp_queries"] != 0)
    return replace(seen, info=info)


def conversation(*, over_tcp: bool) -> list[dict[str, Any]]:
    """A query whose answer is truncated, and perhaps the same again over TCP."""
    udp: dict[str, Any] = {
        "server": 1,
        "transport": "udp",
        "port": 4000,
        "name": "many.test",
        "type": "A",
        "id": 7,
    }
    asked = {"class": "IN", "flags": ["RD"], "edns": None, "do": False, "bytes": 27}
    answered = {"rcode": "NOERROR", "bytes": 27}
    events = [
        {"t": 0.001, "event": "query", **udp, **asked},
        {"t": 0.002, "event": "answer", **udp, **answered, "truncated": True, "answers": 0},
    ]
    if over_tcp:
        tcp = {**udp, "transport": "tcp", "connection": 1}
        events += [
            {
                "t": 0.003,
                "event": "connection",
                "server": 1,
                "transport": "tcp",
                "port": 4000,
                "connection": 1,
            },
            {"t": 0.004, "event": "query", **tcp, **asked},
            {"t": 1.004, "event": "answer", **tcp, **answered, "truncated": False, "answers": 200},
            {"t": 1.005, "event": "closed", "server": 1, "transport": "tcp", "port": 4000, "connection": 1},
        ]
    return events
