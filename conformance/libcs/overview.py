"""What can be tested on this machine: the rows of `conformance libcs`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from conformance.errors import UserError
from conformance.libcs.apk import provider
from conformance.libcs.apk.packagelist import PREFIX, parse, shipped
from conformance.libcs.catalogue import Entry, catalogue
from conformance.libcs.directory import find_libc
from conformance.libcs.fetch import root_of
from conformance.libcs.identity import identity, installed_package
from conformance.libcs.lock import locked_packages
from conformance.libcs.model import Family, Identity
from conformance.libcs.select import fetched_libc
from conformance.libcs.told import told_version


@dataclass(frozen=True, slots=True)
class Row:
    """One libc. `size` is that of its packages in bytes; `version` is what the libc tells, once it is there.

    `source` names suite and package, or says why the machine's own libc cannot be tested.
    """

    name: str
    state: Literal["fetched", "not fetched", "installed", "unusable"]
    source: str
    size: int | None = None
    family: Family | None = None
    version: str | None = None
    root: Path | None = None
    identity: Identity | None = None

    def as_json(self) -> dict[str, Any]:
        """The row as JSON can hold it."""
        return asdict(self) | {"root": str(self.root) if self.root else None}


def overview() -> list[Row]:
    """A row for each catalogued libc, each package list, and this machine's own. Nothing is fetched."""
    return [*map(_catalogued, catalogue().values()), *map(_package_list, shipped()), _host()]


def _catalogued(entry: Entry) -> Row:
    packages = locked_packages(entry)
    source = f"{entry.suite}: {packages[0].name} {packages[0].version}"
    size = sum(package.size for package in packages)
    root = root_of(entry)
    if not root.is_dir():
        return Row(entry.name, "not fetched", source, size, entry.family)
    libc = fetched_libc(entry)
    return Row(entry.name, "fetched", source, size, entry.family, libc.version, root, libc.identity)


def _package_list(name: str) -> Row:
    packages = parse(f"{PREFIX}{name}")
    source = f"{packages.file.name}: packages of {name.partition('-')[0].capitalize()}"
    root = provider.root_in_cache(packages)
    if root is None:
        return Row(packages.name, "not fetched", source)
    found = find_libc(root)
    version = told_version(found.family, found.loader_file, found.library_file)
    package = installed_package(found)
    return Row(packages.name, "fetched", source, None, found.family, version, root, identity(found, package))


def _host() -> Row:
    root = Path("/")
    try:
        found = find_libc(root)
        version = told_version(found.family, found.loader_file, found.library_file)
    except UserError as error:
        return Row("host", "unusable", str(error))
    package = installed_package(found)
    source = f"this machine: {package or found.library}"
    return Row("host", "installed", source, None, found.family, version, root, identity(found, package))
