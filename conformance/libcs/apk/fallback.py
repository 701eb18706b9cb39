"""Where `musl` and `glibc` come from without a Debian mirror: from Alpine's and Wolfi's packages."""

from conformance.errors import UserError
from conformance.libcs.apk.mirror import ALPINE, WOLFI, mirror
from conformance.libcs.apk.packagelist import IMAGES, PREFIX, PackageList
from conformance.libcs.catalogue import Entry
from conformance.libcs.mirror import debian_mirror
from conformance.libcs.model import Family

_INSTEAD: dict[Family, tuple[str, str]] = {"musl": ("alpine-musl", ALPINE), "glibc": ("wolfi-glibc", WOLFI)}


def instead_of(entry: Entry) -> PackageList | None:
    """The package list to take for the newest libc of a family where Debian's packages cannot be had.

    None where they can or are fetched, and where a mirror for the package list is not known either.
    """
    name, variable = _INSTEAD[entry.family]
    if mirror(variable) is None:
        return None
    # imported when it is needed: it takes longer than all else that names need
    from conformance.libcs.fetch import root_of

    if root_of(entry).is_dir():
        return None
    try:
        debian_mirror()
    except UserError as error:
        reason = str(error).partition(";")[0]
        note = f"{PREFIX}{name} is taken in place of {entry.name}: {reason}"
        return PackageList(f"{PREFIX}{name}", IMAGES / f"{name}.yaml", note)
    return None
