"""Checking the signature of a suite's InRelease file with gpgv."""

import subprocess
from pathlib import Path

from conformance.errors import UserError

_KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)

_STATUS = "[GNUPG:] "


def archive_keyring(named: Path | None = None) -> Path:
    """The keyring that Debian's archive is checked with. Raises UserError where there is none."""
    if named is not None:
        if not named.is_file():
            raise UserError(f"there is no keyring {named}")
        return named.resolve()
    for keyring in _KEYRINGS:
        if keyring.is_file():
            return keyring
    raise UserError(
        f"there is no keyring {_KEYRINGS[0]}: install the package debian-archive-keyring, "
        "or name a keyring with --keyring FILE"
    )


def signed_text(inrelease: bytes, keyring: Path, source: str) -> str:
    """The part of a clear-signed file that is signed by a key of the keyring, and nothing else of it.

    A suite is signed by several keys, of which the keyring may lack some: one good signature is enough
    and no bad one is accepted, as apt has it. Raises UserError, which names `source`.
    """
    command = ["gpgv", "--weak-digest", "SHA1", "--keyring", str(keyring), "--status-fd", "2"]
    try:
        gpgv = subprocess.run([*command, "--output", "-"], input=inrelease, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UserError("gpgv is needed to check signatures: install the package gpgv") from error
    lines = gpgv.stderr.decode(errors="replace").splitlines()
    words = {line.split()[1] for line in lines if line.startswith(_STATUS)}
    if "BADSIG" in words or "VALIDSIG" not in words or "GOODSIG" not in words:
        explanation = "\n".join(line for line in lines if not line.startswith(_STATUS))
        raise UserError(f"{source}: no good signature by a key of {keyring}; gpgv says:\n{explanation}")
    return gpgv.stdout.decode()
