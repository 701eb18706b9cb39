"""Which libcs are observed on every case: `catalogue.toml`, read and typed."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.version import Version

from conformance.libcs.model import Family

CATALOGUE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class Entry:
    """One catalogued libc: where its packages come from, whether or not they are fetched."""

    family: Family
    version: str
    arch: str
    suite: str
    packages: tuple[str, ...]

    @property
    def name(self) -> str:
        """What `--libc` calls it, `musl-1.2.3`."""
        return f"{self.family}-{self.version}"

    @property
    def parsed_version(self) -> Version:
        """The version as PEP 440 orders it."""
        return Version(self.version)


@cache
def catalogue() -> dict[str, Entry]:
    """All catalogued libcs by name, in the order of the file: by family, oldest first."""
    data = tomllib.loads(CATALOGUE.read_text())
    entries = (
        Entry(
            family=libc["family"],
            version=libc["version"],
            arch=libc["arch"],
            suite=libc["suite"],
            packages=(*data["packages"][libc["family"]], *libc.get("also", ())),
        )
        for libc in data["libc"]
    )
    return {entry.name: entry for entry in entries}


def of_family(family: Family) -> list[Entry]:
    """The catalogued versions of a family, oldest first."""
    entries = (entry for entry in catalogue().values() if entry.family == family)
    return sorted(entries, key=lambda entry: entry.parsed_version)
