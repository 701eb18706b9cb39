"""GitHub-flavoured Markdown in which any text comes out as it went in."""

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"[\\`*\[\]<>|~&#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[-+=]|(?<=^\d)[.)]")
_CODE = re.compile(r"`[^`\n]+`")


def prose(text: str) -> str:
    """Text of a topic. What stands there between backticks becomes code; all else means only itself."""
    at, parts = 0, []
    for found in _CODE.finditer(text):
        parts += [_plain(text[at : found.start()]), code(found[0][1:-1])]
        at = found.end()
    return "".join([*parts, _plain(text[at:])])


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + found[0], text)


def code(text: str) -> str:
    """Text as code, also in the cell of a table.

    Renderers disagree on a backslash before a pipe in a table's code, and a code span cannot begin or end
    with a space, so such texts are written as HTML.
    """
    if "|" in text or text != text.strip() or not text:
        return f"<code>{re.sub(r'[^A-Za-z0-9]', lambda found: f'&#{ord(found[0])};', text)}</code>"
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"


def link(text: str, target: str) -> str:
    """A link; `text` is Markdown already."""
    return f"[{text}]({target})"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    return "\n".join(_row(cells) for cells in (header, ["---"] * len(header), *rows))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
