"""A case's name servers as a whole: read, checked, and the sockets that they need."""

from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Literal, NamedTuple

from conformance.nameserver import choices, codes, database, delivery_keys
from conformance.nameserver.behaviour import ANSWER, Behaviour, ByEdns, ByType, InOrder, Port, Send
from conformance.nameserver.choices import Context
from conformance.nameserver.database import Database
from conformance.nameserver.reading import Path, ScriptError, mapping, only, sequence

__all__ = ["Endpoint", "Script", "ScriptError", "Server", "parse"]

PORT = 53
_KEYS = ("address", "records", "otherwise", "udp", "tcp", "both")
_MOST_SERVERS = 64


class Endpoint(NamedTuple):
    """A socket to bind inside the sandbox; one for TCP listens too."""

    address: str
    port: int
    transport: Literal["udp", "tcp"]


@dataclass(frozen=True, slots=True)
class Server:
    """One name server: where it is, what it knows, what it does over each transport."""

    address: str
    database: Database
    udp: Behaviour
    tcp: Behaviour


@dataclass(frozen=True, slots=True)
class Script:
    """The servers in the order of `/etc/resolv.conf`."""

    servers: tuple[Server, ...]

    @property
    def addresses(self) -> list[str]:
        """For the `nameserver` lines."""
        return [server.address for server in self.servers]

    def sockets(self) -> list[Endpoint]:
        """What the agent must bind, each once; a port that refuses is not bound."""
        wanted: dict[Endpoint, None] = {}
        for server in self.servers:
            for endpoint, behaviour in endpoints(server):
                if behaviour != Port("refused"):
                    wanted[endpoint] = None
        for server in self.servers:
            for source in sources(server):
                wanted[source] = None
        return list(wanted)


def endpoints(server: Server) -> list[tuple[Endpoint, Behaviour]]:
    """A server's own sockets with the behaviour of each."""
    return [
        (Endpoint(server.address, PORT, "udp"), server.udp),
        (Endpoint(server.address, PORT, "tcp"), server.tcp),
    ]


def source(server: Server, given: tuple[str | None, int | None]) -> Endpoint:
    """The socket that an answer with another source is sent from."""
    address, port = given
    return Endpoint(address or server.address, port or PORT, "udp")


def sources(server: Server) -> list[Endpoint]:
    """All sockets that answers with another source need."""
    return [
        source(server, step.delivery.source)
        for send in _sends(server.udp)
        for step in send.steps
        if step.delivery.source
    ]


def _sends(behaviour: Behaviour) -> list[Send]:
    match behaviour:
        case Send():
            return [behaviour]
        case ByType():
            below: list[Behaviour] = [*behaviour.types.values(), behaviour.other]
        case InOrder():
            below = list(behaviour.entries)
        case ByEdns():
            below = [behaviour.present, behaviour.absent]
        case _:
            below = []
    return [send for part in below for send in _sends(part)]


def parse(raw: object, where: File) -> Script:
    """Checks a case's `nameservers:` and builds what serves it.

    `where` is the topic's folder: handlers are files in it. Raises ScriptError with the path to the mistake.
    """
    listed = sequence(raw, (), "name servers")
    if len(listed) > _MOST_SERVERS:
        raise ScriptError((), f"{_MOST_SERVERS} servers at most")
    servers: list[Server] = []
    for i, value in enumerate(listed):
        server = _server(value, i, where)
        if server.address in [other.address for other in servers]:
            raise ScriptError((i, "address"), f"{server.address} is the address of another server too")
        servers.append(server)
    return Script(tuple(servers))


def _server(value: object, position: int, folder: File) -> Server:
    path: Path = (position,)
    keys = mapping(value, path, ", ".join(_KEYS))
    only(keys, _KEYS, path)
    if "both" in keys and ("udp" in keys or "tcp" in keys):
        raise ScriptError((*path, "both"), "either `both`, or `udp` and `tcp`")
    address = f"127.0.0.{position + 1}"
    if "address" in keys:
        address = delivery_keys.loopback(keys["address"], (*path, "address"))
    return Server(
        address=address,
        database=_database(keys, path, Context("both", folder).inside()),
        udp=_behaviour(keys, "udp", path, folder),
        tcp=_behaviour(keys, "tcp", path, folder),
    )


def _behaviour(keys: dict[str, Any], transport: Literal["udp", "tcp"], path: Path, folder: File) -> Behaviour:
    if "both" in keys:
        return choices.parse(keys["both"], (*path, "both"), Context("both", folder))
    if transport in keys:
        return choices.parse(keys[transport], (*path, transport), Context(transport, folder))
    return ANSWER


def _database(keys: dict[str, Any], path: Path, context: Context) -> Database:
    known = database.parse(keys["records"], (*path, "records"), context) if "records" in keys else {}
    otherwise = codes.NXDOMAIN
    if "otherwise" not in keys:
        return Database(known, otherwise)
    return Database(known, database.outcome(keys["otherwise"], (*path, "otherwise"), context))
