"""Tables over observations: which fact has which value on which libc, and where libcs part.

pandas takes long to import, so this module is imported where a table is wanted, never at the start of pytest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from packaging.version import InvalidVersion, Version

from conformance.builds import by_name
from conformance.case import Case, Observation
from conformance.judge import observed_facts
from conformance.results import Line, Results
from conformance.values import spelling
from conformance.versions import FAMILIES, split_name

ABSENT = spelling(None)
"""The value of a fact that a libc did not give though it ran the case."""

Columns = Mapping[str, Iterable[Observation]]
"""What is compared: the observations of each column, which is mostly a libc."""


def by_libc(results: Results) -> dict[str, list[Observation]]:
    """The observations of each libc of a run: musl before glibc, old versions before new ones."""
    columns: dict[str, list[Observation]] = {}
    for line in results.lines:
        columns.setdefault(line.observation.libc, []).append(line.observation)
    return {name: columns[name] for name in libcs_in_order(columns, results.run)}


def libcs_in_order(names: Iterable[str], run: Mapping[str, Any]) -> list[str]:
    """Names of libcs as tables show them; `run` is the run.json that says what they are."""
    known = {name: (libc["family"], libc["version"]) for name, libc in by_name(run).items()}
    return sorted(names, key=lambda name: _rank(*known.get(name, split_name(name))))


def _rank(family: str, version: str) -> tuple[int, Version, str]:
    try:
        return FAMILIES.index(family), Version(version), ""
    except (ValueError, InvalidVersion):
        return len(FAMILIES), Version("0"), f"{family}-{version}"


def facts(columns: Columns) -> pd.DataFrame:
    """All judged facts in long form: `case`, `libc`, `fact`, and `value` in the spelling of JSON.

    What could not run has no facts.
    """
    rows = [
        (observation.case, libc, fact, spelling(value))
        for libc, observations in columns.items()
        for observation in observations
        if observation.outcome.kind != "failed"
        for fact, value in observed_facts(observation).items()
    ]
    return pd.DataFrame(rows, columns=["case", "libc", "fact", "value"], dtype=object)


def table(columns: Columns) -> pd.DataFrame:
    """A row for each case and fact, a column for each libc.

    A cell is ABSENT where the libc ran the case without giving the fact, and missing where it did not run it.
    """
    wide = facts(columns).pivot(index=["case", "fact"], columns="libc", values="value")
    wide = wide.reindex(columns=list(columns)).astype(object)
    cases = wide.index.get_level_values("case")
    for libc, observations in columns.items():
        ran = [observation.case for observation in observations if observation.outcome.kind != "failed"]
        wide.loc[wide[libc].isna() & cases.isin(ran), libc] = ABSENT
    return wide


def divergences(wide: pd.DataFrame, cases: Mapping[str, Case]) -> pd.DataFrame:
    """The rows of a table whose values differ, with `grade` and `why` of those cases that are known."""
    if wide.empty:
        return wide.assign(grade=None, why=None)
    first = wide.bfill(axis=1).iloc[:, 0]
    rows = wide[(wide.ne(first, axis=0) & wide.notna()).any(axis=1)]
    known = [cases.get(case) for case in rows.index.get_level_values("case")]
    remarks = [(_grades(case), case.why) if case else (None, None) for case in known]
    return rows.join(pd.DataFrame(remarks, index=rows.index, columns=["grade", "why"], dtype=object))


def _grades(case: Case) -> str | None:
    """`musl: limit, glibc: bug`."""
    return ", ".join(f"{family}: {grade}" for family, grade in case.grade.items()) or None


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases of a run. Each is counted once from `same` to `could_not_run`, by the worst that befell it."""

    cases: int
    same: int
    divergent: int
    unexpected: int
    new: int
    could_not_run: int
    deviating: int

    def __str__(self) -> str:
        parts = {
            "the same on all libcs": self.same,
            "known to diverge": self.divergent,
            "unexpected": self.unexpected,
            "new": self.new,
            "could not run": self.could_not_run,
        }
        told = ", ".join(f"{number} {name}" for name, number in parts.items() if number)
        deviating = f"; {self.deviating} deviate from a requirement" if self.deviating else ""
        return f"{self.cases} cases: {told or 'nothing ran'}{deviating}"


def count(results: Results) -> Counts:
    """Counts the cases of a run."""
    cases: dict[str, list[Line]] = {}
    for line in results.lines:
        cases.setdefault(line.observation.case, []).append(line)
    kinds = [_kind(lines) for lines in cases.values()]
    return Counts(
        cases=len(cases),
        same=kinds.count("same"),
        divergent=kinds.count("divergent"),
        unexpected=kinds.count("unexpected"),
        new=kinds.count("new"),
        could_not_run=kinds.count("could not run"),
        deviating=sum(any(_verdict(line, "conforms") is False for line in lines) for lines in cases.values()),
    )


def _kind(lines: list[Line]) -> str:
    expected = [_verdict(line, "expected") for line in lines]
    if False in expected:
        return "unexpected"
    if "new" in expected:
        return "new"
    if any(line.observation.outcome.kind == "failed" for line in lines):
        return "could not run"
    seen = {_spelt(line.observation) for line in lines}
    return "same" if len(seen) == 1 else "divergent"


def _verdict(line: Line, key: str) -> Any:
    return (line.verdict or {}).get(key)


def _spelt(observation: Observation) -> tuple[tuple[str, str], ...]:
    """All facts of an observation as something that can be put into a set."""
    return tuple(sorted((fact, spelling(value)) for fact, value in observed_facts(observation).items()))
