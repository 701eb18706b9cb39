"""Charts as inline SVG, drawn by pygal and dressed by the page's own styles.

pygal because it draws for the web and is small and pure Python: marks are plain SVG with classes that CSS can
colour for light, dark and paper, each can be a link, and nothing of the library has to go into the page.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pygal
from pygal.style import Style

_WIDTH, _ROW, _AXIS = 400, 24, 24
_SMALLEST_WRITTEN = 0.07
"""Share of the longest bar from which on there is room for a text in a part of a bar."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a chart: `text` is written at it, `label` says it in words, `href` is where it leads."""

    value: float
    text: str
    label: str
    href: str | None = None

    def for_pygal(self, text: str) -> dict[str, object]:
        """As pygal wants it, with the text that there is room for."""
        told: dict[str, object] = {"value": self.value, "label": self.label, "formatter": lambda _: text}
        if self.href:
            told["xlink"] = {"href": self.href, "target": "_self"}
        return told


def stacked_bars(names: Sequence[str], parts: Mapping[str, Sequence[Mark]], label: str) -> str:
    """Horizontal bars from top to bottom, divided in the same parts. `label` says what the chart shows."""
    lengths = [sum(mark.value for mark in marks) for marks in zip(*parts.values(), strict=True)]
    longest = max(lengths, default=0)
    chart = pygal.HorizontalStackedBar(
        **_common(_WIDTH, len(names)), print_values=True, show_x_guides=False, range=(0, longest)
    )
    chart.x_labels = names[::-1]
    chart.y_labels = []
    for name, marks in parts.items():
        chart.add(
            name,
            [
                mark.for_pygal(mark.text if mark.value >= longest * _SMALLEST_WRITTEN else "")
                for mark in reversed(marks)
            ],
        )
    return _inline(chart, label)


def punch_card(
    columns: Sequence[str], lines: Mapping[str, Sequence[Mark | None]], label: str, width: int
) -> str:
    """Dots with their texts, a line of dots for each name, all in the same columns.

    The areas of the dots are as the values. `width` is in pixels.
    """
    chart = pygal.Dot(**_common(width, len(lines)), print_values=True, show_y_guides=True)
    chart.x_labels = columns
    for name, marks in lines.items():
        # pygal takes a value for the radius
        dots = [replace(mark, value=mark.value**0.5) if mark else None for mark in marks]
        chart.add(name, [dot.for_pygal(dot.text) if dot else None for dot in dots])
    return _inline(chart, label)


def _common(width: int, lines: int) -> dict[str, object]:
    return {
        "width": width,
        "height": _ROW * lines + _AXIS,
        "margin": 0,
        "margin_right": 8,
        "spacing": 4,
        "css": [],
        "js": [],
        "explicit_size": True,
        "show_legend": False,
        "no_prefix": True,
        "truncate_label": -1,
        "rounded_bars": 0,
        # the page's own style sets the fonts; these are for the room that pygal leaves
        "style": Style(label_font_size=12, major_label_font_size=12, value_font_size=11),
    }


def _inline(chart: pygal.graph.graph.Graph, label: str) -> str:
    """The chart without pygal's scripts, styles and tool tips; the label of a mark becomes its title."""
    root = chart.render_tree()
    root.attrib.update({"role": "group", "aria-label": label})
    root.attrib.pop("id", None)
    for parent in [*root.iter()]:
        for child in [*parent]:
            if child.tag == "desc" and child.get("class") == "label":
                child.tag = "title"
                child.attrib.clear()
            elif _is_extra(child):
                parent.remove(child)
    return ET.tostring(root, encoding="unicode")


def _is_extra(element: ET.Element) -> bool:
    return (
        not isinstance(element.tag, str)
        or element.tag in ("desc", "defs", "script", "style", "title")
        or "tooltip-overlay" in element.get("class", "")
    )
