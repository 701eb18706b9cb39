"""What `apk:NAME` stands for: an apko file that comes with the program, or one of the user's."""

from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UserError

IMAGES = Path(__file__).parent.with_name("images")

PREFIX = "apk:"


@dataclass(frozen=True, slots=True)
class PackageList:
    """An apko file that a root directory is made from. `name` is what `--libc` calls it, `apk:alpine-musl`.

    `note` says that it is taken in place of what the user named, and why; None where the user named it.
    """

    name: str
    file: Path
    note: str | None = None


def shipped() -> list[str]:
    """The names of the apko files that come with the program."""
    return sorted(file.stem for file in IMAGES.glob("*.yaml"))


def parse(name: str) -> PackageList:
    """What `apk:NAME` stands for, which may also name a file. Raises UserError where there is none."""
    given = name.removeprefix(PREFIX)
    if given in shipped():
        return PackageList(name, IMAGES / f"{given}.yaml")
    file = Path(given).expanduser()
    if not file.is_file():
        raise UserError(
            f"{name}: there is no file {given!r}; apk: takes the path of an apko file (YAML), or one of "
            f"{', '.join(shipped())}"
        )
    return PackageList(name, file.resolve())
