"""From the value of `--libc` to what it names, without looking at any file of a libc."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.catalogue import Entry, catalogue, of_family
from conformance.libcs.model import Family

_FAMILIES: dict[str, Family] = {"musl": "musl", "glibc": "glibc"}
_NOT_YET = ("image", "alpine", "wolfi", "apk")


@dataclass(frozen=True, slots=True)
class Directory:
    """A root directory of the user's, or the machine's own, in which a libc is to be found."""

    name: str
    root: Path


Selection = Entry | Directory


def parse(spec: str) -> list[Selection]:
    """What the names in `spec`, separated by commas, stand for: nothing is fetched and no libc is looked at.

    Each is named once, in the order of first mention. Raises UserError for a name that stands for nothing.
    """
    selections: dict[object, Selection] = {}
    for name in (part.strip() for part in spec.split(",")):
        for selection in _parse_name(name):
            key = selection.root if isinstance(selection, Directory) else selection.name
            selections.setdefault(key, selection)
    return list(selections.values())


def catalogued_entries(spec: str) -> list[Entry]:
    """Like `parse`, but `host` and `dir:PATH` are a UserError."""
    entries = []
    for selection in parse(spec):
        if not isinstance(selection, Entry):
            raise UserError(f"{selection.name} is not in the catalogue; it has: {', '.join(catalogue())}")
        entries.append(selection)
    return entries


def _parse_name(name: str) -> list[Selection]:
    kind, _, rest = name.partition(":")
    if name == "all":
        return list(catalogue().values())
    if name == "host":
        return [Directory("host", Path("/"))]
    if name.startswith("dir:"):
        return [_directory(name)]
    if name in catalogue():
        return [catalogue()[name]]
    if kind in _FAMILIES and rest in ("", "all"):
        return _of_family(_FAMILIES[kind], every=rest == "all")
    if kind in _NOT_YET:
        raise UserError(f"{name} needs the docker backend, which is not available yet; {_what_there_is()}")
    close = difflib.get_close_matches(name, [*_FAMILIES, "all", "host", *catalogue()], n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise UserError(f"there is no libc {name!r}{hint}; {_what_there_is()}")


def _of_family(family: Family, *, every: bool) -> list[Selection]:
    entries = of_family(family)
    return [*entries] if every else [entries[-1]]


def _directory(name: str) -> Directory:
    path = Path(name.removeprefix("dir:")).expanduser()
    if name == "dir:" or not path.is_dir():
        raise UserError(f"{name}: {path} is not a directory")
    return Directory(name, path.resolve())


def _what_there_is() -> str:
    return f"--libc takes musl, glibc, musl:all, glibc:all, all, host, dir:PATH, {', '.join(catalogue())}"
