"""Asking a libc which version it is. File names and packages can be wrong, the code itself cannot."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.elf import file_digest
from conformance.libcs.filling import cache_errors, write_whole
from conformance.libcs.model import Family
from conformance.paths import cache

_SECONDS = 20

_BANNERS: dict[Family, re.Pattern[str]] = {
    "musl": re.compile(r"^musl libc.*\nVersion (\d+(?:\.\d+)*)(\S*)", re.MULTILINE),
    "glibc": re.compile(r"^GNU C Library .*version (\d+(?:\.\d+)*)(\S*)", re.MULTILINE),
}


def told_version(family: Family, loader: Path, library: Path) -> str:
    """The version as the libc tells it when it is run, in the form of PEP 440.

    musl's loader writes it when it is run without a program, glibc's library is a program that does.
    `loader` and `library` are files of this machine, wherever their root is. Raises UserError for a libc
    that cannot be run or tells no version.
    """
    return remembered_version(family, library, lambda: _run(_question(family, loader, library)))


def remembered_version(family: Family, library: Path, ask: Callable[[], str]) -> str:
    """The version that the libc in `library` tells; `ask` runs it, unless its answer is in the cache.

    The cache goes by the library's digest. Raises UserError where the answer holds no version.
    """
    answer = cache() / "told" / file_digest(library)
    if answer.is_file():
        return answer.read_text()
    banner = ask()
    version = version_in(family, banner)
    if version is None:
        raise UserError(f"{library}: tells no version of {family} when it is run, but: {banner[:200]!r}")
    with cache_errors():
        write_whole(answer, version)
    return version


def version_in(family: Family, banner: str) -> str | None:
    """The version in what a libc writes when it is run, None without one."""
    match = _BANNERS[family].search(banner)
    return _as_pep_440(*match.groups()) if match else None


def _question(family: Family, loader: Path, library: Path) -> list[str]:
    if family == "musl":
        return [str(loader)]
    return [str(loader), "--library-path", str(library.parent), str(library)]


def _run(command: list[str]) -> str:
    try:
        # An empty environment: LD_PRELOAD and the like belong to this machine's own libc.
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env={}, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{command[-1]}: cannot be run to tell its version ({error})") from error
    return (run.stdout + run.stderr).decode(errors="replace")


def _as_pep_440(release: str, rest: str) -> str:
    """`1.2.4_git20230717` comes after 1.2.4, as a local version of PEP 440 does: `1.2.4+git20230717`."""
    local = re.sub(r"[^a-z0-9]+", ".", rest.lower()).strip(".")
    return f"{release}+{local}" if local else release
