"""The libc that programs of an image run with, found and identified without running the image's program."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conformance.errors import UserError
from conformance.images.ask import ask
from conformance.images.extract import extract
from conformance.libcs.directory import Found, find_libc
from conformance.libcs.identity import installed_package
from conformance.libcs.model import Development, Image, Libc
from conformance.libcs.select import assemble, borrowed_development
from conformance.libcs.told import remembered_version

if TYPE_CHECKING:
    from docker import DockerClient

    from conformance.images.builder import Builder


def libc_of(client: "DockerClient", name: str, image: Image, builders: "Sequence[Builder]" = ()) -> Libc:
    """The image's libc, under the name that the user gave it. Raises UserError where none can be told.

    Its probes will be compiled in the builder of its family, if there is one.
    """
    found, version = find(client, image)
    development = _built_in(name, found, version, builders) or borrowed_development(found.family, version)
    return assemble(name, found, version, development, installed_package(found), image)


def find(client: "DockerClient", image: Image) -> tuple[Found, str]:
    """Where the image has its libc, and the version that this tells. Raises UserError."""
    root = extract(client, image)
    try:
        found = find_libc(root)
    except UserError as error:
        raise UserError(str(error).replace(str(root), f"the image {image.reference}")) from error
    return found, remembered_version(found.family, found.library_file, lambda: _banner(client, image, found))


def _banner(client: "DockerClient", image: Image, found: Found) -> str:
    """What the libc writes when it is run."""
    question = [found.loader] if found.family == "musl" else [found.loader, found.library]
    return ask(client, image, question, f"asking the libc of {image.reference} for its version")[1]


def _built_in(name: str, found: Found, version: str, builders: "Sequence[Builder]") -> Development | None:
    builder = next((builder for builder in builders if builder.family == found.family), None)
    return builder.development_for(name, version) if builder else None
