"""The structures of `c_src/include/agent_protocol.h`, the file that the agent is compiled with."""

from dataclasses import dataclass
from typing import Any

from cffi import FFI

from conformance.paths import C_SOURCES

ffi = FFI()
ffi.cdef((C_SOURCES / "include" / "agent_protocol.h").read_text())
header = ffi.dlopen(None)
"""The `#define`s of agent_protocol.h, by name."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What a thread was doing when its probe was found to hang.

    `number` is the system call it waits in, or None; `timed` says whether that call would return by itself.
    """

    process: int
    thread: int
    number: int | None
    stopped: bool
    timed: bool


@dataclass(frozen=True, slots=True)
class Crash:
    """A dying thread as the kernel showed it: siginfo, registers and stack as bytes, maps as text."""

    signal: int
    code: int
    address: int
    instruction: bytes
    registers: bytes
    stack: bytes
    maps: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: `ended` is one of AGENT_ENDED, AGENT_HANGS, AGENT_NO_EVIDENCE, AGENT_NOT_STARTED.

    `observations` is what `conformance.observation` decodes. `status` is a wait status; `error` an errno that
    happened while `stage` was tried. Times in the unit that their name ends with.
    """

    ended: int
    status: int
    error: int
    stage: str
    left_behind: int
    observations: bytes
    stdout: bytes
    stderr: bytes
    stdout_total: int
    stderr_total: int
    threads: tuple[Thread, ...]
    crash: Crash | None
    wall_ns: int
    user_us: int
    system_us: int
    max_rss_kib: int


_run = ffi.new("struct agent_run *")
_RESULT: int = ffi.sizeof("struct agent_result")
_THREAD: int = ffi.sizeof("struct agent_thread")
_CRASH: int = ffi.sizeof("struct agent_crash")
ANSWER: int = header.AGENT_ANSWER
LARGEST_FILE: int = header.AGENT_REQUEST - 4096
"""Bytes that a file prepared for a case may have: one message holds it with its path."""


def run_request(
    path: str,
    argv: tuple[str, ...],
    environment: dict[str, str],
    *,
    time_ms: int,
    memory: int,
    processes: int,
    open_files: int,
    file_size: int,
) -> bytes:
    """The message that runs `path` (inside the sandbox). Sizes in bytes."""
    _run.op = header.AGENT_RUN
    _run.argc = len(argv)
    _run.envc = len(environment)
    _run.time_ms = time_ms
    _run.processes = processes
    _run.open_files = open_files
    _run.memory = memory
    _run.file_size = file_size
    strings = [path, *argv, *(f"{name}={value}" for name, value in environment.items()), ""]
    return bytes(ffi.buffer(_run)) + "\0".join(strings).encode("utf-8", "surrogateescape")


def file_request(path: str, content: bytes | None, *, keep: bool) -> bytes:
    """The message that prepares a file, or makes sure that there is none (content None)."""
    request = ffi.new("struct agent_file *")
    request.op = header.AGENT_FILE
    request.flags = (header.AGENT_REMOVE if content is None else header.AGENT_WRITE) | (
        header.AGENT_KEEP if keep else 0
    )
    return bytes(ffi.buffer(request)) + path.encode() + b"\0" + (content or b"")


def bind_request(address: bytes, port: int, *, stream: bool) -> bytes:
    """The message that binds a socket; `address` has 4 or 16 bytes in network order."""
    request = ffi.new("struct agent_bind *")
    request.op = header.AGENT_BIND
    request.family = 4 if len(address) == 4 else 6
    request.stream = stream
    request.port = port
    ffi.memmove(request.address, address, len(address))
    return bytes(ffi.buffer(request))


def decode_hello(message: bytes) -> tuple[int, str]:
    """The errno, 0 for success, and the stage that failed."""
    hello = ffi.from_buffer("struct agent_hello *", message)
    return hello.error, ffi.string(hello.stage).decode()


def decode_bound(message: bytes) -> int:
    """The errno of a bind request, 0 for success."""
    error: int = ffi.from_buffer("struct agent_bound *", message).error
    return error


def decode_result(message: bytes) -> Result:
    """The answer to a run request."""
    head = ffi.from_buffer("struct agent_result *", message)
    at = _RESULT
    observations = message[at : (at := at + head.observations_size)]
    stdout = message[at : (at := at + head.stdout_size)]
    stderr = message[at : (at := at + head.stderr_size)]
    threads = message[at : (at := at + head.threads * _THREAD)]
    return Result(
        ended=head.ended,
        status=head.status,
        error=head.error,
        stage=ffi.string(head.stage).decode("utf-8", "replace"),
        left_behind=head.left_behind,
        observations=observations,
        stdout=stdout,
        stderr=stderr,
        stdout_total=head.stdout_total,
        stderr_total=head.stderr_total,
        threads=_decode_threads(threads) if threads else (),
        crash=_decode_crash(message[at : at + head.crash_size]) if head.crash_size else None,
        wall_ns=head.wall_ns,
        user_us=head.user_us,
        system_us=head.system_us,
        max_rss_kib=head.max_rss_kib,
    )


def _decode_threads(raw: bytes) -> tuple[Thread, ...]:
    threads: Any = ffi.from_buffer("struct agent_thread[]", raw)
    return tuple(
        Thread(
            process=t.process,
            thread=t.thread,
            number=t.number if t.number >= 0 else None,
            stopped=t.number == header.AGENT_THREAD_STOPPED,
            timed=bool(t.timed),
        )
        for t in threads
    )


def _decode_crash(raw: bytes) -> Crash:
    head = ffi.from_buffer("struct agent_crash *", raw)
    at = _CRASH
    registers = raw[at : (at := at + head.registers_size)]
    stack = raw[at : (at := at + head.stack_size)]
    return Crash(
        signal=head.signal,
        code=head.code,
        address=head.address,
        instruction=bytes(ffi.buffer(head.instruction))[: head.instruction_size],
        registers=registers,
        stack=stack,
        maps=raw[at : at + head.maps_size].decode("utf-8", "replace"),
    )
