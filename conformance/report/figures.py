"""The numbers of the page, computed with pandas from the matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from conformance.report.rows import FAILED, NOT_RUN, Row
from conformance.versions import FAMILIES


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the cases that both libcs ran gave the same facts."""

    same: int
    both: int

    @property
    def percent(self) -> float:
        """0 to 100, rounded down so that only full agreement is 100."""
        return int(1000 * self.same / self.both) / 10 if self.both else 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """Two neighbouring versions of one family, and the places in the matrix of the cases that changed."""

    family: str
    before: str
    after: str
    changed: tuple[int, ...]


class Figures:
    """`libcs` are those of the columns, each with name, family and version, in the order of columns."""

    def __init__(self, table: Sequence[Row], libcs: Sequence[dict[str, str]]) -> None:
        self.names = [libc["name"] for libc in libcs]
        self.by_family = {
            family: [libc["name"] for libc in libcs if libc["family"] == family] for family in FAMILIES
        }
        self.groups = pd.DataFrame(
            np.array([row.of for row in table], dtype=np.int16).reshape(len(table), len(self.names)),
            columns=self.names,
        )
        self.conforms = self._verdicts(table, "conforms")
        self.expected = self._verdicts(table, "expected")
        self.unstable = self._verdicts(table, "unstable")
        self.families = pd.Series([row.family for row in table], dtype=object)

    def _verdicts(self, table: Sequence[Row], which: str) -> pd.DataFrame:
        cells = [[getattr(seen, which) if seen else None for seen in row.seen] for row in table]
        return pd.DataFrame(cells, columns=self.names, dtype=object)

    def _odd(self) -> pd.DataFrame:
        return self.expected.isin([False, "new"]) | self.unstable.eq(True)

    def agreement(self) -> dict[tuple[str, str], Agreement]:
        """For every two libcs."""
        ran = self.groups >= 0
        return {
            (one, other): Agreement(
                int((self.groups[one].eq(self.groups[other]) & ran[one] & ran[other]).sum()),
                int((ran[one] & ran[other]).sum()),
            )
            for one in self.names
            for other in self.names
        }

    def differs(self, libcs: Sequence[str]) -> "pd.Series[bool]":
        """The cases in which these libcs, as far as they ran, did not all record the same."""
        ran = self.groups[list(libcs)].where(self.groups[list(libcs)] >= 0)
        return ran.max(axis=1) > ran.min(axis=1)

    def newest(self) -> list[str]:
        """The newest version of each family that there is."""
        return [names[-1] for names in self.by_family.values() if names]

    def kinds(self) -> pd.DataFrame:
        """Cases by family in three kinds: `families` part, only `versions` of one do, or all are `same`."""
        families, any_two = self.differs(self.newest()), self.differs(self.names)
        kind = pd.Series("same", index=self.groups.index, dtype=object)
        kind = kind.mask(any_two, "versions").mask(families, "families")
        return _counted(self.families, kind, ["same", "versions", "families"])

    def conformance(self) -> dict[tuple[str, str], tuple[int, int]]:
        """By family and libc: how many cases deviate from their requirement, and how many have one."""
        long = pd.DataFrame(
            {
                "family": np.repeat(self.families.to_numpy(), len(self.names)),
                "libc": np.tile(np.array(self.names, dtype=object), len(self.families)),
                "conforms": self.conforms.to_numpy().ravel(),
            }
        )
        long = long[long["conforms"].notna()]
        long["deviates"] = ~long["conforms"].astype(bool)
        counts = long.groupby(["family", "libc"], as_index=False)["deviates"].agg(["sum", "count"])
        return {
            (str(row["family"]), str(row["libc"])): (int(row["sum"]), int(row["count"]))
            for row in counts.to_dict("records")
        }

    def steps(self) -> list[Step]:
        """What changed between neighbouring versions, family by family, old to new."""
        return [
            Step(family, before, after, tuple(np.flatnonzero(self.differs([before, after]).to_numpy())))
            for family, names in self.by_family.items()
            for before, after in pairwise(names)
        ]

    def totals(self) -> dict[str, int]:
        """Numbers of cases, each with what is true of it on any libc."""
        found = {
            "all": pd.Series(True, index=self.groups.index),
            "different": self.differs(self.names),
            "families": self.differs(self.newest()),
            "deviates": self.conforms.eq(False).any(axis=1),
            "unexpected": self._odd().any(axis=1),
            "failed": self.groups.eq(FAILED).any(axis=1),
        }
        return {name: int(cases.sum()) for name, cases in found.items()}

    def by_libc(self) -> pd.DataFrame:
        """For each libc: cases `run`, with a requirement `required`, `deviates`, `unexpected`, `failed`."""
        return pd.DataFrame(
            {
                "run": self.groups.ne(NOT_RUN).sum(),
                "required": self.conforms.notna().sum(),
                "deviates": self.conforms.eq(False).sum(),
                "unexpected": self._odd().sum(),
                "failed": self.groups.eq(FAILED).sum(),
            }
        )


def _counted(families: pd.Series, kind: pd.Series, kinds: list[str]) -> pd.DataFrame:
    return pd.crosstab(families, kind).reindex(columns=kinds, fill_value=0)
