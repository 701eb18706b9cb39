"""What a server knows: names with their records, and what is found for a question."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.nameserver import choices, codes, names, rdata, words
from conformance.nameserver.behaviour import Behaviour
from conformance.nameserver.choices import Context
from conformance.nameserver.names import Name
from conformance.nameserver.rdata import RData
from conformance.nameserver.reading import Path, ScriptError, mapping, not_deeper
from conformance.nameserver.record import Record

_NOERROR = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The records for a question, CNAMEs first, and the return code.

    A `behaviour` takes the place of the transport's.
    """

    records: tuple[Record, ...] = ()
    rcode: int = _NOERROR
    behaviour: Behaviour | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A name: its records by type, with behaviours in place of some."""

    data: dict[int, list[RData]] = field(default_factory=dict)
    behaviours: dict[int, int | Behaviour] = field(default_factory=dict)


Known = Entry | int | Behaviour
"""An entry, or in its place a return code or a behaviour."""


@dataclass(frozen=True, slots=True)
class Database:
    """The names in lower case; `*` as the first label is a wildcard."""

    names: dict[Name, Known]
    otherwise: int | Behaviour = codes.NXDOMAIN

    def find(self, asked: Name, type_number: int) -> Found:
        """What there is for the question, with CNAMEs followed (RFC 1034 section 4.3.2)."""
        records: list[Record] = []
        name, seen = asked, set[Name]()
        while names.lower(name) not in seen:
            seen.add(names.lower(name))
            known = self._known(name)
            if isinstance(known, Entry):
                known = known.behaviours.get(type_number, known)
            if isinstance(known, int):
                return Found(tuple(records), known)
            if not isinstance(known, Entry):
                return Found(tuple(records), behaviour=None if records else known)
            owner = None if name == asked else name
            found = [Record(owner, kind, data) for kind, data in _of_type(known, type_number)]
            records += found
            target = known.data.get(codes.CNAME)
            if found or not target:
                break
            records.append(Record(owner, codes.CNAME, target[0]))
            name = _target(target[0])
        return Found(tuple(records))

    def _known(self, name: Name) -> Known:
        key = names.lower(name)
        candidates = [key, *((b"*", *key[i:]) for i in range(1, len(key) + 1))]
        return next(
            (self.names[candidate] for candidate in candidates if candidate in self.names), self.otherwise
        )


def _of_type(entry: Entry, type_number: int) -> Iterator[tuple[int, RData]]:
    wanted = entry.data if type_number == codes.ANY else [type_number]
    return ((kind, data) for kind in wanted for data in entry.data.get(kind, []))


def _target(data: RData) -> Name:
    target: Name = data.label.label  # type: ignore[attr-defined]
    return target


def parse(value: object, path: Path, context: Context) -> dict[Name, Known]:
    """Reads a server's `records:`."""
    known: dict[Name, Known] = {}
    for written, entry in mapping(value, path, "names with their records").items():
        here = (*path, written)
        name = names.reverse(written) or names.lower(names.from_text(written, here))
        if name in known:
            raise ScriptError(here, "this name stands here twice; letter case does not matter")
        known[name] = _entry(entry, here, context)
    return known


def _entry(value: object, path: Path, context: Context) -> Known:
    not_deeper(path)
    if not isinstance(value, dict) or (value and not any(str(key).isupper() for key in value)):
        _no_types_in_small_letters(value, path)
        return outcome(value, path, context)
    entry = Entry()
    for written, data in mapping(value, path, "types with their data, or a behaviour").items():
        here = (*path, written)
        number = rdata.number_of_type(written, here)
        if written in ("A", "AAAA") and _is_behaviour(data):
            entry.behaviours[number] = outcome(data, here, context)
        else:
            entry.data[number] = [*entry.data.get(number, []), *rdata.from_yaml(written, data, here)]
    if codes.CNAME in entry.data:
        _check_cname(entry, path)
    return entry


def _is_behaviour(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, str) and value in words.ANYWHERE)


def _no_types_in_small_letters(value: object, path: Path) -> None:
    for key in value if isinstance(value, dict) else ():
        if str(key).upper() in rdata.DATA_TYPES:
            raise ScriptError((*path, str(key)), f"types are written in capitals: {str(key).upper()}")


def _check_cname(entry: Entry, path: Path) -> None:
    if len(entry.data) > 1 or entry.behaviours or len(entry.data[codes.CNAME]) != 1:
        message = "a CNAME is the only record of its name (RFC 1034 section 3.6.2): write `answers` as lines"
        raise ScriptError(path, message)
    if not hasattr(entry.data[codes.CNAME][0], "label"):
        raise ScriptError((*path, "CNAME"), "only a name can be followed: write `answers` as lines")


def outcome(value: object, path: Path, context: Context) -> int | Behaviour:
    """A return code, which the transport delivers in its way, or a behaviour in place of the transport's."""
    if isinstance(value, str) and value in words.RCODES:
        return words.RCODES[value]
    return choices.parse(value, path, context)
