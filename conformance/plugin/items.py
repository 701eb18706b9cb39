"""Topics as pytest collectors, and one test item for each case on each libc."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from conformance.case import Case, Observation
from conformance.errors import UserError
from conformance.images.engine import EngineLost
from conformance.judge import Verdict, explain, is_as_expected, judge, observed_facts
from conformance.plugin import properties, repeats
from conformance.plugin.repeats import recorded, variants
from conformance.topics import load
from conformance.topics.errors import shorter

if TYPE_CHECKING:
    from conformance.plugin.run import Run


class NotAsExpected(Exception):
    """The observation is not what the case expects of this libc."""


class Unstable(Exception):
    """The observations of one case on one libc differ."""


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
    _observations: list[Observation]

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
        """Takes the observations, as soon as they are there."""
        self.user_properties += properties.of_item(self.case, self.run.libcs[self.libc])
        if reason := self.run.lacking(self):
            pytest.skip(reason)
        try:
            self._observations = self.run.observations(self)
        except EngineLost as error:
            self.session.shouldstop = str(error)
            self._could_not_run("the container engine was lost")
        except UserError as error:
            self._could_not_run(str(error))
        for seen in self._observations:
            if seen.outcome.kind == "failed":
                self.run.record(seen, None)
                self._could_not_run(seen.outcome.details["reason"])

    def _could_not_run(self, reason: str) -> NoReturn:
        """The surroundings failed, not the libc: pytest calls what fails in setup an error."""
        self.user_properties += properties.of_failure()
        pytest.fail(f"could not run: {reason}\n\n{self._heading()}", pytrace=False)

    def _heading(self) -> str:
        return f"{self.case.title}\n{shorter(self.case.source)}:{self.case.line} on {self.libc}"

    def runtest(self) -> None:
        """Judges the observations; the first that is not as expected stands for all."""
        libc = self.run.libcs[self.libc]
        found = variants(self._observations)
        verdicts = [self._judged(variant.observation) for variant in found]
        passes = [is_as_expected(verdict.expected, self.libc) for verdict in verdicts]
        at = passes.index(False) if False in passes else 0
        stable = len(found) == 1
        seen, verdict = recorded(found, at), verdicts[at]
        self.user_properties += properties.of_verdict(verdict, seen.outcome, stable=stable)
        self.run.record(seen, verdict)
        if stable and passes[at]:
            return
        if waiver := self.run.waivers.find(self.case.id, libc.family, libc.version):
            pytest.xfail(f"waived until {waiver.expires}: {waiver.reason}")
        if not stable:
            raise Unstable("\n".join(repeats.explain(found)))
        raise NotAsExpected("\n".join(self._difference(verdict)))

    def _judged(self, observation: Observation) -> Verdict:
        libc = self.run.libcs[self.libc]
        verdict = judge(self.case, libc.family, libc.version, observation)
        assert verdict
        return verdict

    def _difference(self, verdict: Verdict) -> list[str]:
        others = {
            other.libc: observed_facts(seen)
            for other, seen in self.run.siblings(self)
            if seen.outcome.kind != "failed"
        }
        return explain(self.case, verdict, others)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """What a person needs to know; a traceback only for defects of the harness."""
        if isinstance(excinfo.value, Unstable):
            advice = "Make the case's facts the same every time, or record what differs as info."
        elif isinstance(excinfo.value, NotAsExpected):
            advice = f"If this is right and shall be known from now on:  {self._accept_command()}"
        else:
            return super().repr_failure(excinfo, *args, **kwargs)
        return f"{self._heading()}\n\n{excinfo.value}\n\n{advice}"

    def _accept_command(self) -> str:
        assert isinstance(self.parent, Topic)
        root = self.parent.cases_root
        return f"conformance accept '{self.case.id}'" + (f" --cases {shorter(root)}" if root else "")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands in its topic."""
        return self.path, self.case.line - 1, self.name
