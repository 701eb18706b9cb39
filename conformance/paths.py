"""Where things are: the shipped sources, the shipped cases, and the cache."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent


def _shipped(name: str) -> Path:
    """A folder beside the package in a checkout, inside it in an installed wheel."""
    beside = _CHECKOUT / name
    return (
        beside if beside.is_dir() and (_CHECKOUT / "pyproject.toml").is_file() else _PACKAGE / "_data" / name
    )


CASES = _shipped("cases")
C_SOURCES = _shipped("c_src")
REFERENCE = _shipped("results/reference")


def cache() -> Path:
    """The cache of downloads, roots, probes and parsed topics, shared by concurrent runs.

    `CONFORMANCE_CACHE` names another folder; the default follows the XDG base directory specification.
    """
    if chosen := os.environ.get("CONFORMANCE_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "libc-conformance"
