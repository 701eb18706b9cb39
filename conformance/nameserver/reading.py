"""Reading YAML values with the path to each, so that a mistake can be shown where it stands."""

import math
import re
from collections.abc import Iterable
from typing import Any

from conformance.errors import UserError

Path = tuple[str | int, ...]
"""Where a value stands: `(0, "records", "www.test", "A")` is within the first name server."""

_DEEPEST = 24


class ScriptError(UserError):
    """A mistake in a case's `nameservers:`.

    `path` leads to it, `message` says what is wrong and what is allowed.
    """

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"nameservers{_shown(path)}: {message}")

    def __reduce__(self) -> tuple[type["ScriptError"], tuple[Path, str]]:
        return ScriptError, (self.path, self.message)


def _shown(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def shown(value: object) -> str:
    """A value as a message quotes it."""
    text = value if isinstance(value, str) else repr(value) if not isinstance(value, dict | list) else "…"
    return f"`{text[:60]}`"


def not_deeper(path: Path) -> None:
    """YAML aliases can make a value contain itself."""
    if len(path) > _DEEPEST:
        raise ScriptError(path[:4], "nested too deeply")


def mapping(value: object, path: Path, what: str) -> dict[str, Any]:
    """A mapping whose keys are strings."""
    if not isinstance(value, dict):
        raise ScriptError(path, f"{shown(value)} must be a mapping: {what}")
    for key in value:
        if not isinstance(key, str):
            raise ScriptError(path, f"the key {shown(key)} must be a string: put it in quotes")
    return value


def only(keys: Iterable[str], allowed: Iterable[str], path: Path) -> None:
    """No key but the allowed ones."""
    for key in keys:
        one_of(key, (*path, key), allowed)


def text(value: object, path: Path, what: str) -> str:
    """A string that UTF-8 can carry."""
    if not isinstance(value, str):
        raise ScriptError(path, f"{shown(value)} must be a string in quotes: {what}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ScriptError(path, "a lone surrogate is not a character") from None
    return value


def one_of(value: object, path: Path, allowed: Iterable[str]) -> str:
    """One of the words allowed here."""
    words = list(allowed)
    if isinstance(value, str) and value in words:
        return value
    raise ScriptError(path, f"{shown(value)} is not known here; allowed: {', '.join(words)}")


def integer(value: object, path: Path, lowest: int, highest: int) -> int:
    """A whole number in a range."""
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ScriptError(path, f"{shown(value)} must be a whole number from {lowest} to {highest}")
    return value


def seconds(value: object, path: Path) -> float:
    """A time of up to an hour."""
    if (
        not isinstance(value, bool)
        and isinstance(value, int | float)
        and math.isfinite(value)
        and 0 <= value <= 3600
    ):
        return float(value)
    raise ScriptError(path, f"{shown(value)} must be a number of seconds from 0 to 3600")


def sequence(value: object, path: Path, what: str) -> list[Any]:
    """A list."""
    if isinstance(value, list):
        return value
    raise ScriptError(path, f"{shown(value)} must be a list: {what}")


def repeated(words: list[str], most: int, path: Path) -> tuple[list[str], int]:
    """Splits a last word `x200` off: how often what stands before it is repeated."""
    if words and (match := re.fullmatch(r"x([0-9]{1,6})", words[-1])):
        return words[:-1], integer(int(match[1]), path, 1, most)
    return words, 1
