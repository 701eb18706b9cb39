"""Decides what to do with each query, and makes the messages: the part that UDP and TCP have in common."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from conformance.nameserver import handlers
from conformance.nameserver.behaviour import (
    Behaviour,
    ByEdns,
    ByType,
    Delivery,
    Handler,
    InOrder,
    Leaf,
    Message,
    Port,
    Send,
    Step,
)
from conformance.nameserver.compose import LONGEST, CannotCompose, compose
from conformance.nameserver.database import Found
from conformance.nameserver.events import happening
from conformance.nameserver.log import Log
from conformance.nameserver.names import lower
from conformance.nameserver.query import Query
from conformance.nameserver.script import Server

_COMPLETE = Message(limit=0)


@dataclass(frozen=True, slots=True)
class Ready:
    """A message with how to send it."""

    data: bytes
    delivery: Delivery


@dataclass(slots=True)
class Player:
    """The state of one run of a script: counters of its lists, modules of its handlers."""

    log: Log
    _counts: Counter[tuple[InOrder, Hashable]] = field(default_factory=Counter)
    _loaded: handlers.Loaded = field(default_factory=handlers.Loaded)

    def on_connection(self, behaviour: Behaviour) -> Port | None:
        """What happens to a connection as such. An entry of a list is used up by it."""
        if isinstance(behaviour, Port):
            return behaviour
        if not isinstance(behaviour, InOrder) or behaviour.each:
            return None
        entry = behaviour.entries[min(self._counts[behaviour, ""], len(behaviour.entries) - 1)]
        if not isinstance(entry, Port):
            return None
        self._counts[behaviour, ""] += 1
        return entry

    def choose(self, server: Server, query: Query) -> tuple[Leaf, Found]:
        """The behaviour for the query, and what the server knows about it."""
        found = server.database.find(query.labels, query.type_number)
        behaviour = found.behaviour or (server.udp if query.transport == "udp" else server.tcp)
        return self._leaf(behaviour, query), found

    def _leaf(self, behaviour: Behaviour, query: Query) -> Leaf:
        while True:
            match behaviour:
                case ByType():
                    behaviour = behaviour.types.get(query.type_number, behaviour.other)
                case ByEdns():
                    behaviour = behaviour.absent if query.edns is None else behaviour.present
                case InOrder():
                    key = behaviour, _counted_by(behaviour, query)
                    behaviour = behaviour.entries[min(self._counts[key], len(behaviour.entries) - 1)]
                    self._counts[key] += 1
                case _:
                    return behaviour

    def answers(self, leaf: Send | Handler, query: Query, found: Found) -> list[Ready]:
        """What is to be sent. Where that is nothing, the log says why: silence, or a fault of the script."""
        try:
            messages = self.messages(leaf, query, found)
        except CannotCompose as e:
            self.log.note(happening(self.log.now(), "error", query, message=str(e)))
            return []
        if not messages:
            self.log.note(happening(self.log.now(), "silence", query))
        return messages

    def messages(self, leaf: Send | Handler, query: Query, found: Found) -> list[Ready]:
        """What is to be sent; raises CannotCompose with what is wrong with the script or its handler."""
        if isinstance(leaf, Send):
            return [Ready(_data(step, query, found), step.delivery) for step in leaf.steps]
        try:
            asked = replace(query, answer=compose(_COMPLETE, query, found))
            result = handlers.messages(self._loaded.function(leaf)(asked))
        except CannotCompose:
            raise
        except Exception as e:
            raise CannotCompose(f"{leaf.file}:{leaf.function}: {type(e).__name__}: {e}") from e
        return [Ready(_fits(data, query), Delivery(delay=max(0.0, delay))) for delay, data in result]


def _counted_by(order: InOrder, query: Query) -> Hashable:
    match order.each:
        case "port":
            return query.port
        case "connection":
            return query.connection or query.port
        case "question":
            return lower(query.labels), query.type_number
        case "name":
            return lower(query.labels)
    return ""


def _data(step: Step, query: Query, found: Found) -> bytes:
    if isinstance(step.content, Message):
        data = compose(step.content, query, found)
    else:
        data = step.content.fill(query)
    data = data[: step.cut]
    return _fits(data + step.trailing.fill(query) if step.trailing else data, query)


def _fits(data: bytes, query: Query) -> bytes:
    if len(data) > LONGEST[query.transport]:
        raise CannotCompose(f"a message of {len(data)} bytes is more than {query.transport} takes")
    return data
