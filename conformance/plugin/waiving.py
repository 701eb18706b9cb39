"""Which waivers a run used, needed no longer, or found expired."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance import results
from conformance.gate.waivers import Waiver, Waivers
from conformance.judge import is_as_expected
from conformance.libcs.model import Libc
from conformance.results import Line


class Waiving:
    """Tells of waivers at the end of the run, in the process that the user started."""

    def __init__(self, waivers: Waivers, folder: Path, libcs: Mapping[str, Libc]) -> None:
        self._waivers = waivers
        self._folder = folder
        self._libcs = libcs

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Names waivers that are to be taken out of their file."""
        told = [f"expired: {waiver}" for waiver in self._waivers.expired]
        told += [f"unused: {waiver}" for waiver in self._unused()]
        if told:
            terminalreporter.section("waivers")
        for line in told:
            terminalreporter.write_line(line)

    def _unused(self) -> list[Waiver]:
        needed, ran = [], []
        for line in results.read(self._folder).lines:
            libc = self._libcs[line.observation.libc]
            key = (line.observation.case, libc.family, libc.version)
            ran.append(key)
            if _fails(line):
                needed.append(key)
        used = [waiver for key in needed if (waiver := self._waivers.find(*key))]
        return self._waivers.unused(used, ran, complete=False)


def _fails(line: Line) -> bool:
    expected = (line.verdict or {"expected": False})["expected"]
    return bool(line.observation.info.get("unstable")) or not is_as_expected(expected, line.observation.libc)
