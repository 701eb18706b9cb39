"""Whatever a topic holds, reading it gives cases or a TopicError, never another exception."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from topic_samples import TOPIC, write_topic

from conformance.topics import TopicError, load_text
from conformance.topics.errors import Problems
from conformance.topics.nodes import document

RELAXED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLAIN: dict[str, Any] = document(TOPIC, Problems(Path("topic"))).plain()  # type: ignore[union-attr]

SNIPPETS = [
    *("\t", "\n", "  ", ": ", "- ", "{", "}", "[", "]", "'", '"', "#", "%", "? ", "~", "|\n", ">"),
    *("&a ", "*a", "!x ", "<<: ", "---\n", "\0", "\ufeff", "\x85", "é", "1e999", "0o8"),
]
LINE_ENDS = ("\n", "\r", "\x85", "\u2028", "\u2029")
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=8), st.integers(), max_size=3),
    st.sampled_from(
        ["musl >=1.2", "..", "/etc/x", "all", "1.2.3", [], {}, [[]], {"": 1}, "\0", "a" * 5000, [None]]
    ),
)


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    return write_topic(tmp_path)


def survives(text: str, topic: Path) -> None:
    told = []
    try:
        load_text(text, topic, topic.parent.parent)
    except TopicError as error:
        told = error.problems or [None]
    lines = sum(map(text.count, LINE_ENDS)) + 1
    assert all(problem is not None and 1 <= problem.line <= lines for problem in told)


@RELAXED
@given(
    at=st.integers(0, len(TOPIC)),
    length=st.integers(0, 30),
    text=st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=10)),
)
def test_a_topic_with_its_text_changed(topic: Path, at: int, length: int, text: str) -> None:
    survives(TOPIC[:at] + text + TOPIC[at + length :], topic)


@RELAXED
@given(seed=st.integers(0, 2**32))
def test_a_topic_with_its_lines_shuffled(topic: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = TOPIC.splitlines(keepends=True)
    for _ in range(chance.randrange(1, 4)):
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    survives("".join(lines), topic)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Each container with each of its keys."""
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree))) if isinstance(tree, list) else []
    return [(tree, key) for key in keys] + [place for key in keys for place in places(tree[key])]


@RELAXED
@given(data=st.data())
def test_a_topic_with_its_structure_changed(topic: Path, data: st.DataObject) -> None:
    tree = yaml.safe_load(yaml.safe_dump(PLAIN))
    container, key = data.draw(st.sampled_from(places(tree)))
    container[key] = data.draw(odd)
    if isinstance(container, dict) and data.draw(st.booleans()):
        container[data.draw(st.one_of(st.text(max_size=5), st.integers()))] = container.pop(key)
    survives(yaml.safe_dump(tree, allow_unicode=data.draw(st.booleans())), topic)


@RELAXED
@given(text=st.text())
def test_any_text(topic: Path, text: str) -> None:
    survives(text, topic)
