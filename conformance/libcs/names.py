"""From the value of `--libc` to what it names, without looking at any file of a libc."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UserError
from conformance.images.reference import ALIASES, parse_reference
from conformance.libcs.apk import packagelist
from conformance.libcs.apk.fallback import instead_of
from conformance.libcs.apk.packagelist import PackageList
from conformance.libcs.catalogue import Entry, catalogue, of_family
from conformance.libcs.model import Family

_FAMILIES: dict[str, Family] = {"musl": "musl", "glibc": "glibc"}


@dataclass(frozen=True, slots=True)
class Directory:
    """A root directory of the user's, or the machine's own, in which a libc is to be found."""

    name: str
    root: Path


@dataclass(frozen=True, slots=True)
class ImageName:
    """A container image, in which a libc is to be found: `name` as the user gave it, and the image's own."""

    name: str
    reference: str


Selection = Entry | Directory | PackageList | ImageName


def parse(spec: str) -> list[Selection]:
    """What the names in `spec`, separated by commas, stand for: nothing is fetched and no libc is looked at.

    Each is named once, in the order of first mention. Raises UserError for a name that stands for nothing.
    """
    selections: dict[object, Selection] = {}
    for name in (part.strip() for part in spec.split(",")):
        for selection in _parse_name(name):
            selections.setdefault(_key(selection), selection)
    return list(selections.values())


def _key(selection: Selection) -> object:
    match selection:
        case Directory(root=root):
            return root
        case ImageName(reference=reference):
            return reference
        case _:
            return selection.name


def catalogued_entries(spec: str) -> list[Entry]:
    """Like `parse`, but what is not in the catalogue is a UserError."""
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
    if name.startswith(packagelist.PREFIX):
        return [packagelist.parse(name)]
    if kind == "image":
        return [ImageName(name, str(parse_reference(rest)))]
    if kind in ALIASES:
        return [ImageName(name, str(parse_reference(ALIASES[kind] + (f":{rest}" if rest else ""))))]
    if name in catalogue():
        return [catalogue()[name]]
    if kind in _FAMILIES and rest in ("", "all"):
        return _of_family(_FAMILIES[kind], every=rest == "all")
    close = difflib.get_close_matches(name, [*_FAMILIES, "all", "host", *catalogue()], n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise UserError(f"there is no libc {name!r}{hint}; {_what_there_is()}")


def _of_family(family: Family, *, every: bool) -> list[Selection]:
    entries = of_family(family)
    return [*entries] if every else [instead_of(entries[-1]) or entries[-1]]


def _directory(name: str) -> Directory:
    path = Path(name.removeprefix("dir:")).expanduser()
    if name == "dir:" or not path.is_dir():
        raise UserError(f"{name}: {path} is not a directory")
    return Directory(name, path.resolve())


def _what_there_is() -> str:
    return (
        "--libc takes musl, glibc, musl:all, glibc:all, all, host, dir:PATH, apk:NAME, "
        f"{', '.join(catalogue())}; with --backend=docker also alpine[:TAG], wolfi[:TAG], image:REF"
    )
