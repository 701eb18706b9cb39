"""`conformance reference`: what is committed about the catalogued libcs, made anew or checked."""

import argparse
import sys
from pathlib import Path

from conformance.commands import Subparsers
from conformance.paths import REFERENCE
from conformance.results import LATEST

SAME, DIFFERENT = 0, 1


def register(subparsers: Subparsers) -> None:
    """Add `reference` with `results` and `docs`."""
    parser = subparsers.add_parser(
        "reference",
        help="make or check the committed observations and the pages made of the topics",
        description="Make or check what is committed about the catalogued libcs. "
        "Exit code of --check: 0 up to date, 1 not up to date, 2 trouble.",
    )
    parts = parser.add_subparsers(required=True, metavar="PART")
    observations = parts.add_parser("results", help="results/reference, from a run on the catalogued libcs")
    observations.add_argument(
        "--run", dest="results", type=Path, default=LATEST, metavar="DIR", help=f"results folder ({LATEST})"
    )
    observations.set_defaults(run=_results)
    docs = parts.add_parser("docs", help="docs/reference, from the topics")
    docs.set_defaults(run=_docs)
    for part in (observations, docs):
        part.add_argument("--check", action="store_true", help="write nothing, tell what would change")


def _results(options: argparse.Namespace) -> int:
    from conformance import results
    from conformance.reference import observations

    read = results.read(options.results)
    for note in read.torn:
        print(f"conformance: {note}", file=sys.stderr)
    found = observations.of_run(read)
    if not options.check:
        for note in observations.update(found, REFERENCE):
            print(f"conformance: {note}", file=sys.stderr)
        return SAME
    from conformance.reference.agreement import disagreements

    told = list(disagreements(read, found, REFERENCE))
    if told:
        print("\n".join(told))
        print(f"If this is right: conformance reference results --run {options.results}")
    return DIFFERENT if told else SAME


def _docs(options: argparse.Namespace) -> int:
    from conformance.reference import pages

    if not options.check:
        pages.write()
        return SAME
    stale = pages.stale()
    for path in stale:
        print(f"{path} is not what the topics say: conformance reference docs")
    return DIFFERENT if stale else SAME
