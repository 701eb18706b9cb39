"""Addresses inside the page: what stands after `#` is the view, its filters, and the case that is open."""

from urllib.parse import quote

_PLAIN = "/:@,-._~"


def link(view: str, **parameters: str) -> str:
    """A view with its parameters, those that are empty left away."""
    told = "&".join(f"{name}={quote(value, safe=_PLAIN)}" for name, value in parameters.items() if value)
    return f"#{view}?{told}" if told else f"#{view}"


def matrix_link(**filters: str) -> str:
    """The matrix with filters; without `show` it has all cases that the others leave."""
    return link("matrix", **filters)


def case_link(case: str, libc: str = "") -> str:
    """A case, and the cell of one libc in it."""
    return link("matrix", case=f"{case}@{libc}" if libc else case)
