"""From what the agent reports to the outcome of an observation."""

import os
import re
import signal
from pathlib import Path
from typing import Any

from conformance.agent.protocol import Crash, Result, Thread, header
from conformance.case import Outcome
from conformance.engine import syscalls

_POINTER = re.compile(r"0x[0-9a-fA-F]+")


def outcome(result: Result, root: Path, program: Path) -> Outcome:
    """How the probe ended. `root` is the libc's root directory, `program` the probe, as seen from outside."""
    if result.ended == header.AGENT_NOT_STARTED:
        return Outcome("failed", {"reason": f"{result.stage}: {os.strerror(result.error)}"})
    if result.ended == header.AGENT_OUT_OF_MEMORY:
        return Outcome(
            "failed", {"reason": "the container ran into its memory limit; the kernel killed a process"}
        )
    if result.ended == header.AGENT_NO_EVIDENCE:
        return Outcome("failed", {"reason": "far over its time, yet neither blocked nor using the processor"})
    if result.ended == header.AGENT_HANGS:
        return Outcome("timed-out", {"waiting": sorted({_waits_in(thread) for thread in result.threads})})
    if os.WIFEXITED(result.status):
        return Outcome("exited", {"code": os.WEXITSTATUS(result.status)})
    return Outcome("signalled", _death(result, root, program))


def _waits_in(thread: Thread) -> str:
    if thread.stopped:
        return "stopped"
    return "running" if thread.number is None else syscalls.name(thread.number)


def _death(result: Result, root: Path, program: Path) -> dict[str, Any]:
    number = os.WTERMSIG(result.status)
    details: dict[str, Any] = {"signal": signal.Signals(number).name}
    if result.crash:
        details["site"] = _site(result.crash, root, program)
    if number == signal.SIGABRT and (message := last_line(result.stderr)):
        details["message"] = message
    return details


def _site(crash: Crash, root: Path, program: Path) -> dict[str, str]:
    # imported late: it reads ELF files, which most runs never need
    from conformance.crash.dump import CrashDump, decode_registers
    from conformance.crash.site import site

    return site(
        CrashDump(
            signal=crash.signal,
            code=crash.code,
            address=crash.address,
            registers=decode_registers(crash.registers),
            instruction=crash.instruction,
            stack=crash.stack,
            maps=crash.maps,
        ),
        root,
        program,
    )


def last_line(stderr: bytes) -> str:
    """The last line that is not empty, without what changes from run to run: pointers."""
    lines = [line for line in stderr.decode("utf-8", "backslashreplace").splitlines() if line.strip()]
    return _POINTER.sub("0x…", lines[-1].strip()) if lines else ""
