"""Whether the committed observations are what a run gives.

pandas takes long to import, so this module is imported where the question is asked.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from conformance.difference import Side, as_text, differences
from conformance.paths import CASES
from conformance.reference.observations import Lines, content, file_of, read
from conformance.results import Results


def disagreements(results: Results, found: Mapping[str, Lines], folder: Path) -> Iterator[str]:
    """A paragraph for each libc of the run whose file is not exactly what the run gives. Raises UserError."""
    observed = {
        libc: tuple(line.observation for line in results.lines if line.observation.libc == libc)
        for libc in found
    }
    for libc, lines in found.items():
        path = file_of(libc, folder)
        committed = Side(str(path), tuple(read(libc, folder)))
        if path.read_bytes() == content(lines.values()):
            continue
        compared = differences((committed, Side(f"{results.folder}:{libc}", observed[libc])), CASES)
        yield as_text([compared]) if compared else f"{path} says the same in other words or another order"
