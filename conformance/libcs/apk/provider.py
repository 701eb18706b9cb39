"""From an apko file to a root directory with a libc in it."""

import sys
from pathlib import Path

from conformance.errors import UserError
from conformance.libcs.apk import config, lockfile
from conformance.libcs.apk.development import development_of
from conformance.libcs.apk.fetch import fetch, lock_of, root_of
from conformance.libcs.apk.packagelist import PackageList
from conformance.libcs.arch import native
from conformance.libcs.model import Development


def root(packages: PackageList) -> Path:
    """The root directory of a package list, fetched where it is missing. Raises UserError."""
    image = config.read(packages.file)
    arch = native().name
    if image.archs and arch not in image.archs:
        raise UserError(
            f"{packages.file}: is for {', '.join(image.archs)}, but only {arch} can be tested here"
        )
    made = fetch(image, arch)
    lock = lock_of(image, arch)
    if lock is not None and lock.config not in (None, lockfile.checksum(image)):
        print(
            f"{lockfile.path_of(packages.file)}: was made for another {packages.file.name}, or with options "
            f"of apko's; write it anew with: conformance libcs lock {packages.name}",
            file=sys.stderr,
        )
    return made


def root_in_cache(packages: PackageList) -> Path | None:
    """The root directory of a package list, None where it is not fetched. Raises UserError."""
    lock = lock_of(config.read(packages.file), native().name)
    made = root_of(lock) if lock else None
    return made if made and made.is_dir() else None


def own_development(made: Path) -> Development | None:
    """The headers and start files among the packages of a root directory; None where they are not there."""
    arranged = development_of(made)
    return Development(arranged, None, made.name) if arranged.is_dir() else None
