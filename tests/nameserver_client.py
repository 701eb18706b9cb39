"""A client of the scripted name servers on loopback, for their tests."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from dnslib import EDNS0, DNSRecord

from conformance.nameserver.facts import facts
from conformance.nameserver.log import Log
from conformance.nameserver.script import Endpoint, Script, parse
from conformance.nameserver.serving import Serving, serve

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds after which an answer that should come is missing: far more than any takes."""


def script(text: str, folder: Path = Path()) -> Script:
    """A script from the YAML of a case's `nameservers:`."""
    return parse(yaml.safe_load(text), folder)


def ask(name: str, kind: str = "A", edns: int = 0, identifier: int = 0x1234) -> bytes:
    """A query as a resolver sends it."""
    question: DNSRecord = DNSRecord.question(name, kind)
    question.header.id = identifier
    if edns:
        question.add_ar(EDNS0(udp_len=edns))
    return bytes(question.pack())


def read(answer: bytes) -> Any:
    """The answer as dnslib sees it."""
    return DNSRecord.parse(answer)


@dataclass
class Bench:
    """Servers at work and clients of them. All sockets are closed at the end."""

    serving: Serving
    sockets: dict[Endpoint, socket.socket]
    clients: list[socket.socket] = field(default_factory=list)

    @property
    def log(self) -> Log:
        return self.serving.log

    def where(self, transport: str, server: int = 1) -> Any:
        """The socket address that a server really has."""
        bound = [s for e, s in self.sockets.items() if e.transport == transport and e.port == 53]
        return bound[server - 1].getsockname()

    def udp(self, family: int = socket.AF_INET) -> socket.socket:
        client = socket.socket(family, socket.SOCK_DGRAM)
        client.setblocking(False)
        client.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        self.clients.append(client)
        return client

    async def exchange(self, *queries: bytes, server: int = 1) -> list[bytes]:
        """Sends queries over UDP from one port and waits for as many answers."""
        client = self.udp(socket.AF_INET6 if len(self.where("udp", server)) == 4 else socket.AF_INET)
        for query in queries:
            client.sendto(query, self.where("udp", server))
        return [await received(client) for _ in queries]

    async def silent(self, *queries: bytes, server: int = 1) -> None:
        """Sends queries over UDP and waits until the log has them; the test then looks at what it has not."""
        client = self.udp()
        for query in queries:
            client.sendto(query, self.where("udp", server))
        await self.until(lambda: sum(self.log.queries.values()) + self.log.malformed >= len(queries))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Lets the servers work until the condition holds."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0)

    async def connect(self, server: int = 1) -> socket.socket:
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        client.setblocking(False)
        self.clients.append(client)
        await within(asyncio.get_running_loop().sock_connect(client, self.where("tcp", server)))
        return client

    async def stream(self, *queries: bytes, server: int = 1) -> bytes:
        """Sends queries over one TCP connection and returns what comes until the server ends it."""
        client = await self.connect(server)
        await write(client, *queries)
        return await everything(client)

    async def tcp(self, *queries: bytes, server: int = 1) -> list[bytes]:
        """Sends queries over one TCP connection and waits for as many messages."""
        client = await self.connect(server)
        await write(client, *queries)
        return [await message(client) for _ in queries]


async def within(work: Awaitable[T]) -> T:
    async with asyncio.timeout(PATIENCE):
        return await work


async def received(client: socket.socket) -> bytes:
    return await within(asyncio.get_running_loop().sock_recv(client, 65535))


async def write(client: socket.socket, *queries: bytes) -> None:
    """All in one write, as glibc does."""
    data = b"".join(len(query).to_bytes(2, "big") + query for query in queries)
    await within(asyncio.get_running_loop().sock_sendall(client, data))


async def everything(client: socket.socket) -> bytes:
    """All bytes until the end of the stream; raises ConnectionResetError where it was reset."""
    data = b""
    while piece := await received(client):
        data += piece
    return data


async def message(client: socket.socket) -> bytes:
    """One message with its length prefix taken off."""
    length = int.from_bytes(await _exactly(client, 2), "big")
    return await _exactly(client, length)


async def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = await within(asyncio.get_running_loop().sock_recv(client, count - len(data)))
        if not piece:
            raise EOFError(data)
        data += piece
    return data


@asynccontextmanager
async def bench(what: str | Script) -> AsyncIterator[Bench]:
    """Serves a script on loopback ports that the kernel chooses."""
    served = script(what) if isinstance(what, str) else what
    sockets = {endpoint: bound(endpoint) for endpoint in served.sockets()}
    at_work = Bench(serve(served, sockets), sockets)
    try:
        yield at_work
    finally:
        await at_work.serving.close()
        for client in at_work.clients:
            client.close()


def bound(endpoint: Endpoint) -> socket.socket:
    """What the agent makes inside the sandbox, but on any port."""
    family = socket.AF_INET6 if ":" in endpoint.address else socket.AF_INET
    kind = socket.SOCK_STREAM if endpoint.transport == "tcp" else socket.SOCK_DGRAM
    made = socket.socket(family, kind)
    made.bind((endpoint.address, 0))
    if endpoint.transport == "tcp":
        made.listen(128)
    return made


def observed(log: Log, *names: str) -> Any:
    """The value of one fact, or a list of several."""
    values = list(facts(log, names).values())
    return values[0] if len(values) == 1 else values
