"""Whom we believe: the public keys that packages and indexes are signed with.

apk finds a key by the name of its file, and so do we. Keys of Alpine come with this program; they have the
digests that the recipe of Alpine's package alpine-keys names. Of Wolfi's key it has the digest only, so that
the key itself may come from anywhere, also from the server that it vouches for.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from conformance.errors import UserError
from conformance.libcs.download import download

SHIPPED = Path(__file__).parent.with_name("keys")
MACHINE = Path("/etc/apk/keys")
VARIABLE = "CONFORMANCE_APK_KEYS"

KNOWN = {
    "wolfi-signing.rsa.pub": "f0031424cf46f7db780ce63a45f0fd6aa6f85f601e6bb3b7a91fe3d4d5b7d2cc",
}
"""SHA-256 of key files that are not shipped."""

_REMOTE = re.compile(r"\w+://|\$\{")
_MOST = 1 << 16

Keyring = Mapping[str, RSAPublicKey]
"""Keys by the names of their files."""


def load(written: str, locate: Callable[[str], str | Path]) -> tuple[str, RSAPublicKey]:
    """The key that an entry of a keyring stands for, and its name; `locate` gives the entry's URL or path.

    A key that is shipped, or known by its digest, is taken by its name, wherever the entry says that it is:
    no key is believed because of where it was downloaded from. Raises UserError where there is none.
    """
    name = written.rpartition("/")[2]
    if not _REMOTE.match(written):
        file = locate(written)
        if isinstance(file, Path) and file.is_file():
            return name, _from_file(name, file)
    for folder in _folders():
        if (folder / name).is_file():
            return name, _from_file(name, folder / name)
    place = locate(written)
    if isinstance(place, Path):
        raise UserError(f"the keyring names {place}, but there is no such file")
    if name not in KNOWN:
        raise UserError(
            f"the key {name} is not known here, and no key is believed because of where it comes from: get "
            f"{place} in a way that you trust, and name the file in the keyring, or its folder in the "
            f"environment variable {VARIABLE}"
        )
    return name, _parse(_checked(name, download(place, _MOST), place), place)


def _folders() -> Iterator[Path]:
    yield SHIPPED
    if chosen := os.environ.get(VARIABLE):
        yield Path(chosen)
    yield MACHINE


def _from_file(name: str, file: Path) -> RSAPublicKey:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UserError(f"the key {file} cannot be read: {error.strerror}") from error
    return _parse(_checked(name, content, str(file)), str(file))


def _checked(name: str, content: bytes, source: str) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    if digest != KNOWN.get(name, digest):
        raise UserError(
            f"{source}: is not the key that {name} is known to be: it has SHA-256 {digest}, "
            f"but must have {KNOWN[name]}"
        )
    return content


def _parse(content: bytes, source: str) -> RSAPublicKey:
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UserError(f"{source}: is no public key in PEM form ({error})") from error
    if not isinstance(key, RSAPublicKey):
        raise UserError(f"{source}: is no RSA key, and apk signs with no other")
    return key
