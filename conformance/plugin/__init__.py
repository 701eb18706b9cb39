"""The pytest plugin: `pytest --libc=musl,glibc`.

Every pytest run on a machine with this package loads this module, so it imports nothing of weight; the rest
is loaded when `--libc` is given.
"""

from argparse import ArgumentTypeError
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
        "family:all, all, host, dir:PATH, apk:NAME, image:REF, alpine[:TAG], wolfi[:TAG]; "
        "`conformance libcs` lists them",
    )
    group.addoption(
        "--backend",
        choices=("local", "docker"),
        default="local",
        help="where probes run: in sandboxes of this machine (local) or in containers of the engine that "
        "DOCKER_HOST names (docker)",
    )
    group.addoption(
        "--pull",
        choices=("never", "missing", "always"),
        default="missing",
        help="when to pull the images that --libc names (default: those that the engine does not have)",
    )
    group.addoption(
        "--build-in",
        metavar="IMAGE",
        action="append",
        default=[],
        help="compile the probes for images in this image, with its compiler and headers, in place of this "
        "machine's compiler and catalogued headers; once for each family",
    )
    group.addoption(
        "--results",
        metavar="DIR",
        type=Path,
        help="folder for observations.jsonl and run.json (default: results/runs/<UTC time>)",
    )
    group.addoption(
        "--repeat",
        metavar="N",
        type=_count,
        default=1,
        help="observe each case N times; one whose facts differ is unstable, and fails",
    )
    group.addoption(
        "--waivers",
        metavar="FILE",
        type=Path,
        help="failures that are expected for a while (default: waivers.yaml, where it exists)",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of times, 1 or more")
    return int(text)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the run's own plugins if there is a run."""
    if not config.getoption("--libc"):
        return
    from conformance.plugin.run import Run

    try:
        run = Run(config)
        config.pluginmanager.register(run, "conformance-run")
        if not hasattr(config, "workerinput"):
            for plugin in run.reporting():
                config.pluginmanager.register(plugin)
    except UserError as error:
        raise pytest.UsageError(str(error)) from None
