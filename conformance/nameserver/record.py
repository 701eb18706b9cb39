"""Records, and their lines as in zone files."""

import re
from dataclasses import dataclass

from conformance.nameserver import codes, names, rdata
from conformance.nameserver.names import Name
from conformance.nameserver.rdata import PointerData, RData
from conformance.nameserver.reading import Path, ScriptError, integer, repeated, sequence, shown, text
from conformance.nameserver.wire import Wire

TTL = 60


@dataclass(frozen=True, slots=True)
class Record:
    """One record. An `owner` of None is the name asked for, an `rclass` of None the question's class.

    `rdlength` is written in place of the true length of the data.
    """

    owner: Name | PointerData | None
    type: int
    data: RData
    rclass: int | None = None
    ttl: int = TTL
    rdlength: int | None = None

    def write(self, wire: Wire, asked: Name, qclass: int) -> None:
        """Appends the record to a message (RFC 1035 section 4.1.3)."""
        if isinstance(self.owner, PointerData):
            self.owner.pack(wire)
        else:
            wire.write_name(asked if self.owner is None else self.owner)
        wire.pack("!HHIH", self.type, qclass if self.rclass is None else self.rclass, self.ttl, 0)
        start = wire.offset
        self.data.pack(wire)
        length = wire.offset - start if self.rdlength is None else self.rdlength
        wire.update(start - 2, "!H", length)


def from_lines(value: object, path: Path) -> tuple[Record, ...]:
    """The records of a list of lines."""
    lines = sequence(value, path, "record lines such as `@ A 192.0.2.1`")
    return tuple(record for i, line in enumerate(lines) for record in _from_line(line, (*path, i)))


def _from_line(value: object, path: Path) -> list[Record]:
    line = text(value, path, "a record line such as `@ A 192.0.2.1`").strip()
    line, rdlength = _lie(line, path)
    owner_text, rest = _word(line)
    ttl, rclass = TTL, None
    while True:
        word, rest = _word(rest)
        if re.fullmatch(r"-?[0-9]{1,10}", word):
            ttl = integer(int(word), path, -(1 << 31), (1 << 32) - 1) & 0xFFFFFFFF
        elif word in codes.CLASSES and word != "ANY":
            rclass = codes.CLASSES[word]
        else:
            break
    if not word:
        raise ScriptError(path, f"{shown(line)} must be `owner [ttl] [class] type data`")
    number = rdata.number_of_type(word, path)
    rest, copies = _copies(word, rest, path)
    owner = None if owner_text == "@" else _owner(owner_text, path)
    return [
        Record(owner, number, data, rclass, ttl, rdlength) for data in rdata.from_text(word, rest, path)
    ] * copies


def _word(line: str) -> tuple[str, str]:
    """The first word and what follows it."""
    word, *rest = [*line.split(maxsplit=1), ""][:2]
    return word, rest[0] if rest else ""


def _lie(line: str, path: Path) -> tuple[str, int | None]:
    if match := re.search(r"\srdlength=([0-9]{1,6})$", line):
        return line[: match.start()], integer(int(match[1]), path, 0, 65535)
    return line, None


def _copies(type_name: str, written: str, path: Path) -> tuple[str, int]:
    """Generic data is repeated too; the other forms see to `xN` themselves."""
    if not written.startswith("\\#"):
        return written, 1
    words, count = repeated(written.split(), rdata.MOST, path)
    return " ".join(words), count


def _owner(written: str, path: Path) -> Name | PointerData:
    return rdata.pointer(written, path) if written.startswith("^") else names.from_text(written, path)
