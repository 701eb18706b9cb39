"""What the reports of a run come to: its exit code, and the cases that did not do the same every time."""

import pytest

from conformance.plugin.properties import COULD_NOT_RUN, UNSTABLE, VERDICT

EXIT_COULD_NOT_RUN = 77
"""Nothing failed, but some cases could not run: for automake and glibc's tests too, "not on this machine"."""


class Tally:
    """Counts reports, in the process that the user started."""

    def __init__(self) -> None:
        self._could_not_run = 0
        self._unstable: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Counts a report."""
        verdict = dict(report.user_properties).get(VERDICT)
        if report.when == "setup" and report.failed and verdict == COULD_NOT_RUN:
            self._could_not_run += 1
        if report.when == "call" and report.failed and verdict == UNSTABLE:
            self._unstable.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Gives the run its own exit code where only the surroundings failed."""
        only = session.testsfailed == self._could_not_run > 0
        if only and session.exitstatus == pytest.ExitCode.TESTS_FAILED:
            session.exitstatus = EXIT_COULD_NOT_RUN

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Names the unstable cases, and explains the exit code."""
        if self._could_not_run:
            terminalreporter.section("surroundings")
            terminalreporter.write_line(
                f"{self._could_not_run} could not run, which says nothing about a libc: `conformance doctor` "
                f"may tell why. Where nothing else failed, the exit code is {EXIT_COULD_NOT_RUN}"
            )
        if self._unstable:
            terminalreporter.section("unstable between repeats")
            for nodeid in self._unstable:
                terminalreporter.write_line(nodeid)
