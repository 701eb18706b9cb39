"""Checking that what apk calls signed is signed by somebody whom we believe."""

import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512, HashAlgorithm

from conformance.errors import UserError
from conformance.libcs.apk.keys import Keyring
from conformance.libcs.apk.members import files

_NAME = re.compile(r"\.SIGN\.([A-Z0-9]+)\.([^/]+)")
_MOST = 1 << 16
"""Bytes of a signature; apk passes over larger ones, too."""

_ALGORITHMS: dict[str, type[HashAlgorithm]] = {"RSA": SHA1, "RSA256": SHA256, "RSA512": SHA512}


def check(signatures: bytes, signed: bytes, keyring: Keyring, source: str) -> str:
    """The name of the key that signed the compressed bytes `signed`; `signatures` is a member of an archive.

    There may be several signatures: one good one by a key of the keyring is enough. Raises UserError, which
    names `source`.
    """
    found = []
    for name, signature in files(signatures, source):
        match = _NAME.fullmatch(name)
        if match is None:
            raise UserError(f"{source}: is not signed: it begins with {name} instead of a signature")
        algorithm, key = match.groups()
        verdict = _verdict(algorithm, key, signature, signed, keyring)
        if verdict is None:
            return key
        found.append(f"{key}: {verdict}")
    if not found:
        raise UserError(f"{source}: is not signed")
    raise UserError(
        f"{source}: has no good signature by a key of the keyring ({', '.join(keyring) or 'it is empty'}); "
        f"it has: {'; '.join(found)}"
    )


def _verdict(algorithm: str, key: str, signature: bytes, signed: bytes, keyring: Keyring) -> str | None:
    """What is wrong with a signature; None where it is good."""
    if len(signature) > _MOST:
        return f"passed over, larger than {_MOST >> 10} KiB"
    if key not in keyring:
        return "not in the keyring"
    if algorithm not in _ALGORITHMS:
        return f"made with {algorithm}, which is not supported"
    try:
        keyring[key].verify(signature, signed, PKCS1v15(), _ALGORITHMS[algorithm]())
    except InvalidSignature:
        return "does not fit what it is to sign"
    return None
