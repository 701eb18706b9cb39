"""The details of a behaviour that say what its message is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from conformance.nameserver import codes, names, record
from conformance.nameserver.behaviour import Message, QuestionChange, Section
from conformance.nameserver.reading import Path, ScriptError, integer, mapping, one_of, only, shown, text
from conformance.nameserver.words import RCODES

_COUNTS = ("questions", "answers", "authority", "additional")
_SECTIONS: dict[str, Section] = {"authority": "authority", "additional": "additional"}


def message(details: dict[str, Any], path: Path) -> Message:
    """The message that the mapping describes; keys that are not in KEYS are none of its business."""
    built = Message()
    if "truncate" in details and "answers" in details:
        raise ScriptError((*path, "truncate"), "either truncate or answers")
    # A return code takes the records away, unless a key after it puts some back.
    for key in sorted(set(details) & set(KEYS), key=list(KEYS).index):
        built = KEYS[key](built, details[key], (*path, key))
    return built


def _rcode(built: Message, value: object, path: Path) -> Message:
    if isinstance(value, int):
        return replace(built, rcode=integer(value, path, 0, 15), answers=0)
    return replace(built, rcode=RCODES[one_of(value, path, RCODES)], answers=0)


def _answers(built: Message, value: object, path: Path) -> Message:
    if isinstance(value, list):
        return replace(built, answers=record.from_lines(value, path))
    if value == "all":
        return replace(built, answers="all")
    if isinstance(value, int):
        return replace(built, answers=integer(value, path, 0, 65535))
    raise ScriptError(path, f"{shown(value)} must be `all`, a number, or a list of record lines")


def _truncate(built: Message, value: object, path: Path) -> Message:
    built = replace(built, flags_set=built.flags_set | codes.FLAGS["TC"])
    if value == "fit":
        return replace(built, answers="all")
    if value == "all":
        return replace(built, answers="all", limit=0)
    if isinstance(value, int):
        return replace(built, answers=integer(value, path, 0, 65535), limit=0)
    raise ScriptError(path, f"{shown(value)} must be a number of records, `fit` or `all`")


def _authority(built: Message, value: object, path: Path) -> Message:
    return replace(built, authority=record.from_lines(value, path))


def _additional(built: Message, value: object, path: Path) -> Message:
    return replace(built, additional=record.from_lines(value, path))


def _limit(built: Message, value: object, path: Path) -> Message:
    return replace(built, limit=0 if value == "none" else integer(value, path, 12, 65535))


def _overflow(built: Message, value: object, path: Path) -> Message:
    how: Literal["fit", "empty", "cut", "cut without TC"]
    for how in ("fit", "empty", "cut", "cut without TC"):
        if value == how:
            return replace(built, overflow=how)
    raise ScriptError(path, f"{shown(value)} is not known here; allowed: fit, empty, cut, cut without TC")


def _flags(built: Message, value: object, path: Path) -> Message:
    form = f"changes such as `+AA -RA` of {' '.join(codes.FLAGS)}"
    on, off = built.flags_set, 0
    for word in text(value, path, form).split():
        if word[0] not in "+-" or word[1:] not in codes.FLAGS:
            raise ScriptError(path, f"{shown(word)} must be {form}")
        on |= codes.FLAGS[word[1:]] if word[0] == "+" else 0
        off |= codes.FLAGS[word[1:]] if word[0] == "-" else 0
    return replace(built, flags_set=on, flags_cleared=off)


def _opcode(built: Message, value: object, path: Path) -> Message:
    if isinstance(value, int):
        return replace(built, opcode=integer(value, path, 0, 15))
    return replace(built, opcode=codes.OPCODES[one_of(value, path, codes.OPCODES)])


def _id(built: Message, value: object, path: Path) -> Message:
    if value == "wrong":
        return replace(built, id="wrong")
    if value == "zero":
        return replace(built, id=0)
    if isinstance(value, int):
        return replace(built, id=integer(value, path, 0, 65535))
    raise ScriptError(path, f"{shown(value)} must be `wrong`, `zero` or a number")


def _question(built: Message, value: object, path: Path) -> Message:
    words = {
        "none": QuestionChange(times=0),
        "twice": QuestionChange(times=2),
        "upper": QuestionChange(upper=True),
    }
    if not isinstance(value, dict):
        return replace(built, question=words[one_of(value, path, words)])
    only(mapping(value, path, "name, type, class"), ("name", "type", "class"), path)
    change = QuestionChange()
    if "name" in value:
        change = replace(change, name=names.from_text(value["name"], (*path, "name")))
    if "type" in value:
        change = replace(change, type=_type(value["type"], (*path, "type")))
    if "class" in value:
        change = replace(
            change, rclass=codes.CLASSES[one_of(value["class"], (*path, "class"), codes.CLASSES)]
        )
    return replace(built, question=change)


def _type(value: object, path: Path) -> int:
    number = codes.type_number(text(value, path, "a type such as AAAA or TYPE257"))
    if number is None:
        raise ScriptError(path, f"{shown(value)} is no type such as AAAA or TYPE257")
    return number


def _counts(built: Message, value: object, path: Path) -> Message:
    only(mapping(value, path, ", ".join(_COUNTS)), _COUNTS, path)
    assert isinstance(value, dict)
    told = (integer(value[key], (*path, key), 0, 65535) if key in value else None for key in _COUNTS)
    return replace(built, counts=tuple(told))


def _order(built: Message, value: object, path: Path) -> Message:
    one_of(value, path, ("reversed",))
    return replace(built, backwards=True)


def _compression(built: Message, value: object, path: Path) -> Message:
    one_of(value, path, ("none",))
    return replace(built, compressed=False)


def _section(built: Message, value: object, path: Path) -> Message:
    return replace(built, section=_SECTIONS[one_of(value, path, _SECTIONS)])


def _size(built: Message, value: object, path: Path) -> Message:
    return replace(built, size=integer(value, path, 12, 65535), limit=0)


def _padding(built: Message, value: object, path: Path) -> Message:
    where: Literal["first", "last", "additional"]
    for where in ("first", "last", "additional"):
        if value == where:
            return replace(built, padding=where)
    raise ScriptError(path, f"{shown(value)} is not known here; allowed: first, last, additional")


def _edns(built: Message, value: object, path: Path) -> Message:
    how: Literal["answer", "never", "always"]
    for how in ("answer", "never", "always"):
        if value == how:
            return replace(built, edns=how)
    if isinstance(value, int):
        return replace(built, edns=integer(value, path, 0, 65535))
    raise ScriptError(path, f"{shown(value)} must be `answer`, `never`, `always` or a size in bytes")


KEYS: dict[str, Callable[[Message, object, Path], Message]] = {
    "rcode": _rcode,
    "answers": _answers,
    "truncate": _truncate,
    "authority": _authority,
    "additional": _additional,
    "size": _size,
    "padding": _padding,
    "limit": _limit,
    "overflow": _overflow,
    "flags": _flags,
    "opcode": _opcode,
    "id": _id,
    "question": _question,
    "counts": _counts,
    "order": _order,
    "compression": _compression,
    "section": _section,
    "edns": _edns,
}
"""In the order in which they are applied."""
