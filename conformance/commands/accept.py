"""`conformance accept`: take what a run observed into the expectations of the cases."""

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.commands import Subparsers
from conformance.paths import CASES
from conformance.results import LATEST

if TYPE_CHECKING:
    from conformance.acceptance import Change


def register(subparsers: Subparsers) -> None:
    """Add `accept`."""
    parser = subparsers.add_parser(
        "accept",
        help="write what a run observed into the cases' expectations",
        description="Write what a run observed into the cases' expectations. Requirements stay as they are.",
    )
    parser.add_argument(
        "cases",
        nargs="*",
        metavar="CASE",
        help="resolver, resolver/truncation, resolver/truncation::with-records, or a pattern with *; "
        "by default all cases of the run",
    )
    parser.add_argument(
        "--run", dest="results", type=Path, default=LATEST, metavar="DIR", help=f"results folder ({LATEST})"
    )
    parser.add_argument(
        "--libc",
        action="append",
        default=[],
        metavar="NAME",
        help="only this libc of the run; may be repeated",
    )
    parser.add_argument(
        "--cases", dest="root", type=Path, default=CASES, metavar="DIR", help="folder of the run's topics"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
    parser.set_defaults(run=_accept)


def _accept(options: argparse.Namespace) -> int:
    from conformance import results
    from conformance.acceptance import plan

    read = results.read(options.results)
    made = plan(read, options.root, options.cases, options.libc)
    if not options.dry_run:
        made.write()
    for note in [*read.torn, *made.notes]:
        print(f"conformance: {note}", file=sys.stderr)
    print("\n".join([*_shown(made.changes), _summary(made.changes, options.dry_run)]))
    return 0


def _shown(changes: "list[Change]") -> Iterator[str]:
    from conformance.topics.errors import shorter
    from conformance.values import shown

    for topic, of_topic in groupby(changes, lambda change: change.topic):
        yield shorter(topic)
        for case, of_case in groupby(of_topic, lambda change: change.case):
            yield f"  {case.partition('::')[2]}"
            for change in of_case:
                values = f"{shown(change.old)} -> {shown(change.new)}"
                yield f"    {change.fact}: {values} on {', '.join(change.libcs)}"


def _summary(changes: "list[Change]", dry_run: bool) -> str:
    if not changes:
        return "nothing to accept: all expectations agree with the run"
    cases = len({change.case for change in changes})
    topics = len({change.topic for change in changes})
    verb = "would change" if dry_run else "changed"
    return f"{verb} {len(changes)} facts of {cases} cases in {topics} topics"
