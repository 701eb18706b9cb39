"""The pytest plugin: `pytest --libc=musl,glibc`.

Every pytest run on a machine with this package loads this module, so it imports nothing of weight; the rest
is loaded when `--libc` is given.
"""

from pathlib import Path

import pytest

from conformance.errors import UserError


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a conformance run."""
    group = parser.getgroup("conformance", "C library conformance")
    group.addoption(
        "--libc",
        metavar="NAMES",
        help="run cases on these libcs, separated by commas: a family (musl is its newest), family-version, "
        "family:all, all, host, dir:PATH; `conformance libcs` lists them",
    )
    group.addoption(
        "--results",
        metavar="DIR",
        type=Path,
        help="folder for observations.jsonl and run.json (default: results/runs/<UTC time>)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the run's own plugin if there is a run."""
    if not config.getoption("--libc"):
        return
    from conformance.plugin.run import Run

    try:
        config.pluginmanager.register(Run(config), "conformance-run")
    except UserError as error:
        raise pytest.UsageError(str(error)) from None
