"""A conformance run inside a pytest session: which libcs, which engine, which results."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.build.agent import agent_binary
from conformance.case import Observation
from conformance.engine.engine import Engine
from conformance.errors import UserError
from conformance.gate import waivers
from conformance.judge import Verdict
from conformance.libcs.apk.packagelist import PackageList
from conformance.libcs.model import Libc
from conformance.libcs.names import parse
from conformance.libcs.select import select
from conformance.needs import lacking
from conformance.paths import CASES
from conformance.plugin import machine
from conformance.plugin.items import CaseItem, Topic
from conformance.plugin.setting import DockerSetting, LocalSetting, Setting
from conformance.plugin.sharing import Sharing, owners
from conformance.plugin.summary import summary
from conformance.plugin.tally import Tally
from conformance.plugin.waiving import Waiving

_RESULTS = "conformance_results"
_SETTING = "conformance_setting"


class Run:
    """One `pytest --libc=...`, or a worker's part of one."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises UserError for a name that stands for nothing, or a libc that cannot be had."""
        self._config = config
        self._markers: set[str] = set()
        self._futures: dict[CaseItem, list[Future[Observation]]] = {}
        self._engine: Engine | None = None
        self._published = False
        self._items: list[CaseItem] = []
        self._owned: list[int] = []
        spec: str = config.getoption("--libc")
        selections = parse(spec)
        self.libc_names = [selection.name for selection in selections]
        self._notes = [each.note for each in selections if isinstance(each, PackageList) and each.note]
        if config.args_source != pytest.Config.ArgsSource.ARGS:
            config.args = [str(CASES)]
        self._repeats: int = config.getoption("--repeat")
        self.waivers = waivers.read(config.getoption("--waivers"))
        self.libcs: dict[str, Libc] = {}
        if not config.option.collectonly:
            self._setting = self._make_setting()
            config.add_cleanup(self._setting.close)
            self.libcs = {libc.name: libc for libc in self._setting.libcs(spec)}
            self._agent_libc = select("musl")[0]
        self.folder = self._results_folder()

    def _make_setting(self) -> Setting:
        builders = self._config.getoption("--build-in")
        if self._config.getoption("--backend") == "local":
            if builders:
                raise UserError("--build-in: probes are compiled in a container; say --backend=docker")
            return LocalSetting()
        told = getattr(self._config, "workerinput", {}).get(_SETTING)
        return DockerSetting(self._config.getoption("--pull"), builders, told)

    def _results_folder(self) -> Path | None:
        if hasattr(self._config, "workerinput"):
            return Path(self._config.workerinput[_RESULTS])
        if self._config.option.collectonly:
            return None
        return results.create(self._config.getoption("--results"))

    def reporting(self) -> Iterator[Tally | Waiving]:
        """The plugins that tell of the run as a whole."""
        yield Tally()
        if self.folder and self.waivers.source:
            yield Waiving(self.waivers, self.folder, self.libcs)

    def declare_marker(self, name: str) -> None:
        """Makes a family or status known as a marker, for --strict-markers and --markers."""
        if name not in self._markers:
            self._markers.add(name)
            self._config.addinivalue_line("markers", f"{name}: cases of this family or status")

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Topic | None:
        """Topics: YAML files among the project's cases, and others that have a `cases` key."""
        if file_path.suffix != ".yaml":
            return None
        if file_path.is_relative_to(CASES):
            return Topic.of(parent, file_path, self, None)
        if b"\ncases:" not in b"\n" + file_path.read_bytes():
            return None
        root = next((root for root in self._roots() if file_path.is_relative_to(root)), None)
        return Topic.of(parent, file_path, self, root)

    def _roots(self) -> list[Path]:
        """The folders that the user named: case ids start there."""
        named = (Path(argument.partition("::")[0]).absolute() for argument in self._config.args)
        return [path if path.is_dir() else path.parent for path in named]

    def pytest_report_header(self) -> list[str]:
        """The libcs of the run, as they are really."""
        if not self.libcs:
            return []
        lines = [f"libc: {machine.described(libc)}" for libc in self.libcs.values()]
        return [*lines, *self._notes, *self._setting.notes(), f"results: {self.folder}"]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """Keeps the engine running while the items take their observations from it."""
        if self.folder and not hasattr(self._config, "workerinput"):
            # pandas takes long to import: while cases wait there is time for it
            threading.Thread(target=import_module, args=["conformance.compare"], daemon=True).start()
        if session.config.pluginmanager.hasplugin("dsession") or session.config.option.collectonly:
            return (yield)
        items = [item for item in session.items if isinstance(item, CaseItem)]
        stopped = session.testsfailed and not session.config.option.continue_on_collection_errors
        if not items or stopped:
            return (yield)
        self._observations = results.open_observations(self._folder())
        try:
            self._backend = self._setting.backend(agent_binary(self._agent_libc), self._workers())
            with Engine(self._backend, self._workers()) as self._engine:
                self._owned = owners([item.nodeid for item in items], self._workers())
                self._items = items
                self._submit(self._share(self._number()))
                return (yield)
        except UserError as error:
            raise pytest.UsageError(str(error)) from None
        finally:
            os.close(self._observations)

    def _workers(self) -> int:
        return int(getattr(self._config, "workerinput", {}).get("workercount", 1))

    def _number(self) -> int:
        """This worker's number; a worker that replaces a dead one has a number of its own, and no share."""
        return int(getattr(self._config, "workerinput", {}).get("workerid", "gw0").removeprefix("gw"))

    def _share(self, number: int, first: int = 0) -> list[CaseItem]:
        """The items of a worker from position `first` on."""
        owned = zip(self._items[first:], self._owned[first:], strict=True)
        return [item for item, owner in owned if owner == number]

    def lacking(self, item: CaseItem) -> str | None:
        """Why the item cannot run here, or None if it can."""
        reasons = (lacking(need, self.libcs[item.libc]) for need in item.case.needs)
        return next(filter(None, reasons), None) or self._backend.lacking(
            self.libcs[item.libc], item.case.scenario
        )

    def _submit(self, items: list[CaseItem]) -> None:
        assert self._engine
        items = [item for item in items if not self.lacking(item)]
        pairs = [(item.case, self.libcs[item.libc]) for item in items for _ in range(self._repeats)]
        futures = self._engine.submit(pairs)
        for at, item in enumerate(items):
            self._futures[item] = futures[at * self._repeats : (at + 1) * self._repeats]

    def observations(self, item: CaseItem) -> list[Observation]:
        """The item's observations, one for each repeat, as soon as they are there."""
        if item not in self._futures:
            # left over by a worker that died: so is the rest of its share
            first = self._items.index(item)
            self._submit(self._share(self._owned[first], first))
        return [future.result() for future in self._futures[item]]

    def siblings(self, item: CaseItem) -> Iterator[tuple[CaseItem, Observation]]:
        """The same case on the other libcs of this run."""
        for other, futures in self._futures.items():
            if other.case.id == item.case.id and other is not item:
                yield other, futures[0].result()

    def record(self, observation: Observation, verdict: Verdict | None) -> None:
        """Appends a line to observations.jsonl."""
        results.append(self._observations, results.Line(observation, verdict.as_json() if verdict else None))

    def _folder(self) -> Path:
        assert self.folder
        return self.folder

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker of pytest-xdist where the results go, and what it shall run on."""
        node.workerinput[_RESULTS] = str(self._folder().absolute())
        node.workerinput[_SETTING] = self._setting.for_workers()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Gives every worker its whole share at once, so that its cases' waiting overlaps."""
        return Sharing(config, log) if config.option.dist == "load" else None

    def pytest_runtest_logstart(self) -> None:
        """Makes this run the latest one as soon as it has an item."""
        if not self._published and not hasattr(self._config, "workerinput"):
            self._published = True
            results.publish(self._folder())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows where the libcs part."""
        if not self.folder or hasattr(self._config, "workerinput"):
            return
        terminalreporter.section("divergences between libcs")
        verbose = self._config.get_verbosity() > 0
        width = terminalreporter._tw.fullwidth
        for line in summary(self.folder, self._roots(), width, verbose=verbose):
            terminalreporter.write_line(line)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Writes run.json, once."""
        if not self.folder or hasattr(self._config, "workerinput"):
            return
        try:
            libcs, backend = list(self.libcs.values()), self._setting.as_json()
            results.write_run(self.folder, machine.run_entry(self._config, libcs, backend))
        except UserError as error:
            raise pytest.UsageError(str(error)) from None
