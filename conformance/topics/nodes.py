"""YAML as a tree of items that know their line and key, so that every mistake can be located.

Reading goes on after a mistake: a method that cannot give the wanted type notes the mistake and gives None.
Anchors and tags are refused: an expectation should be readable where it stands.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from conformance.topics.errors import Problems, shorter
from conformance.topics.scalars import (
    BOOL,
    INT,
    MAPPING,
    NULL,
    REAL,
    SEQUENCE,
    TEXT,
    UNCLEAR,
    kind_of,
    value_of,
)

_DEPTH = 20
_KINDS = {TEXT, INT, REAL, BOOL, NULL, UNCLEAR, MAPPING, SEQUENCE}
_SIZE = 4 << 20


class Composer(CParser):
    """libyaml's parser with this program's scalars instead of YAML 1.1's."""

    def resolve(self, kind: type[Node], value: str | None, implicit: tuple[bool, bool] | bool) -> str:
        if kind is ScalarNode and value is not None:
            return kind_of(value) if isinstance(implicit, tuple) and implicit[0] else TEXT
        return MAPPING if kind is MappingNode else SEQUENCE

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        """Called by CParser for path resolvers, of which there are none."""

    def ascend_resolver(self) -> None:
        """Called by CParser for path resolvers, of which there are none."""


def compose(text: str) -> Node | None:
    """The tree of a YAML document; None where it is empty.

    Raises yaml.YAMLError.
    """
    parser = Composer(text)
    try:
        return parser.get_single_node()
    finally:
        parser.dispose()


def decoded(content: bytes, problems: Problems) -> str | None:
    """A topic's text, or None where it is not UTF-8."""
    if len(content) > _SIZE:
        problems.add(1, "", f"is larger than {_SIZE >> 20} MiB: split it")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.add(line, "", f"byte 0x{content[error.start]:02x} is not UTF-8: save the file as UTF-8")
        return None


def document(
    text: str, problems: Problems, wanted: str = "a topic has `topic`, `about` and `cases`"
) -> "Item | None":
    """The file as an item, or None after a mistake of syntax; `wanted` says what an empty one lacks."""
    try:
        node = compose(text)
    except yaml.YAMLError as error:
        problems.add(*_syntax_error(error, text))
        return None
    if node is None:
        problems.add(1, "", f"{shorter(problems.source)} is empty: {wanted}")
        return None
    root = Item(node, "", problems)
    return root if root.is_plain_tree() else None


def _syntax_error(error: yaml.YAMLError, text: str) -> tuple[int, str, str]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        position = getattr(error, "position", None) or 0
        reason = getattr(error, "reason", None) or str(error)
        return text.count("\n", 0, position) + 1, "", f"not YAML: {reason}"
    what = getattr(error, "problem", None) or getattr(error, "context", None) or "syntax error"
    lines = text.split("\n")
    line = min(mark.line, len(lines) - 1)
    if re.match(r"\s*\t", lines[line]):
        what += "; there is a tab: indent with spaces"
    return line + 1, "", f"not YAML: {what} (column {mark.column + 1})"


def line_of(node: Node) -> int:
    """The line on which a node starts, counted from 1."""
    return int(node.start_mark.line) + 1


