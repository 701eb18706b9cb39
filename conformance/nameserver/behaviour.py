"""What a server can do with a query, as the parser builds it and the servers carry it out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.nameserver.names import Name
from conformance.nameserver.query import Query
from conformance.nameserver.record import Record
from conformance.nameserver.template import Template

Section = Literal["answer", "authority", "additional"]


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """The question section of an answer: how often it is there, and what in it differs from the query's."""

    times: int = 1
    upper: bool = False
    name: Name | None = None
    type: int | None = None
    rclass: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A well-formed answer and its departures from that. The keys of the topic have the same names.

    An `rcode` of None is the one that the records give. `answers` are all of them, the first so many, or
    these instead. An `authority` of None is an SOA record where the answer is negative.
    A `limit` of None is the transport's own, of 0 means that there is none.
    """

    rcode: int | None = None
    answers: Literal["all"] | int | tuple[Record, ...] = "all"
    authority: tuple[Record, ...] | None = None
    additional: tuple[Record, ...] = ()
    limit: int | None = None
    overflow: Literal["fit", "empty", "cut", "cut without TC"] = "fit"
    flags_set: int = 0
    flags_cleared: int = 0
    opcode: int | None = None
    id: Literal["copied", "wrong"] | int = "copied"
    question: QuestionChange = QuestionChange()
    counts: tuple[int | None, ...] = (None, None, None, None)
    backwards: bool = False
    compressed: bool = True
    section: Section = "answer"
    size: int | None = None
    padding: Literal["first", "last", "additional"] = "first"
    edns: Literal["answer", "never", "always"] | int = "answer"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message is sent. Times in seconds.

    `source` is the address and port to send from, where they are not the server's. `pieces` is the length
    of a piece, `cuts` are offsets between pieces.
    """

    delay: float = 0.0
    times: int = 1
    hold: tuple[int, ...] = ()
    bound: float = 10.0
    source: tuple[str | None, int | None] | None = None
    length: int | None = None
    framed: bool = True
    pieces: int = 0
    cuts: tuple[int, ...] = ()
    every: float = 0.0
    then: Literal["", "close", "reset"] = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One message for a query: what, which part of it, how."""

    content: Message | Template
    cut: int | None = None
    trailing: Template | None = None
    delivery: Delivery = Delivery()


@dataclass(frozen=True, slots=True)
class Send:
    """The messages for a query, one after the other; none is silence."""

    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Handler:
    """A Python function that makes the messages. `code` is what its file compiles to."""

    file: str
    function: str
    code: object = field(repr=False, compare=False)


HandlerFunction: TypeAlias = Callable[[Query], object]


@dataclass(frozen=True, slots=True)
class Port:
    """What happens to the port (`refused`, `drop`) or to a connection once accepted (`close`, `reset`)."""

    how: Literal["refused", "drop", "close", "reset"]


@dataclass(frozen=True, slots=True, eq=False)
class ByType:
    """A choice by the query's type."""

    types: dict[int, "Behaviour"]
    other: "Behaviour"


@dataclass(frozen=True, slots=True, eq=False)
class InOrder:
    """A choice by the number of the query, counted for each value of `each`. The last entry is repeated."""

    entries: tuple["Behaviour", ...]
    each: Literal["", "port", "connection", "question", "name"] = ""


@dataclass(frozen=True, slots=True, eq=False)
class ByEdns:
    """A choice by whether the query has an OPT record."""

    present: "Behaviour"
    absent: "Behaviour"


Leaf: TypeAlias = Send | Handler | Port
Behaviour: TypeAlias = Leaf | ByType | InOrder | ByEdns

ANSWER = Send((Step(Message()),))
SILENT = Send()
