"""A probe that runs on another libc than asked for is an error, never a result."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.backends.local import Local
from conformance.case import Scenario
from conformance.engine.pool import Pool
from conformance.errors import UserError
from conformance.libcs.model import Libc
from conformance.libcs.select import select


async def take(binary: Path, libc: Libc) -> None:
    pool = Pool(Local(binary))
    try:
        await pool.take(libc, Scenario("identity"))
    finally:
        await pool.close()


@pytest.mark.parametrize("name", ["musl:all", "glibc:all"])
def test_every_catalogued_libc_proves_itself(agent: Path, name: str) -> None:
    for libc in select(name):
        asyncio.run(take(agent, libc))


def test_wrong_version_is_found_from_inside(agent: Path, musl: Libc, glibc: Libc) -> None:
    with pytest.raises(UserError, match=r"glibc-2.43: a probe found itself on another libc: version '2.43'"):
        asyncio.run(take(agent, replace(glibc, version="2.42")))
    with pytest.raises(UserError, match=r"musl-1.2.6: .*in place of '1.2.5'"):
        asyncio.run(take(agent, replace(musl, version="1.2.5")))


def test_wrong_build_is_found_from_inside(agent: Path, glibc: Libc) -> None:
    identity = replace(glibc.identity, build_id="00")
    with pytest.raises(UserError, match=r"build id '\w+' in place of '00'"):
        asyncio.run(take(agent, replace(glibc, identity=identity)))


def test_library_that_is_not_the_mapped_one(agent: Path, glibc: Libc) -> None:
    other = replace(glibc, library="/usr/lib/x86_64-linux-gnu/libm.so.6")
    with pytest.raises(UserError, match="inode"):
        asyncio.run(take(agent, other))
