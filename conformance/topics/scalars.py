"""What a word of a topic means: the core schema of YAML 1.2, without what YAML 1.1 reads differently.

PyYAML implements YAML 1.1, where `no` is a boolean, `1:30` is the number 90 and `010` is 8. Expectations are
compared exactly, so a topic must not mean one thing to its author and another to the program: times and dates
are text here, and words on which the two versions of YAML disagree must be quoted.
"""

import math
import re

TEXT, INT, REAL, BOOL, NULL, UNCLEAR, MAPPING, SEQUENCE = (
    "text",
    "int",
    "real",
    "bool",
    "null",
    "unclear",
    "mapping",
    "sequence",
)

_NAMES = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], NULL),
    **dict.fromkeys(["true", "True", "TRUE", "false", "False", "FALSE"], BOOL),
    **{
        form: UNCLEAR
        for word in ("yes", "no", "on", "off")
        for form in (word, word.capitalize(), word.upper())
    },
}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_UNCLEAR = re.compile(
    r"[-+]?(0[0-9_]+|0o[0-7]+|0b[01_]+|[0-9][0-9_.]*_[0-9_.]*|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"
)
_NUMERIC_START = frozenset("0123456789+-.")


def kind_of(word: str) -> str:
    """The kind of an unquoted scalar: text, int, real, bool, null, or unclear."""
    if kind := _NAMES.get(word):
        return kind
    if word[0] not in _NUMERIC_START:
        return TEXT
    if _INT.fullmatch(word):
        return INT
    if _REAL.fullmatch(word):
        return REAL
    return UNCLEAR if _UNCLEAR.fullmatch(word) else TEXT


def value_of(kind: str, word: str) -> int | float | bool | str | None:
    """The value of a scalar of a kind.

    Raises ValueError for a number that is too large: facts are 64 bit wide.
    """
    if kind == INT:
        number = int(word, 16) if word.lower().startswith("0x") else int(word[:40])
        if not -(2**63) <= number < 2**64:
            raise ValueError(f"{word[:40]} does not fit in 64 bits")
        return number
    if kind == REAL:
        real = float(word)
        if math.isinf(real):
            raise ValueError(f"{word[:40]} does not fit in a double")
        return real
    if kind == BOOL:
        return word.lower() == "true"
    return None if kind == NULL else word
