"""docs/reference: which pages there are, written or compared with what they should be."""

from itertools import groupby
from pathlib import Path

from conformance import topics
from conformance.errors import UserError
from conformance.paths import CASES
from conformance.reference.index import functions, index
from conformance.reference.page import page

FOLDER = Path("docs/reference")

_NOTE = "<!-- Made by `conformance reference docs` from the topics in cases: change these instead. -->\n\n"


def made() -> dict[str, str]:
    """All pages by file name, made from the project's topics. Raises TopicError."""
    cases = [case for path in topics.find(CASES) for case in topics.load(path)]
    families = {family: list(members) for family, members in groupby(cases, lambda case: case.family)}
    pages = {
        "README.md": index(families),
        "functions.md": functions(cases),
        **{f"{family}.md": page(family, members) for family, members in families.items()},
    }
    return {name: _NOTE + text for name, text in pages.items()}


def write(folder: Path = FOLDER) -> None:
    """Writes all pages and removes those of families that there are no more. Raises UserError."""
    pages = made()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
        for path in folder.glob("*.md"):
            if path.name not in pages:
                path.unlink()
    except OSError as error:
        raise UserError(f"cannot write {error.filename or folder}: {error.strerror}") from error


def stale(folder: Path = FOLDER) -> list[Path]:
    """The pages that are not, or no longer, what the topics say."""
    pages = made()
    names = {*pages, *(path.name for path in folder.glob("*.md"))}
    return [folder / name for name in sorted(names) if _text(folder / name) != pages.get(name)]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
