"""Which Debian mirror to fetch from: one that the user names, else the one that this machine's apt uses."""

import os
import subprocess

from conformance.errors import UserError
from conformance.libcs.apk.mirror import ALPINE, WOLFI

VARIABLE = "CONFORMANCE_DEBIAN_MIRROR"

_NAME_ONE = (
    f"name a Debian mirror with --mirror URL or in the environment variable {VARIABLE}, or have musl and "
    f"glibc made from the packages of the mirrors in {ALPINE} and {WOLFI}"
)


def debian_mirror(named: str | None = None) -> str:
    """The URL of the mirror's top folder, the one that holds `dists/` and `pool/`, without a trailing slash.

    Raises UserError where nobody named one and apt knows none.
    """
    mirror = named or os.environ.get(VARIABLE) or _mirror_of_apt()
    if not mirror.startswith(("http://", "https://")):
        raise UserError(f"the mirror {mirror} is neither an http:// nor an https:// URL; {_NAME_ONE}")
    return mirror.rstrip("/")


def _mirror_of_apt() -> str:
    fields = "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)"
    command = ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    except FileNotFoundError as error:
        raise UserError(f"this machine has no apt to read a mirror from; {_NAME_ONE}") from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UserError(f"apt's configuration could not be read ({error}); {_NAME_ONE}") from error
    for line in listing.splitlines():
        origin, label, component, uri = line.split("|", 3)
        if (
            component == "main"
            and uri.startswith(("http://", "https://"))
            and _is_main_archive(origin, label, uri)
        ):
            return uri
    raise UserError(f"apt on this machine is not configured for a Debian mirror; {_NAME_ONE}")


def _is_main_archive(origin: str, label: str, uri: str) -> bool:
    # apt leaves the placeholders as they are until it has fetched the suite's Release file once.
    if origin.startswith("$("):
        return uri.rstrip("/").endswith("/debian")
    return origin == label == "Debian"
