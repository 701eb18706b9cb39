"""How apk orders versions, and what a version constraint matches (apk-package(5), apk-world(5)).

`number{.number}{letter}{_suffix{number}}{~hash}{-r#}`: two versions are compared part by part. Where they go
on with different kinds of parts, the rarer kind at that place wins, and a pre-release loses against all.
"""

import re
from collections.abc import Iterator
from functools import cache

_SUFFIXES = ("alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p")
_RELEASE = _SUFFIXES.index("")

# What comes next in a version, worst first. An unknown part ends the comparison, as it does in apk.
_PRE_RELEASE, _UNKNOWN, _END, _REVISION, _HASH, _SUFFIX_NUMBER, _SUFFIX, _LETTER, _NUMBER = range(9)

_FIRST = re.compile(r"[0-9]+")
_PARTS = re.compile(
    r"(?P<number>\.?[0-9]+)|(?P<letter>[a-z])|_(?P<suffix>[a-z]+)|~(?P<hash>[0-9a-f]+)|-r(?P<revision>[0-9]+)",
)

_FOLLOWS = {
    "number": {"first", "number"},
    "letter": {"first", "number"},
    "suffix": {"first", "number", "letter", "suffix", "suffix number"},
    "suffix number": {"suffix"},
    "hash": {"first", "number", "letter", "suffix", "suffix number"},
    "revision": {"first", "number", "letter", "suffix", "suffix number", "hash"},
}
"""What may stand before each kind of part."""

Part = tuple[int, int, str]
Key = tuple[Part, ...]

OPERATORS = ("", "=", "<", ">", "<=", ">=", "~", "<~", ">~")


@cache
def sort_key(version: str) -> Key:
    """What orders versions as apk does; two versions are equal to apk exactly if their keys are."""
    return tuple(_parts(version))


def is_valid(version: str) -> bool:
    """Whether apk takes `version` for one."""
    return sort_key(version)[-1][0] == _END


def matches(version: str, operator: str, wanted: str) -> bool:
    """Whether `version` fulfils a constraint: one of OPERATORS and the version that it is held against.

    `~` compares only as many parts as `wanted` has: `1.6.1` and `1.6-r2` match `~1.6`, `1.60` does not.
    """
    if not operator:
        return True
    have, want = sort_key(version), sort_key(wanted)
    if "~" in operator and have[: len(want) - 1] == want[:-1] and want[-1][0] == _END:
        return True
    if have == want:
        return "=" in operator or "~" in operator
    return "<" in operator if have < want else ">" in operator


def _parts(version: str) -> Iterator[Part]:
    match = _FIRST.match(version)
    if match is None:
        yield _UNKNOWN, 0, ""
        return
    yield _NUMBER, int(match.group()), ""
    before, place = "first", match.end()
    while place < len(version):
        match = _PARTS.match(version, place)
        part = _part(match, before) if match else None
        if match is None or part is None:
            yield _UNKNOWN, 0, ""
            return
        kind, value = part
        yield value
        before, place = kind, match.end()
    yield _END, 0, ""


def _part(match: re.Match[str], before: str) -> tuple[str, Part] | None:
    """The kind and the value of a part, None where it may not stand after what is `before` it."""
    kind = match.lastgroup
    assert kind is not None, "every alternative of the pattern is named"
    text = match.group(kind)
    if kind == "number" and before == "suffix" and not text.startswith("."):
        kind = "suffix number"
    if before not in _FOLLOWS[kind]:
        return None
    match kind:
        case "number":
            return kind, _number(text.removeprefix("."))
        case "suffix number":
            return kind, (_SUFFIX_NUMBER, int(text), "")
        case "letter":
            return kind, (_LETTER, 0, text)
        case "hash":
            return kind, (_HASH, 0, text)
        case "revision":
            return kind, (_REVISION, int(text), "")
    if text not in _SUFFIXES:
        return None
    rank = _SUFFIXES.index(text)
    return kind, (_PRE_RELEASE if rank < _RELEASE else _SUFFIX, rank, "")


def _number(digits: str) -> Part:
    """Numbers with a leading zero are compared as text, and so come before all others."""
    return (_NUMBER, -1, digits) if digits.startswith("0") else (_NUMBER, int(digits), "")
