"""What cases need of their surroundings, and whether it is there.

A missing need skips the case: an environment's failure is never a verdict on a libc.
"""

import os
import platform
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from packaging.specifiers import SpecifierSet

from conformance.libcs.arch import ARCHITECTURES
from conformance.libcs.model import Libc

Need = str | dict[str, str]


def lacking(need: Need, libc: Libc | None) -> str | None:
    """Why the need is not met for this libc on this machine, or None if it is.

    Only the needs of a locale and of a musl without something look at the libc.
    """
    name, value = next(iter(need.items())) if isinstance(need, dict) else (need, "")
    return _CHECKS[name](value, libc)


def _root(value: str, libc: Libc | None) -> str | None:
    return None if os.geteuid() == 0 else "needs root: only root can give a sandbox more than one user"


def _ipv6(value: str, libc: Libc | None) -> str | None:
    return None if Path("/proc/net/if_inet6").exists() else "needs IPv6, which this kernel does not have"


def _locale(value: str, libc: Libc | None) -> str | None:
    assert libc
    folder = libc.root / "usr/lib/locale"
    there = libc.family == "musl" or any((folder / name).is_dir() for name in _spellings(value))
    return None if there else f"needs the locale {value}, which {libc.name} does not have in /usr/lib/locale"


def _spellings(locale: str) -> tuple[str, str]:
    language, _, codeset = locale.partition(".")
    return locale, f"{language}.{re.sub(r'[^a-z0-9]', '', codeset.lower())}"


def _musl_without(header: str, libc: Libc | None) -> str | None:
    """Packagers add to musl what its authors leave out: no version of musl can be blamed or praised for it.

    A builder image is not looked into: what is compiled there is what its users get.
    """
    assert libc
    if libc.family != "musl" or libc.development.builder:
        return None
    headers = libc.development.root / "usr/include"
    places = (headers, headers / ARCHITECTURES[libc.arch].triplet("musl"))
    there = any((place / header).exists() for place in places)
    lender = libc.development.borrowed_from or libc.name
    return f"needs a musl without <{header}>; the packager of {lender} has added it" if there else None


def _kernel(value: str, libc: Libc | None) -> str | None:
    release = platform.release()
    version = re.match(r"\d+(\.\d+)*", release)
    met = version and SpecifierSet(value).contains(version[0])
    return None if met else f"needs Linux {value}; this is {release}"


def _cpu(value: str, libc: Libc | None) -> str | None:
    return None if value in _cpu_flags() else f"needs a processor with {value}"


@cache
def _cpu_flags() -> frozenset[str]:
    found = re.search(r"^(?:flags|Features)\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return frozenset(found[1].split()) if found else frozenset()


_CHECKS: dict[str, Callable[[str, Libc | None], str | None]] = {
    "root": _root,
    "ipv6": _ipv6,
    "locale": _locale,
    "musl-without": _musl_without,
    "kernel": _kernel,
    "cpu": _cpu,
}

NEEDS = ("root", "ipv6")
"""Needs that are a word."""

NEEDS_WITH_VALUE = tuple(name for name in _CHECKS if name not in NEEDS)
"""Needs that are a mapping, such as `{locale: C.UTF-8}`."""
