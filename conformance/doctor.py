"""What this machine can and cannot run, why, and what to do about it."""

import asyncio
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conformance.errors import UserError
from conformance.libcs.catalogue import catalogue
from conformance.needs import lacking
from conformance.paths import cache

_KERNEL = (5, 12)
_SPACE = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    `missing` is what no case runs without; `limited` is what some cases are skipped without. `remedy` says
    how to get it, where it can be had.
    """

    state: Literal["ok", "limited", "missing"]
    what: str
    detail: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """All findings, in the order in which a run would meet them."""
    yield _python()
    yield _kernel()
    for check in (_compiler, _mirror, _space):
        yield check()
    yield from _libcs()
    yield _sandbox()
    yield _engine()
    yield _need("ipv6", "IPv6 on the loopback interface", "modprobe ipv6, or boot without ipv6.disable=1")
    yield _need("root", "sandboxes with two users", "run as root: only cases with `needs: [root]` want it")


def _python() -> Finding:
    return Finding("ok", "Python", f"{platform.python_version()} ({sys.executable})")


def _kernel() -> Finding:
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    if found and (int(found[1]), int(found[2])) >= _KERNEL:
        return Finding("ok", "Linux", platform.release())
    wanted = ".".join(map(str, _KERNEL))
    return Finding(
        "missing", "Linux", f"{platform.release()} is older than {wanted}", f"boot Linux {wanted} or newer"
    )


def _try(what: str, value: Callable[[], str], state: Literal["limited", "missing"]) -> Finding:
    try:
        return Finding("ok", what, value())
    except UserError as error:
        reason, _, remedy = str(error).partition("\n")
        return Finding(state, what, reason, remedy)


def _compiler() -> Finding:
    from conformance.build import compiler

    return _try("C compiler", lambda: compiler.find().identity, "missing")


def _mirror() -> Finding:
    from conformance.libcs.mirror import debian_mirror

    def mirror() -> str:
        debian_mirror()
        return "known, to fetch libcs from"

    return _try("Debian mirror", mirror, "limited")


def _space() -> Finding:
    folder = next(path for path in (cache(), *cache().parents) if path.is_dir())
    free = shutil.disk_usage(folder).free
    detail = f"{cache()}, {free >> 20} MiB free"
    if not os.access(folder, os.W_OK):
        return Finding(
            "missing", "cache", f"{folder} is not writable", "set CONFORMANCE_CACHE to a folder that is"
        )
    if free < _SPACE:
        return Finding("limited", "cache", detail, "all libcs and probes together take about 500 MiB")
    return Finding("ok", "cache", detail)


def _libcs() -> Iterator[Finding]:
    from conformance.libcs.overview import overview

    rows = overview()
    fetched = [row.name for row in rows if row.state == "fetched" and row.name in catalogue()]
    if len(fetched) == len(catalogue()):
        yield Finding("ok", "libcs", f"all {len(fetched)} of the catalogue are fetched")
    else:
        missing = [name for name in catalogue() if name not in fetched]
        yield Finding(
            "ok",
            "libcs",
            f"not fetched yet: {', '.join(missing)}",
            "conformance libcs fetch all, or let a run do it",
        )


def _sandbox() -> Finding:
    """Makes one, as a run would."""

    def sandbox() -> str:
        from conformance.agent.client import Agent
        from conformance.build.agent import agent_binary
        from conformance.libcs.select import select

        libc = select("musl")[0]

        async def start_and_end() -> None:
            agent = await Agent.start(agent_binary(libc), libc.root, Path("/"))
            agent.close()
            agent.wait()

        asyncio.run(start_and_end())
        return f"works, as {'root' if os.geteuid() == 0 else 'an ordinary user'}"

    return _try("sandbox", sandbox, "missing")


def _engine() -> Finding:
    def engine() -> str:
        from conformance.images.engine import connect, described

        return str(described(connect())["engine"][0])

    return _try("container engine", engine, "limited")


def _need(need: str, what: str, remedy: str) -> Finding:
    reason = lacking(need, None)
    return Finding("limited", what, reason, remedy) if reason else Finding("ok", what, "there")
