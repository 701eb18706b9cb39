"""Topics as pytest collectors, and one test item for each case on each libc."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from conformance.case import Case, Observation
from conformance.errors import UserError
from conformance.judge import explain, judge, observed_facts
from conformance.libcs.catalogue import catalogue
from conformance.needs import lacking
from conformance.topics import load
from conformance.topics.errors import shorter

if TYPE_CHECKING:
    from conformance.plugin.run import Run


class NotAsExpected(Exception):
    """The observation is not what the case expects of this libc."""


class Topic(pytest.File):
    """A YAML file of cases."""

    run: "Run"
    cases_root: Path | None

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, run: "Run", root: Path | None) -> "Topic":
        """The topic at `path`, whose case ids start from `root`."""
        topic: Topic = cls.from_parent(parent, path=path)
        topic.run = run
        topic.cases_root = root
        return topic

    def collect(self) -> Iterator["CaseItem"]:
        """Each case on each libc of the run, the libcs of a case next to each other."""
        try:
            cases = load(self.path, self.cases_root)
        except UserError as error:
            raise self.CollectError(str(error)) from None
        for case in cases:
            for libc in self.run.libc_names:
                yield CaseItem.of(self, case, libc)


class CaseItem(pytest.Item):
    """One case on one libc.

    The probe runs in setup: what goes wrong there is an error of the surroundings. The call judges: what
    fails there is the libc.
    """

    case: Case
    libc: str
    _observation: Observation

    @classmethod
    def of(cls, topic: Topic, case: Case, libc: str) -> "CaseItem":
        """The item of a case on the libc with this name."""
        name = f"{case.id.rpartition('::')[2]}[{libc}]"
        # as text, so that pytest reads the libc as a parameter: --lf looks items up by that
        item: CaseItem = cls.from_parent(topic, name=name, nodeid=f"{topic.nodeid}::{name}")
        item.case = case
        item.libc = libc
        for marker in (case.family, case.status):
            topic.run.declare_marker(marker)
            item.add_marker(marker)
        return item

    @property
    def run(self) -> "Run":
        """The run that the item belongs to."""
        assert isinstance(self.parent, Topic)
        return self.parent.run

    def setup(self) -> None:
        """Takes the observation, as soon as it is there."""
        for need in self.case.needs:
            if reason := lacking(need, self.run.libcs[self.libc]):
                pytest.skip(reason)
        try:
            self._observation = self.run.observation(self)
        except UserError as error:
            self._could_not_run(str(error))
        if self._observation.outcome.kind == "failed":
            self.run.record(self._observation, None)
            self._could_not_run(self._observation.outcome.details["reason"])

    def _could_not_run(self, reason: str) -> NoReturn:
        """The surroundings failed, not the libc: pytest calls what fails in setup an error."""
        pytest.fail(f"could not run: {reason}\n\n{self._heading()}", pytrace=False)

    def _heading(self) -> str:
        return f"{self.case.title}\n{shorter(self.case.source)}:{self.case.line} on {self.libc}"

    def runtest(self) -> None:
        """Judges the observation."""
        libc = self.run.libcs[self.libc]
        verdict = judge(self.case, libc.family, libc.version, self._observation)
        assert verdict
        self.run.record(self._observation, verdict)
        if verdict.expected is True or (verdict.expected == "new" and self.libc not in catalogue()):
            return
        others = {
            other.libc: observed_facts(seen)
            for other, seen in self.run.siblings(self)
            if seen.outcome.kind != "failed"
        }
        raise NotAsExpected("\n".join(explain(self.case, verdict, others)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """What a person needs to know; a traceback only for defects of the harness."""
        if not isinstance(excinfo.value, NotAsExpected):
            return super().repr_failure(excinfo, *args, **kwargs)
        return (
            f"{self._heading()}\n\n{excinfo.value}\n\n"
            f"If this is right and shall be known from now on:  {self._accept_command()}"
        )

    def _accept_command(self) -> str:
        assert isinstance(self.parent, Topic)
        root = self.parent.cases_root
        return f"conformance accept '{self.case.id}'" + (f" --cases {shorter(root)}" if root else "")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands in its topic."""
        return self.path, self.case.line - 1, self.name
