"""The repositories of an apko file: their keys, their indexes, and the files of their packages."""

from collections.abc import Callable
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.apk import index, keys
from conformance.libcs.apk.config import Config, Place
from conformance.libcs.apk.index import EVERY_ARCH, Package
from conformance.libcs.apk.keys import Keyring
from conformance.libcs.download import NotOnMirror, download

_LARGEST_INDEX = 256 << 20


def keyring(config: Config) -> Keyring:
    """The keys that an apko file trusts. Raises UserError for one that cannot be had."""
    return dict(keys.load(place.written, place.locate) for place in config.keyring)


def available(config: Config, arch: str, trusted: Keyring) -> list[Package]:
    """All packages of all repositories for an architecture, in the order of the repositories.

    Every index is verified. Raises UserError.
    """
    packages: list[Package] = []
    for order, place in enumerate(config.repositories):
        folder = f"{place.written}/{arch}"
        try:
            content = fetched(place, f"{folder}/APKINDEX.tar.gz", _LARGEST_INDEX)
        except NotOnMirror as error:
            raise UserError(
                f"{place.file}:{place.line}: there is no index {place.locate(folder)}/APKINDEX.tar.gz: "
                f"is {place.locate(place.written)} the folder that holds {arch}/?"
            ) from error
        source = str(place.locate(f"{folder}/APKINDEX.tar.gz"))
        packages += (
            Package(fields, f"{folder}/{fields['P']}-{fields['V']}.apk", place.tag, order)
            for fields in index.read(content, trusted, source)
            if fields.get("A", EVERY_ARCH) in (arch, EVERY_ARCH)
        )
    return packages


def fetched(
    place: Place, written: str, most: int, progress: Callable[[int], object] = lambda _: None
) -> bytes:
    """The content of `written`, which lies below `place`; more than `most` bytes are refused.

    Raises NotOnMirror where there is no such file, else UserError.
    """
    located = place.locate(written)
    if not isinstance(located, Path):
        return download(located, most, progress)
    try:
        content = located.read_bytes()
    except FileNotFoundError as error:
        raise NotOnMirror(f"{located}: there is no such file") from error
    except OSError as error:
        raise UserError(f"{located} cannot be read: {error.strerror}") from error
    progress(len(content))
    return content
