"""Bytes as a topic writes them: hexadecimal, and words for what only the query can tell."""

import re
from dataclasses import dataclass

from conformance.nameserver.query import Query
from conformance.nameserver.reading import Path, ScriptError, repeated, shown, text

_WORDS = ("ID", "QUESTION", "QUERY")
_LONGEST = 65535


@dataclass(frozen=True, slots=True)
class Template:
    """Groups of bytes, or words that stand for parts of the query, in order."""

    groups: tuple[bytes | str, ...]

    def fill(self, query: Query) -> bytes:
        """The bytes for this query."""
        return b"".join(group if isinstance(group, bytes) else _part(group, query) for group in self.groups)


def _part(word: str, query: Query) -> bytes:
    return {"ID": query.raw[:2], "QUESTION": query.question, "QUERY": query.raw}[word]


def parse(value: object, path: Path) -> Template:
    """Reads `ID 8180 ff x500`."""
    groups: list[bytes | str] = []
    for written in text(value, path, "bytes in hexadecimal").split():
        rest, count = repeated([written], _LONGEST, path)
        if not rest:
            if not groups:
                raise ScriptError(path, f"{shown(written)} has nothing before it to repeat")
            groups += [groups[-1]] * (count - 1)
        elif written in _WORDS:
            groups.append(written)
        elif re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", written):
            groups.append(bytes.fromhex(written))
        else:
            raise ScriptError(
                path, f"{shown(written)} must be whole bytes in hexadecimal, {', '.join(_WORDS)} or xN"
            )
    if sum(len(group) for group in groups) > _LONGEST:
        raise ScriptError(path, f"a message is {_LONGEST} bytes at most")
    return Template(tuple(groups))
