"""`conformance diff`: what two libcs did differently, or the same libcs in two runs."""

import argparse
from pathlib import Path

from conformance.commands import Subparsers
from conformance.paths import CASES

SAME, DIFFERENT = 0, 1


def register(subparsers: Subparsers) -> None:
    """Add `diff`."""
    parser = subparsers.add_parser(
        "diff",
        help="compare two libcs of a run, or two runs",
        description="Compare two libcs of a run, or two runs. Exit code: 0 same, 1 different, 2 trouble.",
    )
    for name in ("A", "B"):
        parser.add_argument(
            name,
            metavar=name,
            help="a libc of the last run such as musl-1.2.6, RUN:LIBC, or a results folder",
        )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--cases", dest="root", type=Path, default=CASES, metavar="DIR", help="folder of the runs' topics"
    )
    parser.set_defaults(run=_diff)


def _diff(options: argparse.Namespace) -> int:
    from conformance.difference import as_json, as_text, compare

    found = compare(options.A, options.B, options.root)
    print(as_json(found) if options.format == "json" else as_text(found))
    return DIFFERENT if any(found) else SAME
