"""One agent process and the conversation with it, in an asyncio loop."""

import asyncio
import errno
import ipaddress
import os
import socket
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

from conformance.agent import protocol
from conformance.agent.protocol import Result
from conformance.errors import UserError

_START_SECONDS = 30.0
"""Far above the few milliseconds that an agent takes: reached only where a kernel never answers."""


class AgentDied(Exception):
    """The agent closed its socket: killed from outside, or unable to clean up after a probe."""


class Agent:
    """A sandbox for one libc. It takes requests at any time, and works on one after the other.

    Only the loop that started the agent may use it.
    """

    def __init__(self, control: socket.socket, wait: Callable[[], None]) -> None:
        """`control` is the connection to the agent; `wait` returns when nothing of it is left."""
        control.setblocking(False)
        self.wait = wait
        self._control = control
        self._loop = asyncio.get_running_loop()
        self._answers: deque[asyncio.Future[tuple[bytes, list[int]]]] = deque()
        self._buffer = bytearray(protocol.ANSWER)
        self._loop.add_reader(control.fileno(), self._readable)

    @classmethod
    async def start(cls, binary: Path, root: Path, probes: Path) -> "Agent":
        """Starts an agent on the root directory `root`, with `probes` as /probe.

        Raises UserError where this machine does not let a sandbox be made.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            process = Popen(
                [binary, str(theirs.fileno()), root, probes],
                pass_fds=[theirs.fileno()],
                stdin=DEVNULL,
                # it needs none, and ours changes while pytest runs in another thread
                env={},
                # Ctrl-C is for pytest, which then closes the socket: that ends the agent and all below it
                start_new_session=True,
            )
        finally:
            theirs.close()
        agent = cls(ours, lambda: _collect(process))
        try:
            await agent.greet()
        except (AgentDied, TimeoutError) as error:
            raise UserError(f"the agent {binary} did not start in {root}") from error
        return agent

    async def greet(self) -> None:
        """Waits until the agent is ready for requests; it is closed where it never will be.

        Raises UserError with what the agent tells, else AgentDied or TimeoutError.
        """
        try:
            async with asyncio.timeout(_START_SECONDS):
                message, _ = await self._receive()
        except BaseException:
            self.close()
            raise
        failure, stage = protocol.decode_hello(message)
        if failure:
            self.close()
            raise UserError(_cannot_sandbox(stage, failure))

    def prepare(self, path: str, content: str | bytes | None, *, keep: bool = False) -> None:
        """Makes a file for the next run (for all runs with `keep`); None makes sure that there is none.

        Raises UserError for a file that does not fit into one message.
        """
        raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        if raw is not None and len(raw) > protocol.LARGEST_FILE:
            raise UserError(f"{path} has {len(raw)} bytes; a case's file may have {protocol.LARGEST_FILE}")
        self._send(protocol.file_request(path, raw, keep=keep))

    async def bind(self, address: str, port: int, *, stream: bool) -> socket.socket:
        """A non-blocking socket bound inside the sandbox; a stream socket listens. Raises OSError."""
        packed = ipaddress.ip_address(address).packed
        self._send(protocol.bind_request(packed, port, stream=stream))
        message, descriptors = await self._receive()
        if error := protocol.decode_bound(message):
            raise OSError(error, f"{os.strerror(error)} (binding {address} port {port})")
        bound = socket.socket(fileno=descriptors[0])
        bound.setblocking(False)
        return bound

    async def run(self, request: bytes, stdin: str = "") -> Result:
        """Runs what `protocol.run_request` describes; `stdin` must fit into a pipe.

        The agent ends every run itself, so nothing here waits for a time. Raises AgentDied and UserError.
        """
        if stdin:
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            try:
                _fill(writer, stdin.encode("utf-8", "surrogateescape"))
            except UserError:
                os.close(reader)
                raise
            finally:
                os.close(writer)
            try:
                self._send(request, [reader])
            finally:
                os.close(reader)
        else:
            self._send(request)
        message, _ = await self._receive()
        return protocol.decode_result(message)

    def close(self) -> None:
        """Ends the agent and everything in its sandbox, which `wait` waits for."""
        if self._control.fileno() >= 0:
            self._loop.remove_reader(self._control.fileno())
            self._control.close()
        self._fail("closed")

    def _send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._control, [message], descriptors)
        except BlockingIOError:
            # the queue is full of prepared files: it empties as fast as the agent can write them
            self._control.setblocking(True)
            try:
                socket.send_fds(self._control, [message], descriptors)
            finally:
                self._control.setblocking(False)
        except OSError as error:
            raise AgentDied(os.strerror(error.errno or 0)) from error

    async def _receive(self) -> tuple[bytes, list[int]]:
        answer: asyncio.Future[tuple[bytes, list[int]]] = self._loop.create_future()
        self._answers.append(answer)
        return await answer

    def _readable(self) -> None:
        try:
            size, ancillary, _, _ = self._control.recvmsg_into([self._buffer], socket.CMSG_SPACE(4))
        except BlockingIOError:
            return
        except OSError:
            size, ancillary = 0, []
        descriptors = array("i")
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(data)
        if not size:
            self._loop.remove_reader(self._control.fileno())
            self._fail("the agent is gone")
        elif self._answers:
            answer = self._answers.popleft()
            # whoever asked may have been cancelled meanwhile
            if not answer.done():
                answer.set_result((bytes(memoryview(self._buffer)[:size]), list(descriptors)))

    def _fail(self, reason: str) -> None:
        while self._answers:
            answer = self._answers.popleft()
            if not answer.done():
                answer.set_exception(AgentDied(reason))


def _collect(process: Popen[bytes]) -> None:
    try:
        process.wait(5)
    except TimeoutExpired:
        process.kill()
        process.wait()


def _fill(pipe: int, content: bytes) -> None:
    written = os.write(pipe, content)
    if written < len(content):
        raise UserError(f"stdin has {len(content)} bytes; a case's may have the {written} of a pipe")


def _cannot_sandbox(stage: str, error: int) -> str:
    reason = f"the sandbox could not {stage}: {os.strerror(error)}"
    if error in (errno.EPERM, errno.EACCES, errno.ENOSPC, errno.EUSERS):
        return (
            f"{reason}\n"
            "This machine forbids user namespaces, which the local backend is made of. Ways out:\n"
            "  allow them:  sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000\n"
            "               sysctl kernel.apparmor_restrict_unprivileged_userns=0    (Ubuntu)\n"
            "  or run as root, or inside a container started with --privileged\n"
            "`conformance doctor` says which of these this machine needs."
        )
    return reason
