"""The details of a behaviour that say how its message is sent."""

import ipaddress
from dataclasses import replace
from typing import Any, Literal

from conformance.nameserver import codes
from conformance.nameserver.behaviour import Delivery
from conformance.nameserver.reading import (
    Path,
    ScriptError,
    integer,
    mapping,
    only,
    seconds,
    sequence,
    shown,
    text,
)

ANYWHERE = ("delay", "times", "hold", "bound")
UDP = ("from",)
TCP = ("length", "stream", "drip", "then")


def delivery(details: dict[str, Any], path: Path) -> Delivery:
    """How to send what the mapping describes; keys that are not about sending are none of its business."""
    built = Delivery(framed="stream" not in details)
    for key, value in details.items():
        here = (*path, key)
        if key == "delay":
            built = replace(built, delay=seconds(value, here))
        elif key == "times":
            built = replace(built, times=integer(value, here, 1, 1000))
        elif key == "hold":
            built = replace(built, hold=_types(value, here))
        elif key == "bound":
            built = replace(built, bound=seconds(value, here))
        elif key == "from":
            built = replace(built, source=_source(value, here))
        elif key == "length":
            built = replace(built, length=integer(value, here, 0, 65535))
        elif key == "drip":
            built = _drip(built, value, here)
        elif key == "then":
            built = replace(built, then=_ending(value, here))
    if "stream" in details and "length" in details:
        raise ScriptError((*path, "length"), "a stream has no length prefix")
    if "bound" in details and "hold" not in details:
        raise ScriptError((*path, "bound"), "only together with hold")
    return built


def _types(value: object, path: Path) -> tuple[int, ...]:
    numbers = []
    for i, word in enumerate(sequence(value, path, "types such as [AAAA, A]")):
        number = codes.type_number(word) if isinstance(word, str) else None
        if number is None or number in numbers:
            raise ScriptError(
                (*path, i), f"{shown(word)} must be a type such as AAAA that is not listed before"
            )
        numbers.append(number)
    if not numbers:
        raise ScriptError(path, "at least one type")
    return tuple(numbers)


def _source(value: object, path: Path) -> tuple[str | None, int | None]:
    only(mapping(value, path, "address, port or both"), ("address", "port"), path)
    assert isinstance(value, dict)
    if not value:
        raise ScriptError(path, "address, port or both")
    address = loopback(value["address"], (*path, "address")) if "address" in value else None
    return address, integer(value["port"], (*path, "port"), 1, 65535) if "port" in value else None


def loopback(value: object, path: Path) -> str:
    """An address that the sandbox has, in its usual form."""
    form = "an address such as 127.0.0.1, or ::1"
    try:
        address = ipaddress.ip_address(text(value, path, form))
    except ValueError:
        address = None
    if address is None or not address.is_loopback or "%" in str(address):
        raise ScriptError(path, f"{shown(value)} must be {form}")
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _drip(built: Delivery, value: object, path: Path) -> Delivery:
    given = mapping(value, path, "bytes or at, and every")
    only(given, ("bytes", "at", "every"), path)
    if ("bytes" in given) == ("at" in given) or "every" not in given:
        raise ScriptError(
            path, "either `bytes` (a piece's length) or `at` (offsets), and `every` (seconds between pieces)"
        )
    every = seconds(given["every"], (*path, "every"))
    if "bytes" in given:
        return replace(built, pieces=integer(given["bytes"], (*path, "bytes"), 1, 65535), every=every)
    listed = sequence(given["at"], (*path, "at"), "offsets")
    cuts = tuple(integer(cut, (*path, "at", i), 1, 65536) for i, cut in enumerate(listed))
    if list(cuts) != sorted(set(cuts)):
        raise ScriptError((*path, "at"), "offsets must rise")
    return replace(built, cuts=cuts, every=every)


def _ending(value: object, path: Path) -> Literal["close", "reset"]:
    if value == "close":
        return "close"
    if value == "reset":
        return "reset"
    raise ScriptError(path, f"{shown(value)} is not known here; allowed: close, reset")
