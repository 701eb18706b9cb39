"""Puts the page together from runs and topics."""

import base64
import os
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance import __version__
from conformance.errors import UserError
from conformance.report import data, overview, pictures
from conformance.report.changes import Change, changes
from conformance.report.figures import Figures
from conformance.report.links import case_link, link, matrix_link
from conformance.report.reading import Run, described, read_all, rebuilt
from conformance.report.rows import Row, rows
from conformance.topics import known_cases
from conformance.values import shown

PAGE, DOCUMENT, TABLE = "index.html", "data.json", "data.csv"

_LEVEL = 6
"""Of compression: higher ones take twice the time and save a hundredth."""

_CHUNK = 1 << 20

_ASSETS = Path(__file__).parent / "assets"
_STYLES = ("tokens.css", "page.css", "matrix.css", "panel.css", "pictures.css")
_SCRIPTS = ("dom.js", "data.js", "route.js", "filter.js", "matrix.js", "timeline.js", "panel.js", "app.js")


@dataclass(frozen=True, slots=True)
class Site:
    """What was written."""

    page: Path
    generated: str
    cases: int
    libcs: int
    observations: int
    torn: list[str]


def write_site(folders: Sequence[Path], out: Path, root: Path, *, live: bool = False) -> Site:
    """Writes page, JSON and CSV to `out`.

    `folders` are results folders, none for the last run and the one before. `root` is the folder of the
    topics. A `live` page asks its server for news. Raises UserError.
    """
    runs = read_all(folders)
    newest, older = runs[0], runs[1:]
    table = rows(newest, newest.libcs, known_cases(newest.seen, root))
    since = {run.name: changes(table, newest.libcs, run) for run in older}
    generated = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with _replacing(out / DOCUMENT) as path:
            _write(path, data.document(runs, table, since, generated))
        # zlib lets other threads work meanwhile
        with ThreadPoolExecutor(1) as pool:
            packed = pool.submit(_packed, out / DOCUMENT)
            with _replacing(out / TABLE) as path:
                data.write_csv(path, table, newest.libcs)
            context = _context(runs, table, since)
        html = _render(context, packed.result(), generated, live=live)
        with _replacing(out / PAGE) as path:
            path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"cannot write the report to {out}: {error.strerror}. Name another folder with -o"
        ) from error
    observations = sum(map(len, newest.seen.values()))
    torn = [sentence for run in runs for sentence in run.torn]
    return Site(out / PAGE, generated, len(table), len(newest.libcs), observations, torn)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A path to write to that takes the place of `path` once it is whole."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        yield new
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _write(path: Path, pieces: Iterator[str]) -> None:
    with path.open("w", encoding="ascii") as file:
        file.writelines(pieces)


def _packed(path: Path) -> str:
    """A file, compressed and in base64."""
    packer = zlib.compressobj(_LEVEL)
    packed = bytearray()
    with path.open("rb") as file:
        while content := file.read(_CHUNK):
            packed += packer.compress(content)
    packed += packer.flush()
    return base64.b64encode(packed).decode("ascii")


def _context(runs: Sequence[Run], table: Sequence[Row], since: dict[str, list[Change]]) -> dict[str, Any]:
    """What the views show, ready for their templates."""
    libcs = described(runs[0])
    figures = Figures(table, libcs)
    misuses = pictures.misuses(table)
    return {
        "runs": [data.entry(run) for run in runs],
        "libcs": libcs,
        "overview": overview.overview(figures, table, since),
        "rebuilt": rebuilt(*runs[:2]) if len(runs) > 1 else {},
        "history": overview.history(figures, table),
        "memory_chart": pictures.memory_chart(table, figures.names),
        "misuse_chart": pictures.misuse_chart(misuses, figures.names),
        "misuses": misuses,
        "ends": pictures.ENDS,
    }


def _render(context: dict[str, Any], packed: str, generated: str, *, live: bool) -> str:
    return (
        _environment()
        .get_template("page.html")
        .render(
            context,
            version=__version__,
            generated=generated,
            live=live,
            packed=packed,
            files={"json": DOCUMENT, "csv": TABLE},
            styles=_asset(*_STYLES),
            script=_asset(*_SCRIPTS),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["value"] = shown
    environment.globals |= {"link": link, "matrix_link": matrix_link, "case_link": case_link}
    return environment


def _asset(*names: str) -> Markup:
    return Markup("".join((_ASSETS / name).read_text(encoding="utf-8") for name in names))
