"""Paths inside another root directory, resolved as a process in it would see them."""

from pathlib import Path

from conformance.errors import UserError

_MOST_LINKS = 40  # what Linux follows in one path


def inside(root: Path, path: str) -> Path:
    """Where `path`, absolute or relative to the top, lies on this machine when `root` is taken for `/`.

    Symbolic links are followed, absolute ones from `root`, and `..` does not leave it. The last parts need
    not exist. Raises UserError for links that go round in circles.
    """
    resolved = root
    pending = _parts(path)
    links = 0
    while pending:
        part = pending.pop()
        if part == "..":
            if resolved != root:
                resolved = resolved.parent
            continue
        candidate = resolved / part
        if not candidate.is_symlink():
            resolved = candidate
            continue
        links += 1
        if links > _MOST_LINKS:
            raise UserError(f"{candidate}: the symbolic links of {path} go round in circles")
        target = candidate.readlink()
        if target.is_absolute():
            resolved = root
        pending += _parts(str(target))
    return resolved


def _parts(path: str) -> list[str]:
    """The components, last one first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]
