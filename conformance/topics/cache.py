"""Parsed topics, kept between runs: reading YAML is most of what collecting many cases costs.

An entry belongs to one topic file and counts only for exactly the text, the program and the catalogue that it
was made from. It never stands in for a file system: probes that a topic names are looked for again.
"""

import os
import pickle
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from conformance import __version__, paths
from conformance.case import Case

_PACKAGE = Path(__file__).parent.parent
_PROGRAM = ("topics/*.py", "nameserver/*.py", "case.py", "versions.py", "libcs/catalogue.toml")
_DIGEST = sha256().digest_size


@cache
def _program() -> bytes:
    """Changes whenever topics may be read differently."""
    digest = sha256(__version__.encode())
    for pattern in _PROGRAM:
        for source in sorted(_PACKAGE.glob(pattern)):
            digest.update(source.read_bytes())
    return digest.digest()


class Entry:
    """The place of one topic's cases in the cache. Beside the text, the cases depend on `names` only."""

    def __init__(self, content: bytes, names: Iterable[str]) -> None:
        place = sha256("\0".join(names).encode("utf-8", "surrogateescape"))
        self.path = paths.cache() / "topics" / place.hexdigest()
        self.key = sha256(place.digest() + _program() + content).digest()

    def read(self) -> list[Case] | None:
        """The cases, or None where there are none for this text. A damaged entry is no entry."""
        try:
            stored = self.path.read_bytes()
        except OSError:
            return None
        seal, pickled = stored[:_DIGEST], stored[_DIGEST:]
        if seal != self._seal(pickled):
            return None
        cases: list[Case] = pickle.loads(pickled)
        return cases

    def write(self, cases: list[Case]) -> None:
        """Keep the cases. A cache that cannot be written costs time, so it is no error."""
        pickled = pickle.dumps(cases, pickle.HIGHEST_PROTOCOL)
        written = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                written.write_bytes(self._seal(pickled) + pickled)
                written.replace(self.path)
            finally:
                written.unlink(missing_ok=True)

    def _seal(self, pickled: bytes) -> bytes:
        return sha256(self.key + pickled).digest()
