"""The page's colours have the contrast that WCAG 2.2 AA asks for, in light, dark and print."""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = Path("conformance/report/assets/tokens.css").read_text()

TEXT = 4.5
"""Success criterion 1.4.3, for text of ordinary size."""
GRAPHIC = 3.0
"""Success criterion 1.4.11, for what is needed to see a control or a part of a drawing."""

GROUNDS = ["paper", "sheet"]
SHADES = ["g0", "g1", "g2", "g3", "g4"]
BARS = ["bar0", "bar1", "bar2", "bar3", "bar4", "bar5", "bar6"]

ON_TEXT = [
    *product(["ink", "soft", "link", "good", "bad", "odd"], GROUNDS),
    *product(["ink", "soft", "good", "bad", "odd"], SHADES),
    *product(["ink"], BARS),
    *product(["udp", "tcp"], ["paper"]),
]
ON_GRAPHIC = [*product(["frame", "focus", "odd", "udp", "tcp"], ["paper"]), *product(["focus"], SHADES)]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))


LIGHT, DARK, PRINT = (colours(block) for block in re.split(r"\n@media [^{]*\{", TOKENS))
THEMES = {"light": LIGHT, "dark": LIGHT | DARK, "print": LIGHT | PRINT}


def luminance(colour: str) -> float:
    """Relative luminance, from 0 to 1, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("least", "pairs"), [(TEXT, ON_TEXT), (GRAPHIC, ON_GRAPHIC)], ids=["text", "graphic"]
)
def test_contrast(theme: str, least: float, pairs: list[tuple[str, str]]) -> None:
    found = {pair: contrast(THEMES[theme][pair[0]], THEMES[theme][pair[1]]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < least} == {}


def test_every_colour_has_a_dark_and_a_printed_value() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert LIGHT.keys() - PRINT.keys() <= {"focus"}


def test_colours_are_named_in_one_place() -> None:
    for sheet in Path("conformance/report/assets").glob("*.css"):
        if sheet.name != "tokens.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(", sheet.read_text()), sheet
