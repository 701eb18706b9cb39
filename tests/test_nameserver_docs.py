"""docs/nameservers.md says what is true: its examples are scripts, its tables are complete."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from conformance.nameserver import delivery_keys, message_keys, words
from conformance.nameserver.facts import NAMES
from conformance.nameserver.rdata import DATA_TYPES
from conformance.nameserver.script import parse

DOC = (Path(__file__).parent.parent / "docs/nameservers.md").read_text(encoding="utf-8")


def examples() -> Iterator[str]:
    """The entries of all indented blocks, one by one, for many blocks show several values of one key."""
    for block in re.findall(r"(?:^    .*\n)(?:^(?:    .*)?\n)*", DOC, re.MULTILINE):
        if "def " not in block:
            yield from re.findall(r"^\S.*\n(?:^\s.*\n)*", textwrap.dedent(block), re.MULTILINE)


@pytest.mark.parametrize("example", list(examples()))
def test_examples_are_scripts(example: str, tmp_path: Path) -> None:
    (tmp_path / "two_faced.py").write_text("def reply(query):\n    return None\n")
    loaded = yaml.safe_load(example)
    parse(loaded.get("nameservers", [loaded]), tmp_path)


def named_in_tables() -> set[str]:
    cells = re.findall(r"^\| (`.*?`) \|", DOC, re.MULTILINE)
    return {
        word
        for cell in cells
        for quoted in re.findall(r"`(.*?)`", cell)
        for word in [*quoted.split(), quoted]
    }


def test_tables_are_complete() -> None:
    known = {
        *NAMES,
        *message_keys.KEYS,
        *delivery_keys.ANYWHERE,
        *delivery_keys.UDP,
        *delivery_keys.TCP,
        *words.ANYWHERE,
        *words.TCP,
        *words.PORT,
        *words.TCP_PORT,
        *words.CONNECTION,
    }
    not_listed = {f"RCODE{number}" for number in range(12, 15)}
    assert known - not_listed <= named_in_tables()
    assert all(kind in DOC for kind in DATA_TYPES)
