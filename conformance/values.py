"""Facts as values that are compared exactly: by type, then by value.

1, 1.0, true and "1" are four different values, so an expectation of a real is written with its point. The
same spelling serves comparison, grouping and files.
"""

import json
from collections.abc import Mapping
from typing import Any

from conformance.case import Facts, Value


def spelling(value: Value | None) -> str:
    """The JSON of a value; two values are the same exactly if their spellings are."""
    return json.dumps(value, sort_keys=True)


def same(one: Value | None, other: Value | None) -> bool:
    """Whether two values agree in type and value; lists do member by member, in order."""
    return spelling(one) == spelling(other)


def same_facts(one: Mapping[str, Value | None], other: Mapping[str, Value | None]) -> bool:
    """Whether two sets of facts have the same names and values, in any order."""
    return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())


def shown(value: Value | None) -> str:
    """A value as tables and messages show it: text is quoted only where it could be mistaken."""
    if value is None:
        return "absent"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, str):
        return value if _is_unmistakable(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _is_unmistakable(text: str) -> bool:
    if not text or text != text.strip() or text in ("absent", "true", "false"):
        return False
    try:
        float(text)
    except ValueError:
        return not set(text) & set(',[]"|')
    return False


def in_order(facts: Facts) -> Facts:
    """Facts sorted by name."""
    return {name: facts[name] for name in sorted(facts)}


def as_line(entry: dict[str, Any]) -> bytes:
    """One line of JSON in ASCII, keys in the order given."""
    return json.dumps(entry, separators=(", ", ": ")).encode("ascii") + b"\n"