class Item:
    """A node with its place: the dotted key that leads to it, and where its mistakes are noted."""

    __slots__ = ("key", "line", "node", "problems")

    def __init__(self, node: Node, key: str, problems: Problems, beside: Node | None = None) -> None:
        """`beside` is the node of the key of a mapping's value: mistakes are noted on its line."""
        self.node = node
        self.key = key
        self.problems = problems
        self.line = line_of(beside or node)

    def wrong(self, message: str) -> None:
        """Note a mistake here."""
        self.problems.add(self.line, self.key, message)

    def is_plain_tree(self) -> bool:
        """Whether there is no anchor, no tag and no deep nesting below; notes these as mistakes."""
        seen: set[int] = set()
        waiting = [(self.node, 0)]
        before = len(self.problems.found)
        while waiting:
            node, depth = waiting.pop()
            if id(node) in seen:
                self.problems.add(line_of(node), "", "YAML anchors are not supported: write it out")
            elif depth > _DEPTH:
                self.problems.add(line_of(node), "", f"nested more than {_DEPTH} deep")
            elif node.tag not in _KINDS:
                tag = f"YAML tags such as {node.tag} are not supported"
                self.problems.add(line_of(node), "", tag)
            elif isinstance(node, MappingNode):
                waiting += [(part, depth + 1) for pair in node.value for part in pair]
            elif isinstance(node, SequenceNode):
                waiting += [(part, depth + 1) for part in node.value]
            seen.add(id(node))
        return len(self.problems.found) == before

    @property
    def described(self) -> str:
        """The value as error messages show it."""
        if isinstance(self.node, MappingNode):
            return "a mapping"
        if isinstance(self.node, SequenceNode):
            return "a list"
        if self.node.tag == NULL:
            return "nothing"
        word = self.node.value if len(self.node.value) <= 40 else self.node.value[:37] + "..."
        return f"the number {word}" if self.node.tag in (INT, REAL) else f"{word!r}"

    def entries(self, wanted: str) -> dict[str, "Item"] | None:
        """A mapping's values by key; None where it is none. `wanted` says what belongs here."""
        if not isinstance(self.node, MappingNode):
            self.wrong(f"must be {wanted}, not {self.described}")
            return None
        found: dict[str, Item] = {}
        for key, value in self.node.value:
            if not isinstance(key, ScalarNode) or not key.value:
                Item(key, self.key, self.problems).wrong("a key must be a word")
                continue
            item = Item(value, f"{self.key}.{key.value}" if self.key else key.value, self.problems, key)
            if key.value in found:
                item.wrong(f"is given twice, first on line {found[key.value].line}")
            else:
                found[key.value] = item
        return found

    def items(self, wanted: str) -> list["Item"] | None:
        """A list's members; None where it is none."""
        if not isinstance(self.node, SequenceNode):
            self.wrong(f"must be {wanted}, not {self.described}")
            return None
        return list(self._members())

    def _members(self) -> Iterator["Item"]:
        for index, node in enumerate(self.node.value):
            yield Item(node, f"{self.key}[{index}]", self.problems)

    @property
    def is_scalar(self) -> bool:
        return isinstance(self.node, ScalarNode)

    @property
    def is_null(self) -> bool:
        return self.is_scalar and self.node.tag == NULL

    def text(self) -> str | None:
        """Text that is not empty, without the space around it."""
        if not self.is_scalar or self.node.tag != TEXT or not self.node.value.strip():
            self.wrong(f"must be text, not {self.described}" + self._hint())
            return None
        text = self._without_nul()
        return text and text.strip()

    def literal(self) -> str | None:
        """A scalar exactly as written, for what becomes text anyway: `run: [5, on]`."""
        if not self.is_scalar or self.is_null:
            self.wrong(f"must be text, not {self.described}")
            return None
        return self._without_nul()

    def _without_nul(self) -> str | None:
        if "\0" in self.node.value:
            self.wrong("must not contain a NUL character")
            return None
        return str(self.node.value)

    def _hint(self) -> str:
        return ": put it in quotes" if self.is_scalar and not self.is_null and self.node.value else ""

    def number(self) -> int | float | None:
        """An integer or a real."""
        if self.is_scalar and self.node.tag in (INT, REAL):
            value = self.value()
            return value if isinstance(value, int | float) else None
        self.wrong(f"must be a number, not {self.described}")
        return None

    def value(self) -> int | float | bool | str | None:
        """A scalar's value; None also after a mistake."""
        if self.node.tag == UNCLEAR:
            self.wrong(
                f"{self.node.value} is read differently by YAML 1.1 and 1.2: "
                f"write '{self.node.value}' for the text, or true, false or a plain decimal number"
            )
            return None
        try:
            return value_of(self.node.tag, self.node.value)
        except ValueError as error:
            self.wrong(str(error))
            return None

    def plain(self) -> Any:
        """The value with all that is below it as dictionaries, lists and scalars."""
        if isinstance(self.node, MappingNode):
            return {key: item.plain() for key, item in (self.entries("a mapping") or {}).items()}
        if isinstance(self.node, SequenceNode):
            return [item.plain() for item in self._members()]
        return self.value()

    def below(self, path: Iterable[str | int]) -> "Item":
        """The item that a path of keys and list positions leads to, or the nearest one above it."""
        item = self
        for part in path:
            found = item._child(part)
            if found is None:
                break
            item = found
        return item

    def _child(self, part: str | int) -> "Item | None":
        if isinstance(self.node, MappingNode):
            for key, value in self.node.value:
                if key.value == part:
                    return Item(value, f"{self.key}.{part}", self.problems, key)
        elif isinstance(self.node, SequenceNode) and isinstance(part, int) and part < len(self.node.value):
            return Item(self.node.value[part], f"{self.key}[{part}]", self.problems)
        return None
