"""The agent under AddressSanitizer and UndefinedBehaviorSanitizer, through all that it does."""

import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from conformance.backends.local import Local
from conformance.build.agent import SOURCES
from conformance.case import Limits, Scenario
from conformance.engine.pool import Pool
from conformance.libcs.model import Libc
from conformance.paths import C_SOURCES
from tests.conftest import Sandbox

PATTERNS = (
    *("fork-bomb", "memory-hog", "fill", "daemon", "ignore-term", "stop", "stop-and-continue", "kill-group"),
    *("kill-all", "scribble", "leave", "look", "privileges", "spin", "deadlock", "close-3", "shrink-3"),
    *("many-records", "abort", "null", "flood"),
)


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent built by the machine's own gcc with both sanitizers; what they find ends it."""
    if not shutil.which("gcc"):
        pytest.skip("the sanitizers come with gcc")
    program = tmp_path_factory.mktemp("sanitized") / "agent"
    subprocess.run(
        [
            *("gcc", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror"),
            *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"),
            *(f"-I{SOURCES}", f"-I{C_SOURCES / 'include'}"),
            *map(str, sorted(SOURCES.glob("*.c"))),
            *("-o", str(program)),
        ],
        check=True,
    )
    return program


async def everything(program: Path, libc: Libc) -> list[str]:
    """Runs every pattern, files and sockets; the outcomes in order."""
    pool = Pool(Local(program))
    try:
        sandbox = Sandbox(pool, libc)
        limits = Limits(memory=256 << 20, processes=20)
        outcomes = []
        for pattern in PATTERNS:
            seen = await sandbox.run("hostile", pattern, limits=limits, time=0.2, stdin="text")
            outcomes.append(seen.outcome.kind)
        agent = await pool.take(libc, Scenario("hostile"))
        for address, stream in (("127.0.0.1", True), ("127.0.0.1", False), ("::1", True)):
            (await agent.bind(address, 53, stream=stream)).close()
        with pytest.raises(OSError, match="Cannot assign requested address"):
            await agent.bind("192.0.2.1", 53, stream=False)
        agent.prepare("/etc/deep/er/file", "x" * 100_000)
        agent.prepare("/etc/hosts", None)
        pool.give_back(agent)
        outcomes.append((await sandbox.run("hostile", "look", files={"/tmp/a": "b"})).outcome.kind)
        return outcomes
    finally:
        await pool.close()


def test_agent_is_clean(sanitized: Path, glibc: Libc, capfd: pytest.CaptureFixture[str]) -> None:
    outcomes = asyncio.run(everything(sanitized, glibc))
    assert len(outcomes) == len(PATTERNS) + 1
    assert "Sanitizer" not in capfd.readouterr().err
    assert outcomes[-1] == "exited"


def test_unknown_request_ends_the_agent(sanitized: Path) -> None:
    """Better no agent than one that guesses."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        process = subprocess.Popen(
            [str(sanitized), str(theirs.fileno()), "/", "/"],
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        ours.recv(4096)
        ours.send((9).to_bytes(4, "little"))
        assert ours.recv(4096) == b""
        assert process.wait(20) == 1
