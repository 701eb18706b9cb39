"""What a run was made on: the entries of run.json, and the libcs in one line each."""

import os
import platform
from datetime import UTC, datetime
from typing import Any

import pytest

import conformance
from conformance.build import compiler
from conformance.libcs import sbom
from conformance.libcs.model import Libc


def described(libc: Libc) -> str:
    """One line for people: what the libc is, where it comes from, and who lent headers."""
    parts = [libc.identity.package or _place(libc), f"sha256 {libc.identity.digest[:12]}"]
    if libc.image:
        parts.append(f"image {libc.image.digest or libc.image.id}")
    if libc.development.builder:
        parts.append(f"compiled in {libc.development.builder.reference}")
    elif libc.development.borrowed_from:
        parts.append(f"compiled with the headers of {libc.development.borrowed_from}")
    name = f"{libc.family}-{libc.version}"
    return f"{name if libc.name == name else f'{libc.name} is {name}'} ({', '.join(parts)})"


def _place(libc: Libc) -> str:
    return libc.library if libc.image else str(libc.root)


def _entry(libc: Libc) -> dict[str, Any]:
    """With the digest of what `conformance libcs sbom` writes; None where nothing tells the packages."""
    entry = libc.as_json()
    entry["identity"]["sbom"] = sbom.digest(libc)
    return entry


def run_entry(config: pytest.Config, libcs: list[Libc], backend: dict[str, Any]) -> dict[str, Any]:
    """The content of run.json."""
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "harness": conformance.__version__,
        "backend": backend,
        "libcs": [_entry(libc) for libc in libcs],
        "machine": platform.machine(),
        "kernel": platform.release(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "compiler": compiler.find().identity,
        "user": "root" if os.geteuid() == 0 else "ordinary",
        "arguments": list(config.invocation_params.args),
    }
