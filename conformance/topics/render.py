"""Values and facts as a topic spells them, so that reading gives the same values again."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from conformance.case import Value
from conformance.topics.scalars import TEXT, kind_of

WIDTH = 110

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./+*=<>()%@^~;$ -]*")


def render_value(value: Value | None) -> str:
    """A value on one line, in the flow style of YAML; null for an absent fact."""
    if value is None:
        return "~"
    if isinstance(value, list):
        return "[" + ", ".join(map(render_value, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and kind_of(text) == TEXT:
        return text
    return "'" + text.replace("'", "''") + "'"


def render_facts(
    facts: Mapping[str, Value | None], written: Mapping[str, str], column: int, indent: int
) -> str:
    """A mapping in flow style that starts at `column`; lines that follow are indented by `indent`.

    `written` has the texts of values that stand in the topic already and stay as they are.
    """
    words = list(_words(facts, written))
    text = "{" + words[0]
    width = column + len(text)
    for word in words[1:]:
        if width + 1 + len(word) + 1 > WIDTH:
            text += "\n" + " " * indent + word
            width = indent + len(word)
        else:
            text += " " + word
            width += 1 + len(word)
    return text + "}"


def _words(facts: Mapping[str, Value | None], written: Mapping[str, str]) -> Iterator[str]:
    """The parts between which a line may be broken."""
    for at, (name, value) in enumerate(facts.items()):
        comma = "," if at < len(facts) - 1 else ""
        if name in written:
            yield f"{name}: {written[name]}{comma}"
        elif isinstance(value, list) and value:
            yield from _list_words(f"{name}: [", map(render_value, value), f"]{comma}")
        else:
            yield f"{name}: {render_value(value)}{comma}"


def _list_words(start: str, members: Iterable[str], end: str) -> Iterator[str]:
    *most, last = members
    for member in most:
        yield f"{start}{member},"
        start = ""
    yield f"{start}{last}{end}"
