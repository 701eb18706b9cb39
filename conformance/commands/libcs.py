"""`conformance libcs`: what can be tested here, what is fetched, what is in it, and how to change either."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.commands import Subparsers
from conformance.errors import UserError

if TYPE_CHECKING:
    from conformance.libcs.model import Libc
    from conformance.libcs.names import ImageName
    from conformance.libcs.overview import Row


def register(subparsers: Subparsers) -> None:
    """Add `libcs` with its own sub-commands."""
    parser = subparsers.add_parser("libcs", help="list, fetch, lock and check the libcs that can be tested")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_list)
    actions = parser.add_subparsers(metavar="ACTION")

    fetch = actions.add_parser("fetch", help="download and unpack libcs into the cache")
    fetch.add_argument(
        "names", nargs="+", metavar="NAME", help="as in --libc: musl, glibc-2.36, musl:all, all, apk:NAME"
    )
    _add_mirror(fetch)
    fetch.set_defaults(run=_fetch)

    lock = actions.add_parser("lock", help="pin the packages that a mirror has now for a libc")
    lock.add_argument("names", nargs="*", metavar="NAME", help="or apk:NAME; by default all catalogued ones")
    _add_mirror(lock)
    lock.add_argument(
        "--keyring", type=Path, metavar="FILE", help="keys to check the mirror's signature with"
    )
    lock.add_argument(
        "--allow-expired", action="store_true", help="accept an index that is past its Valid-Until"
    )
    lock.set_defaults(run=_lock)

    check = actions.add_parser(
        "check", help="compare root directories of apk packages with their repositories"
    )
    check.add_argument(
        "names", nargs="*", metavar="apk:NAME", help="by default those whose repositories are known here"
    )
    check.set_defaults(run=_check)

    sbom = actions.add_parser(
        "sbom", help="write what is in a libc's root directory or image as CycloneDX JSON"
    )
    sbom.add_argument("name", metavar="NAME", help="as in --libc")
    sbom.add_argument("--output", type=Path, metavar="FILE", help="by default stdout")
    sbom.set_defaults(run=_sbom)


def _add_mirror(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mirror", metavar="URL", help="Debian mirror; by default the one that apt uses here"
    )


def _fetch(options: argparse.Namespace) -> int:
    from conformance.libcs.apk import provider
    from conformance.libcs.apk.packagelist import PackageList
    from conformance.libcs.catalogue import Entry
    from conformance.libcs.fetch import fetch, root_of
    from conformance.libcs.names import parse

    selections = parse(",".join(options.names))
    for selection in selections:
        if not isinstance(selection, Entry | PackageList):
            raise UserError(f"{selection.name} cannot be fetched: only what is made of packages can")
    fetch([each for each in selections if isinstance(each, Entry)], options.mirror)
    for each in selections:
        if isinstance(each, PackageList):
            if each.note:
                print(each.note, file=sys.stderr)
            print(f"{each.name}  {provider.root(each)}")
        elif isinstance(each, Entry):
            print(f"{each.name}  {root_of(each)}")
    return 0


def _lock(options: argparse.Namespace) -> int:
    from conformance.libcs.apk.packagelist import PREFIX

    apk = [name for name in options.names if name.startswith(PREFIX)]
    debian = [name for name in options.names if name not in apk]
    for name in apk:
        _lock_apk(name)
    if debian or not apk:
        _lock_debian(debian or ["all"], options)
    return 0


def _lock_apk(name: str) -> None:
    from conformance.libcs.apk import config, lockfile, packagelist
    from conformance.libcs.apk.fetch import relock
    from conformance.libcs.arch import native

    image = config.read(packagelist.parse(name).file)
    text = relock(image, image.archs or [native().name])
    lock = lockfile.path_of(image.file)
    same = lock.is_file() and lock.read_text() == text
    try:
        lock.write_text(text)
    except OSError as error:
        raise UserError(
            f"cannot write the lock {lock}: {error.strerror}; copy {image.file} to a folder of yours, "
            "and name the copy"
        ) from error
    print(f"{lock}: {'nothing changed' if same else 'written'}")


def _lock_debian(names: list[str], options: argparse.Namespace) -> None:
    from conformance.libcs.lock import LOCK, read_lock, write_lock
    from conformance.libcs.mirror import debian_mirror
    from conformance.libcs.names import catalogued_entries
    from conformance.libcs.relock import relock
    from conformance.libcs.signature import archive_keyring

    entries = catalogued_entries(",".join(names))
    keyring = archive_keyring(options.keyring)
    old = read_lock()
    new = relock(entries, debian_mirror(options.mirror), keyring, allow_expired=options.allow_expired)
    write_lock(old | new)
    changed = [name for name in new if new[name] != old.get(name)]
    print(f"{LOCK}: {', '.join(changed) or 'nothing'} changed")


def _check(options: argparse.Namespace) -> int:
    from conformance.libcs.apk import mirror, packagelist
    from conformance.libcs.apk.check import check

    names = options.names or [
        f"{packagelist.PREFIX}{name}"
        for name in packagelist.shipped()
        if mirror.is_known(packagelist.IMAGES / f"{name}.yaml")
    ]
    if not names:
        raise UserError(
            f"no repository is known here: name an apko file as apk:PATH, or set {mirror.ALPINE} "
            f"or {mirror.WOLFI}"
        )
    found = 0
    for name in names:
        report = check(packagelist.parse(name))
        found += len(report.findings)
        for finding in report.findings:
            print(f"{name}: {finding}")
        if not report.findings:
            print(f"{name}: {report.promised} packages, as the index promises")
    return 1 if found else 0


def _sbom(options: argparse.Namespace) -> int:
    from conformance.libcs.sbom import document
    from conformance.libcs.select import select

    libcs = select(options.name, _in_image)
    if len(libcs) != 1:
        raise UserError(f"{options.name} names {len(libcs)} libcs: name one")
    text = document(libcs[0])
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        options.output.write_text(text)
    except OSError as error:
        raise UserError(f"cannot write {options.output}: {error.strerror}") from error
    return 0


def _in_image(name: "ImageName") -> "Libc":
    from conformance.images.engine import connect
    from conformance.images.libc import libc_of
    from conformance.images.pull import resolve

    client = connect()
    return libc_of(client, name.name, resolve(client, name.reference, "missing"))


def _list(options: argparse.Namespace) -> int:
    from conformance.libcs.overview import overview

    rows = overview()
    if options.format == "json":
        print(json.dumps([row.as_json() for row in rows], indent=2))
        return 0
    table = [("NAME", "STATE", "SIZE", "TOLD", "SOURCE", "BUILD ID", "SHA-256"), *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    return 0


def _cells(row: "Row") -> tuple[str, ...]:
    identity = row.identity
    return (
        row.name,
        row.state,
        f"{row.size / 1e6:.1f} MB" if row.size else "-",
        f"{row.family} {row.version}" if row.version else "-",
        row.source,
        (identity.build_id or "none")[:12] if identity else "-",
        identity.digest[:12] if identity else "-",
    )
