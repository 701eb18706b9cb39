"""Where apk repositories are: the variables that the shipped apko files name them with."""

import os
import re
from pathlib import Path

from conformance.errors import UserError

ALPINE = "CONFORMANCE_ALPINE_MIRROR"
WOLFI = "CONFORMANCE_WOLFI_MIRROR"

_REPOSITORIES = Path("/etc/apk/repositories")

_MEANING = {
    ALPINE: "the URL of an Alpine mirror, the folder that holds v3.24/ and edge/",
    WOLFI: "the URL of a repository of Wolfi's packages, the folder that holds x86_64/",
}

# What such a machine's own apk is configured with; without a user's name and password.
_ON_MACHINE = {
    ALPINE: re.compile(r"(https?://[^\s@]+)/(?:v\d+\.\d+|edge|latest-stable)/main/?"),
    WOLFI: re.compile(r"(https?://[^\s@]*wolfi[^\s@]*)"),
}

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def mirror(variable: str) -> str | None:
    """The value of a variable that names a mirror, else what this machine's own apk uses; None without."""
    if value := os.environ.get(variable):
        return value.rstrip("/")
    if variable in _ON_MACHINE and _REPOSITORIES.is_file():
        for line in _REPOSITORIES.read_text(errors="replace").splitlines():
            if match := _ON_MACHINE[variable].fullmatch(line.strip()):
                return match[1].rstrip("/")
    return None


def expanded(text: str, place: str) -> str:
    """`text` with the values of the variables in it, `${NAME}`.

    Raises UserError, which names `place`, for one that is not set.
    """

    def value(match: re.Match[str]) -> str:
        found = mirror(match[1])
        if found is None:
            meaning = f" to {_MEANING[match[1]]}" if match[1] in _MEANING else ""
            raise UserError(f"{place}: {text} needs the environment variable {match[1]}: set it{meaning}")
        return found

    return _VARIABLE.sub(value, text)


def is_known(file: Path) -> bool:
    """Whether all variables in a file are set."""
    return all(mirror(name) is not None for name in _VARIABLE.findall(file.read_text()))
