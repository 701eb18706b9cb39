"""The matrix: one row per case, in it the libcs that recorded the same facts as one group."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.case import Case, Facts
from conformance.report.lead import lead, texts
from conformance.report.reading import Run, Seen

NOT_RUN, FAILED = -1, -2
"""In place of a group: the case was not run on the libc, or its surroundings failed."""


@dataclass(slots=True)
class Row:
    """A case on all libcs of the report.

    `case` is None where no topic is known. `groups` are the JSON texts of the different facts, numbered from
    the first libc on; `of` has for each libc its group, NOT_RUN or FAILED. `lead` is the fact that
    the `shown` texts of the groups come from.
    """

    id: str
    case: Case | None
    seen: tuple[Seen | None, ...]
    groups: tuple[str, ...]
    of: tuple[int, ...]
    lead: str | None
    shown: tuple[str, ...]

    @property
    def family(self) -> str:
        """The case's family, as far as its id tells where no topic is known."""
        return self.case.family if self.case else self.id.partition("/")[0]

    @property
    def title(self) -> str:
        """The case's title, or its name."""
        return self.case.title if self.case else self.id.rpartition("::")[2]


def rows(run: Run, libcs: Sequence[str], cases: Mapping[str, Case]) -> list[Row]:
    """A row for each case of the run: by topic, and in the order in which they are written there."""
    return [_row(case, cases.get(case), run.seen[case], libcs) for case in _in_order(run.seen, cases)]


def _in_order(ids: Iterable[str], cases: Mapping[str, Case]) -> list[str]:
    def place(case: str) -> tuple[str, int, str]:
        return case.partition("::")[0], cases[case].line if case in cases else 0, case

    return sorted(ids, key=place)


def _row(name: str, case: Case | None, by_libc: Mapping[str, Seen], libcs: Sequence[str]) -> Row:
    seen = tuple(by_libc.get(libc) for libc in libcs)
    numbers: dict[str, int] = {}
    of = tuple(
        NOT_RUN
        if one is None
        else FAILED
        if one.facts is None
        else numbers.setdefault(one.facts, len(numbers))
        for one in seen
    )
    facts: list[Facts] = [json.loads(text) for text in numbers]
    fact = lead(facts, case.requires if case else {})
    return Row(name, case, seen, tuple(numbers), of, fact, tuple(texts(facts, fact)))
