"""A YAML file of somebody else's, of which every mistake is told with file and line."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from conformance.errors import UserError


@dataclass(frozen=True, slots=True)
class Value:
    """A node and its place: the dotted key that leads to it, and the line, counted from 1."""

    node: Node
    file: Path
    key: str
    line: int

    def wrong(self, message: str) -> NoReturn:
        """Raises UserError, which names the place."""
        raise UserError(f"{self.file}:{self.line}: {self.key}: {message}")

    def mapping(self) -> dict[str, "Value"]:
        """The values of a mapping by key; what is empty has none. Raises UserError."""
        if self._is_empty():
            return {}
        if not isinstance(self.node, MappingNode):
            self.wrong("must be a mapping")
        return {
            str(key.value): Value(
                value,
                self.file,
                f"{self.key}.{key.value}" if self.key else str(key.value),
                key.start_mark.line + 1,
            )
            for key, value in self.node.value
        }

    def texts(self) -> list["Value"]:
        """The members of a list, all of them plain words; what is empty has none. Raises UserError."""
        if self._is_empty():
            return []
        if not isinstance(self.node, SequenceNode):
            self.wrong("must be a list")
        members = [
            Value(node, self.file, f"{self.key}[{index}]", node.start_mark.line + 1)
            for index, node in enumerate(self.node.value)
        ]
        for member in members:
            member.text()
        return members

    def text(self) -> str:
        """A word as it is written, numbers included. Raises UserError."""
        if not isinstance(self.node, ScalarNode) or not self.node.value:
            self.wrong("must be a word")
        return str(self.node.value)

    def unknown(self, allowed: Iterable[str]) -> NoReturn:
        """Raises UserError for a key that there is not."""
        choices = list(allowed)
        close = difflib.get_close_matches(self.key.rpartition(".")[2], choices, n=1)
        self.wrong(
            "is not known" + (f"; did you mean {close[0]}?" if close else f"; known: {', '.join(choices)}")
        )

    def _is_empty(self) -> bool:
        return isinstance(self.node, ScalarNode) and self.node.value in ("", "~", "null")


def read(content: bytes, file: Path) -> Value:
    """The top of the YAML document `content` of `file`. Raises UserError."""
    try:
        node = yaml.compose(content, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise UserError(f"{file}:{line}: not YAML: {getattr(error, 'problem', None) or error}") from error
    if node is None:
        raise UserError(f"{file}: is empty")
    return Value(node, file, "", 1)
