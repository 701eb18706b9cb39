"""Behaviours from YAML: a word, a mapping of details, or a choice between behaviours."""

from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any, Literal

from conformance.nameserver import codes, delivery_keys, handlers, message_keys, template, words
from conformance.nameserver.behaviour import (
    ANSWER,
    Behaviour,
    ByEdns,
    ByType,
    Delivery,
    InOrder,
    Message,
    Send,
    Step,
)
from conformance.nameserver.reading import (
    Path,
    ScriptError,
    integer,
    mapping,
    not_deeper,
    one_of,
    only,
    sequence,
    shown,
)

_WITH, _WITHOUT = "with edns", "without edns"
_EACH: tuple[Literal["port", "connection", "question", "name"], ...] = (
    "port",
    "connection",
    "question",
    "name",
)
_WIRE_KEYS = ("cut", "trailing")


@dataclass(frozen=True, slots=True)
class Context:
    """Where a behaviour stands.

    `port` and `connection`: it may be about the port itself, or about a connection. `folder` is the topic's.
    """

    transport: Literal["udp", "tcp", "both"]
    folder: File
    port: bool = True
    connection: bool = True

    def inside(self) -> "Context":
        """The same for a behaviour within a choice."""
        return replace(self, port=False, connection=False)

    def words(self) -> dict[str, Behaviour]:
        known = dict(words.ANYWHERE)
        known |= words.PORT if self.port else {}
        if self.transport == "tcp":
            known |= words.TCP
            known |= words.TCP_PORT if self.port else {}
            known |= words.CONNECTION if self.connection else {}
        return known

    def delivery_keys(self) -> tuple[str, ...]:
        special = {"udp": delivery_keys.UDP, "tcp": delivery_keys.TCP, "both": ()}
        return delivery_keys.ANYWHERE + special[self.transport]


def parse(value: object, path: Path, context: Context) -> Behaviour:
    """The behaviour that the value describes; raises ScriptError."""
    not_deeper(path)
    if isinstance(value, list):
        return _in_order(value, path, replace(context, port=False))
    if not isinstance(value, dict):
        known = context.words()
        return known[one_of(value, path, known)]
    keys = mapping(value, path, "details or a choice")
    if any(is_type(key) or key == "other" for key in keys):
        return _by_type(keys, path, context.inside())
    if _WITH in keys or _WITHOUT in keys:
        return _by_edns(keys, path, context.inside())
    if "each" in keys or "do" in keys:
        return _each(keys, path, context.inside())
    if "handler" in keys:
        only(keys, ("handler",), path)
        return handlers.parse(keys["handler"], (*path, "handler"), context.folder)
    if "send" in keys:
        only(keys, ("send",), path)
        listed = sequence(keys["send"], (*path, "send"), "messages")
        return Send(tuple(_step(entry, (*path, "send", i), context) for i, entry in enumerate(listed)))
    return Send((_details(keys, path, context),))


def is_type(key: str) -> bool:
    """Whether a key is a query type: those are in capitals, all other keys are not."""
    return key.isupper() and codes.type_number(key) is not None


def _in_order(value: list[object], path: Path, context: Context) -> Behaviour:
    if not value:
        raise ScriptError(path, "an empty list; give a behaviour for the first query")
    # Only a list directly under `tcp` is looked at when a connection comes.
    return InOrder(tuple(parse(entry, (*path, i), _entry(context, entry)) for i, entry in enumerate(value)))


def _entry(context: Context, entry: object) -> Context:
    return context if isinstance(entry, str) else context.inside()


def _by_type(keys: dict[str, Any], path: Path, context: Context) -> Behaviour:
    for key in keys:
        if key != "other" and not is_type(key):
            raise ScriptError(
                (*path, key), f"{shown(key)} is no query type; a choice by type has types and `other`"
            )
    return ByType(
        {
            codes.type_number(key) or 0: parse(keys[key], (*path, key), context)
            for key in keys
            if key != "other"
        },
        parse(keys["other"], (*path, "other"), context) if "other" in keys else ANSWER,
    )


def _by_edns(keys: dict[str, Any], path: Path, context: Context) -> Behaviour:
    only(keys, (_WITH, _WITHOUT), path)
    present, absent = (
        parse(keys[key], (*path, key), context) if key in keys else ANSWER for key in (_WITH, _WITHOUT)
    )
    return ByEdns(present, absent)


def _each(keys: dict[str, Any], path: Path, context: Context) -> Behaviour:
    only(keys, ("each", "do"), path)
    if "each" not in keys or "do" not in keys:
        raise ScriptError(path, f"`each` ({', '.join(_EACH)}) and `do` (a list of behaviours) go together")
    one_of(keys["each"], (*path, "each"), _EACH)
    listed = sequence(keys["do"], (*path, "do"), "a behaviour for the first query, the second, …")
    entries = _in_order(listed, (*path, "do"), context)
    assert isinstance(entries, InOrder)
    return replace(entries, each=keys["each"])


def _step(value: object, path: Path, context: Context) -> Step:
    """One message among several for a query."""
    if isinstance(value, dict):
        step = _details(mapping(value, path, "details"), path, context)
        if step.delivery.hold:
            raise ScriptError((*path, "hold"), "not within `send`")
        return step
    known = {
        word: behaviour.steps[0]
        for word, behaviour in context.inside().words().items()
        if isinstance(behaviour, Send) and behaviour.steps
    }
    return known[one_of(value, path, known)]


def _details(keys: dict[str, Any], path: Path, context: Context) -> Step:
    allowed = (*message_keys.KEYS, "raw", *_WIRE_KEYS, *context.delivery_keys())
    only(keys, allowed, path)
    content: Message | template.Template
    exact = [key for key in ("raw", "stream") if key in keys]
    if exact:
        only(keys, (exact[0], *_WIRE_KEYS, *context.delivery_keys()), path)
        content = template.parse(keys[exact[0]], (*path, exact[0]))
    else:
        content = message_keys.message(keys, path)
    return Step(
        content,
        cut=integer(keys["cut"], (*path, "cut"), -65535, 65535) if "cut" in keys else None,
        trailing=template.parse(keys["trailing"], (*path, "trailing")) if "trailing" in keys else None,
        delivery=delivery_keys.delivery(keys, path) if keys else Delivery(),
    )
