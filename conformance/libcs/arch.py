"""What differs between processor architectures: names in Debian and ELF, triplets, loader paths."""

import platform
from dataclasses import dataclass

from conformance.errors import UserError
from conformance.libcs.model import Family


@dataclass(frozen=True, slots=True)
class Architecture:
    """`oci` is its name in container images, `machine` pyelftools' name of the ELF machine.

    `loaders` are the paths that PT_INTERP names.
    """

    name: str
    debian: str
    oci: str
    machine: str
    loaders: dict[Family, str]

    def triplet(self, family: Family) -> str:
        """Debian's multiarch name of the folders that hold a family's files, `x86_64-linux-musl`."""
        return f"{self.name}-linux-{'musl' if family == 'musl' else 'gnu'}"


ARCHITECTURES = {
    "x86_64": Architecture(
        name="x86_64",
        debian="amd64",
        oci="amd64",
        machine="EM_X86_64",
        loaders={"musl": "/lib/ld-musl-x86_64.so.1", "glibc": "/lib64/ld-linux-x86-64.so.2"},
    ),
}


def native() -> Architecture:
    """The architecture of this machine. Raises UserError where libcs for it are not known."""
    name = platform.machine()
    if name not in ARCHITECTURES:
        raise UserError(f"this machine is {name}; libcs are known for {', '.join(ARCHITECTURES)} only")
    return ARCHITECTURES[name]
