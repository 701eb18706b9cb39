"""Files that the gate writes for others to read."""

from pathlib import Path

from conformance.errors import UserError


def write(path: Path, text: str, *, added: bool = False) -> None:
    """Writes a file, or adds to one that several steps of a job share. Raises UserError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if added else "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error
