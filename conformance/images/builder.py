"""Builder images: those with a compiler, in which the probes for other images are compiled."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from conformance.build.command import LIBRARIES
from conformance.build.compiler import NAMES, ImageCompiler, kind_of
from conformance.errors import UserError
from conformance.images.ask import NOT_THERE, ask
from conformance.images.libc import find
from conformance.libcs.filling import cache_errors, write_whole
from conformance.libcs.model import Development, Family, Image
from conformance.paths import cache

if TYPE_CHECKING:
    from docker import DockerClient

_VERSION = 1
"""Part of the name of what is remembered: to be raised when something else is."""

_OF_ANOTHER_PACKAGE = "crypt"

# GNU ld's words, and lld's
_CANNOT_FIND = re.compile(r"(?:cannot find|unable to find library) -l(\w+)")


@dataclass(frozen=True, slots=True)
class Builder:
    """A builder image: what its compiler makes is for libcs of the `family`, not older than `version`.

    `root` has a copy of its libc.
    """

    image: Image
    family: Family
    version: str
    root: Path

    def development_for(self, name: str, version: str) -> Development:
        """What the libc called `name` is compiled with. Raises UserError where the builder is newer than it.

        A program may need whatever the libc has that it was linked with.
        """
        if Version(self.version) > Version(version):
            raise UserError(
                f"--build-in={self.image.reference} has {self.family} {self.version}, and {name} is older: "
                f"{version}. What is compiled there may need what is missing here; name a builder with "
                f"{self.family} {version} or older"
            )
        return Development(self.root, None, self.image.id, self.image)


def builder_of(client: "DockerClient", image: Image) -> Builder:
    """The image as a builder. Raises UserError where it holds no libc, or no compiler that works."""
    found, version = find(client, image)
    compiler = compiler_in(client, image)
    if found.family == "glibc" and (lacking := set(LIBRARIES) - {*compiler.libraries, _OF_ANOTHER_PACKAGE}):
        raise UserError(
            f"{image.reference} lacks a part of glibc's development files, "
            f"{', '.join(f'lib{name}' for name in sorted(lacking))}: its probes would seem to lack functions"
        )
    return Builder(image, found.family, version, found.root)


def compiler_in(client: "DockerClient", image: Image) -> ImageCompiler:
    """The image's compiler: looked for once, and remembered by the image's id. Raises UserError."""
    file = cache() / "images" / f"{image.id.removeprefix('sha256:')}-compiler-{_VERSION}.json"
    if file.is_file():
        told = json.loads(file.read_text())
        return ImageCompiler(told["name"], told["kind"], tuple(told["libraries"]))
    compiler = _look_for_compiler(client, image)
    with cache_errors():
        write_whole(file, json.dumps(asdict(compiler)))
    return compiler


def _look_for_compiler(client: "DockerClient", image: Image) -> ImageCompiler:
    what = f"looking for a compiler in {image.reference}"
    tried = []
    for name in NAMES:
        code, said = ask(client, image, [name, "--version"], what)
        if code == 0 and (kind := kind_of(said)):
            return ImageCompiler(name, kind, _linkable(client, image, name))
        tried.append(f"{name} {'is not there' if code == NOT_THERE else f'says {said.strip()!r}'}")
    raise UserError(
        f"{image.reference} has no C compiler, neither gcc nor clang: {', '.join(tried)}. --build-in names "
        "an image with a compiler and the headers of its libc (apk: build-base, apt: gcc libc6-dev)"
    )


def _linkable(client: "DockerClient", image: Image, compiler: str) -> tuple[str, ...]:
    """Those of all libraries that the image has. Raises UserError where it can link none at all."""
    wanted: tuple[str, ...] = LIBRARIES
    while True:
        command = [compiler, "-shared", "-x", "c", "/dev/null", "-o", "/tmp/linked"]
        command += [f"-l{library}" for library in wanted]
        code, said = ask(client, image, command, f"linking in {image.reference}")
        missing = set(_CANNOT_FIND.findall(said)) & set(wanted)
        if code == 0:
            return wanted
        wanted = tuple(library for library in wanted if library not in missing)
        if not missing or "c" not in wanted:
            raise UserError(
                f"the compiler of {image.reference} cannot link, {compiler} ended with {code}:\n"
                f"{said.strip()}\n"
                "Does the image have the headers and start files of its libc (apk: musl-dev or glibc-dev, "
                "apt: libc6-dev)?"
            )
