"""What stands in a cell of the matrix: how the probe ended, or the fact that tells libcs apart."""

from collections.abc import Mapping, Sequence

from conformance.case import Facts, Value
from conformance.values import shown

_LONGEST = 24
_CONTEXT = 8
"""Letters that have to be seen of where long values differ."""

_FIRST = ("result", "returned", "value", "output", "errno", "reached")
"""Facts that mostly say what came out, where nothing else decides."""

_OUTCOMES = {"timed-out": "hangs", "not-built": "not built"}


def lead(groups: Sequence[Facts], required: Mapping[str, Value]) -> str | None:
    """The fact that says most: it tells apart the most groups, is required, or is one that people look for.

    How a probe ended is not a candidate: where it was not a plain exit, it is shown in any case.
    """
    ended = [facts for facts in groups if "outcome" not in facts] or list(groups)
    names = {name for facts in ended for name in facts if name not in ("outcome", "at", "in", "waiting")}
    return min(names, key=lambda name: _rank(name, ended, required), default=None)


def _rank(
    name: str, groups: Sequence[Facts], required: Mapping[str, Value]
) -> tuple[int, bool, int, int, str]:
    values = {str(facts.get(name)) for facts in groups}
    place = _FIRST.index(name) if name in _FIRST else len(_FIRST)
    return -len(values), name not in required, place, max(map(len, values)), name


def texts(groups: Sequence[Facts], fact: str | None) -> list[str]:
    """What stands in the cells of each group."""
    ends = [_ending(facts) for facts in groups]
    found = []
    for facts, end in zip(groups, ends, strict=True):
        if end is None:
            found.append(_plain(facts.get(fact)) if fact else "exit 0")
        elif ends.count(end) == 1:
            found.append(end)
        else:
            alike = [other for other, its_end in zip(groups, ends, strict=True) if its_end == end]
            found.append(f"{end} {_plain(facts.get(_telling(alike)))}")
    return shortened(found)


def _ending(facts: Facts) -> str | None:
    """How the probe ended, where that was not a plain exit."""
    if "outcome" not in facts:
        return None
    outcome = str(facts["outcome"])
    return _OUTCOMES.get(outcome, outcome)


def _telling(groups: Sequence[Facts]) -> str:
    """The fact that tells apart groups that ended in the same way."""
    names = {name for facts in groups for name in facts}
    return min(names, key=lambda name: _rank(name, groups, {}))


def _plain(value: Value | None) -> str:
    """A value without quotes: in a cell there is no doubt what is text."""
    if value is None:
        return "–"  # noqa: RUF001
    return value if isinstance(value, str) else shown(value)


def shortened(whole: Sequence[str]) -> list[str]:
    """Long texts cut, from the word in which they begin to differ if that lies beyond the cut."""
    long = sorted({text for text in whole if len(text) > _LONGEST})
    common = _common(long[0], long[-1]) if len(long) > 1 else ""
    start = common.rfind(" ") + 1 if len(common) > _LONGEST - _CONTEXT else 0
    return [_cut(f"…{text[start:]}" if start and text in long else text) for text in whole]


def _common(first: str, last: str) -> str:
    """What the first and the last of sorted texts begin with; so do all between."""
    pairs = zip(first, last, strict=False)
    end = next((at for at, (one, other) in enumerate(pairs) if one != other), len(first))
    return first[:end]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
