"""The part of an apko file that a root directory is made from, and the parts that it does without."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.apk import yamlfile
from conformance.libcs.apk.dependency import Dependency, parse
from conformance.libcs.apk.mirror import expanded
from conformance.libcs.apk.yamlfile import Value

_IGNORED = (
    "accounts",
    "annotations",
    "cmd",
    "entrypoint",
    "environment",
    "paths",
    "stop-signal",
    "vcs-url",
    "volumes",
    "work-dir",
)
"""How a container is run and who owns which file: a libc's root directory does without."""

_REFUSED = {
    "layering": "a root directory has no layers: take it out",
    "certificates": "certificates cannot be added to a root directory here: take it out",
    "baseimage": "a root directory cannot be built upon an image here: name its packages instead",
    "ecosystems": "packages other than apk's cannot be installed here: take it out",
}

_LISTS = ("build_repositories", "repositories", "keyring", "packages")

_APK_ARCH = {
    "386": "x86",
    "amd64": "x86_64",
    "arm64": "aarch64",
    "arm/v6": "armhf",
    "arm/v7": "armv7",
    "loong64": "loongarch64",
}
"""apk's names of architectures that container images call otherwise."""

_URL = re.compile(r"https?://")


@dataclass(frozen=True, slots=True)
class Place:
    """A URL or a path as an apko file has it, with variables: `written` in line `line` of `file`.

    `tag` is that of a repository, None without.
    """

    written: str
    file: Path
    line: int
    tag: str | None = None

    def locate(self, written: str) -> str | Path:
        """The URL or the path that `written`, which begins as this place does, stands for.

        A relative path starts from the folder of the file, or from here where it is not there. Raises
        UserError for a variable that is not set, and for a scheme other than http and https.
        """
        text = expanded(written, f"{self.file}:{self.line}")
        if _URL.match(text):
            return text
        if "://" in text:
            raise UserError(f"{self.file}:{self.line}: {text} is neither an http or https URL nor a path")
        beside = self.file.parent / text
        return beside if beside.exists() else Path(text)


@dataclass(frozen=True, slots=True)
class Config:
    """What is to be installed, and from where.

    `archs` are apk's names of the architectures, none meaning any. `digest` is the SHA-256 of the file, which
    goes on with those that it includes.
    """

    file: Path
    repositories: tuple[Place, ...]
    keyring: tuple[Place, ...]
    packages: tuple[Dependency, ...]
    archs: tuple[str, ...]
    digest: bytes


@dataclass(slots=True)
class _Parts:
    """The lists of a file and of those that it includes, whose members come first."""

    members: dict[str, list[Value]] = field(default_factory=lambda: {name: [] for name in (*_LISTS, "archs")})
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    included: list[Path] = field(default_factory=list)


def read(file: Path) -> Config:
    """What an apko file describes. Raises UserError with the line of what is wrong or cannot be done here."""
    parts = _Parts()
    _collect(file, parts)
    members = parts.members
    config = Config(
        file=file,
        repositories=tuple(map(_repository, members["build_repositories"] + members["repositories"])),
        keyring=tuple(Place(each.text(), each.file, each.line) for each in members["keyring"]),
        packages=tuple(map(_package, members["packages"])),
        archs=tuple(_APK_ARCH.get(each.text(), each.text()) for each in members["archs"]),
        digest=parts.digest.digest(),
    )
    for name, given in (("repositories", config.repositories), ("packages", config.packages)):
        if not given:
            raise UserError(f"{file}: names no {name}: a root directory needs some in contents.{name}")
    return config


def _collect(file: Path, parts: _Parts) -> None:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from error
    parts.digest.update(content)
    parts.included.append(file)
    top = yamlfile.read(content, file).mapping()
    if "include" in top:
        _collect(_included(top["include"], parts), parts)
    for key, value in top.items():
        if key == "contents":
            _collect_contents(value, parts)
        elif key == "archs":
            parts.members["archs"] += value.texts()
        elif key == "entrypoint":
            _check_entrypoint(value)
        elif key in _REFUSED:
            value.wrong(_REFUSED[key])
        elif key not in (*_IGNORED, "include"):
            value.unknown(("contents", "archs", "include", *_IGNORED))


def _included(value: Value, parts: _Parts) -> Path:
    name = value.text()
    if "://" in name or name.startswith("git@") or ".git" in name:
        value.wrong(f"{name} would have to be fetched with git: get the file and name its path instead")
    file = value.file.parent / name
    if file in parts.included:
        value.wrong(f"{name} includes itself")
    if not file.is_file():
        value.wrong(f"there is no file {file}")
    return file


def _collect_contents(contents: Value, parts: _Parts) -> None:
    for key, value in contents.mapping().items():
        if key in _REFUSED:
            value.wrong(_REFUSED[key])
        elif key in _LISTS:
            parts.members[key] += value.texts()
        elif key != "runtime_repositories":
            value.unknown((*_LISTS, "runtime_repositories"))


def _check_entrypoint(entrypoint: Value) -> None:
    entries = entrypoint.mapping()
    for key in ("type", "services"):
        if key in entries and (key == "services" or entries[key].text() == "service-bundle"):
            entries[key].wrong("services cannot be supervised in a root directory: take it out")


def _repository(value: Value) -> Place:
    tag, _, place = value.text().partition(" ") if value.text().startswith("@") else ("", "", value.text())
    if not place.strip():
        value.wrong(f"{value.text()} has a tag but no URL or path")
    return Place(place.strip().rstrip("/"), value.file, value.line, tag.removeprefix("@") or None)


def _package(value: Value) -> Dependency:
    try:
        return parse(value.text())
    except ValueError as error:
        value.wrong(str(error))
