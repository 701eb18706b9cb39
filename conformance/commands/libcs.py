"""`conformance libcs`: what can be tested here, what is fetched, and how to change either."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.commands import Subparsers

if TYPE_CHECKING:
    from conformance.libcs.overview import Row


def register(subparsers: Subparsers) -> None:
    """Add `libcs` with its own sub-commands `fetch` and `lock`."""
    parser = subparsers.add_parser("libcs", help="list, fetch and lock the libcs that can be tested")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_list)
    actions = parser.add_subparsers(metavar="ACTION")

    fetch = actions.add_parser("fetch", help="download and unpack libcs into the cache")
    fetch.add_argument(
        "names", nargs="+", metavar="NAME", help="as in --libc: musl, glibc-2.36, musl:all, all"
    )
    _add_mirror(fetch)
    fetch.set_defaults(run=_fetch)

    lock = actions.add_parser("lock", help="pin what a Debian mirror has now for each catalogued libc")
    lock.add_argument("names", nargs="*", metavar="NAME", help="by default all")
    _add_mirror(lock)
    lock.add_argument(
        "--keyring", type=Path, metavar="FILE", help="keys to check the mirror's signature with"
    )
    lock.add_argument(
        "--allow-expired", action="store_true", help="accept an index that is past its Valid-Until"
    )
    lock.set_defaults(run=_lock)


def _add_mirror(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mirror", metavar="URL", help="Debian mirror; by default the one that apt uses here"
    )


def _fetch(options: argparse.Namespace) -> int:
    from conformance.libcs.fetch import fetch, root_of
    from conformance.libcs.names import catalogued_entries

    entries = catalogued_entries(",".join(options.names))
    fetch(entries, options.mirror)
    for entry in entries:
        print(f"{entry.name}  {root_of(entry)}")
    return 0


def _lock(options: argparse.Namespace) -> int:
    from conformance.libcs.lock import LOCK, read_lock, write_lock
    from conformance.libcs.mirror import debian_mirror
    from conformance.libcs.names import catalogued_entries
    from conformance.libcs.relock import relock
    from conformance.libcs.signature import archive_keyring

    entries = catalogued_entries(",".join(options.names or ["all"]))
    keyring = archive_keyring(options.keyring)
    old = read_lock()
    new = relock(entries, debian_mirror(options.mirror), keyring, allow_expired=options.allow_expired)
    write_lock(old | new)
    changed = [name for name in new if new[name] != old.get(name)]
    print(f"{LOCK}: {', '.join(changed) or 'nothing'} changed")
    return 0


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
