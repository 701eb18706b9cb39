"""Writes expectations into the text of a topic and leaves everything else exactly as its author wrote it.

A YAML library that loads and dumps a topic folds its lines anew and loses alignment. So the text is only cut
where facts change, at the places that the parser tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from conformance.case import Value
from conformance.topics.facts import Expectation
from conformance.topics.nodes import compose
from conformance.topics.render import WIDTH, render_facts, render_value
from conformance.values import same, same_facts

_AFTER_EXPECT = ("grade", "why", "advice", "links")
_STEP = 2

_Facts = Mapping[str, Value | None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    start: int
    end: int
    text: str


def rewrite(text: str, old: Mapping[str, Expectation], new: Mapping[str, Expectation]) -> str:
    """A topic's text with the expectations of the cases in `new`, by the cases' names; `old` is what it has.

    Raises ValueError where a case is written in a form that cannot be changed line by line.
    """
    # the parser counts lines as they are here, so the line ends of other systems are put back afterwards
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    text = text if text.endswith("\n") else text + "\n"
    cases = _child(compose(text), "cases")[1]
    edits = [
        edit
        for name, expect in new.items()
        for edit in _Case(text, *_child(cases, name)).edits(old[name], expect)
    ]
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text.replace("\n", newline)


def _child(node: Node | None, name: str) -> tuple[Node, Node]:
    pairs: list[tuple[Node, Node]] = node.value if isinstance(node, MappingNode) else []
    return next((key, value) for key, value in pairs if key.value == name)


def _is_block(node: Node) -> bool:
    return isinstance(node, CollectionNode) and not node.flow_style


class _Case:
    """One case in the text, and the changes that give it another expectation."""

    def __init__(self, text: str, key: Node, node: Node) -> None:
        self.text = text
        self.key = key
        self.node = node

    def edits(self, old: Expectation, new: Expectation) -> list[_Edit]:
        if not _is_block(self.node) or not isinstance(self.node, MappingNode):
            raise ValueError(f"the case {self.key.value} is not written with one key per line")
        keys = [key.value for key, _ in self.node.value]
        if "expect" not in keys:
            return [self._addition(keys, new)]
        key, expect = _child(self.node, "expect")
        if isinstance(expect, MappingNode) and expect.value and _is_block(expect) and new:
            return self._block_edits(expect, old, new, self._selector_line, self._selector_edits)
        return [_Edit(self._line_start(key), self._line_end(expect), self._block(new))]

    def _addition(self, keys: list[str], new: Expectation) -> _Edit:
        before = next((at for at, key in enumerate(keys) if key in _AFTER_EXPECT), len(keys))
        at = (
            self._line_end(self.node.value[before - 1][1])
            if before
            else self._line_start(self.node.value[0][0])
        )
        return _Edit(at, at, self._block(new))

    def _block(self, expect: Expectation) -> str:
        column = self.node.start_mark.column
        lines = [
            f"{' ' * (column + _STEP)}{self._selector_line(column + _STEP, *entry)}"
            for entry in expect.items()
        ]
        return " " * column + ("expect:\n" + "".join(lines) if expect else "expect: {}\n")

    @staticmethod
    def _selector_line(column: int, selector: str, facts: _Facts) -> str:
        start = f"{selector}: "
        return start + render_facts(facts, {}, column + len(start), column + _STEP) + "\n"

    @staticmethod
    def _fact_line(column: int, fact: str, value: Value | None) -> str:
        return f"{fact}: {render_value(value)}\n"

    def _block_edits(
        self,
        mapping: MappingNode,
        old: Mapping[str, _T],
        new: Mapping[str, _T],
        line: Callable[[int, str, _T], str],
        change: Callable[[Node, Node, _T, _T], list[_Edit]],
    ) -> list[_Edit]:
        """Entries removed, changed and added in a mapping with one entry per line."""
        entries = {key.value: (key, value) for key, value in mapping.value}
        edits = [
            _Edit(self._line_start(key), self._line_end(value), "")
            for name, (key, value) in entries.items()
            if name not in new
        ]
        column = mapping.start_mark.column
        at = self._line_start(mapping.value[0][0])
        added: dict[int, str] = {}
        for name, wanted in new.items():
            if name in entries:
                edits += change(*entries[name], old[name], wanted)
                at = self._line_end(entries[name][1])
            else:
                added[at] = added.get(at, "") + " " * column + line(column, name, wanted)
        return edits + [_Edit(at, at, text) for at, text in added.items()]

    def _selector_edits(self, key: Node, node: Node, old: _Facts, new: _Facts) -> list[_Edit]:
        if same_facts(old, new):
            return []
        if _is_block(node) and isinstance(node, MappingNode):
            return self._block_edits(node, old, new, self._fact_line, self._fact_edits)
        values = {fact.value: value for fact, value in node.value}
        if old.keys() == new.keys():
            edits = [
                edit for fact in old for edit in self._fact_edits(key, values[fact], old[fact], new[fact])
            ]
            growth = sum(len(edit.text) - (edit.end - edit.start) for edit in edits)
            if self._line_end(node) - self._line_start(key) + growth <= WIDTH:
                return edits
        if "#" in self._between_values(node):
            raise ValueError(f"line {key.start_mark.line + 1} has a comment among the facts of `{key.value}`")
        kept = {
            fact: self.text[node.start_mark.index : node.end_mark.index]
            for fact, node in values.items()
            if fact in new and same(old[fact], new[fact]) and node.start_mark.line == node.end_mark.line
        }
        column, indent = node.start_mark.column, key.start_mark.column + _STEP
        return [self._replacement(key, node, render_facts(new, kept, column, indent))]

    def _between_values(self, node: Node) -> str:
        """The text of a mapping or list in flow style without its scalars: punctuation and comments."""
        if isinstance(node, ScalarNode):
            return ""
        parts = [part for entry in node.value for part in (entry if isinstance(entry, tuple) else [entry])]
        ends = [node.start_mark.index, *(part.end_mark.index for part in parts)]
        starts = [*(part.start_mark.index for part in parts), node.end_mark.index]
        own = "".join(self.text[end:start] for end, start in zip(ends, starts, strict=True))
        return own + "".join(map(self._between_values, parts))

    def _fact_edits(self, key: Node, node: Node, old: Value | None, new: Value | None) -> list[_Edit]:
        return [] if same(old, new) else [self._replacement(key, node, render_value(new))]

    def _replacement(self, key: Node, node: Node, text: str) -> _Edit:
        """A value in the place of another, after its key where the other is below it."""
        if node.start_mark.line == key.start_mark.line or not _is_block(node):
            return _Edit(node.start_mark.index, self._end(node), text)
        return _Edit(key.end_mark.index, self._end(node), f": {text}")

    def _end(self, node: Node) -> int:
        """Where a value ends; the parser's own mark of a block is only at the next key."""
        if _is_block(node):
            return self._end(node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1])
        start, end = node.start_mark.index, node.end_mark.index
        return int(start) + len(self.text[start:end].rstrip())

    def _line_start(self, node: Node) -> int:
        start = self.text.rfind("\n", 0, node.start_mark.index) + 1
        if self.text[start : node.start_mark.index].strip():
            raise ValueError(f"line {node.start_mark.line + 1} has more than one key")
        return start

    def _line_end(self, node: Node) -> int:
        return self.text.index("\n", self._end(node)) + 1
