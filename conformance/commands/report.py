"""`conformance report`: what runs saw as a web page, with the data beside it."""

import argparse
import gc
import sys
from pathlib import Path

from conformance.commands import Subparsers
from conformance.paths import CASES

_OUT = Path("results/report")


def register(subparsers: Subparsers) -> None:
    """Add `report`."""
    parser = subparsers.add_parser(
        "report",
        help="write the dashboard: one web page, with the data as JSON and CSV",
        description="Write what runs saw as one web page that needs nothing else, with the data beside it.",
    )
    parser.add_argument(
        "runs",
        nargs="*",
        type=Path,
        metavar="RUN",
        help="results folders; the newest is shown, the others are compared with it "
        "(default: the last run, and the one before it)",
    )
    parser.add_argument(
        "-o", dest="out", type=Path, default=_OUT, metavar="DIR", help="folder for it (default: %(default)s)"
    )
    parser.add_argument(
        "--cases", dest="root", type=Path, default=CASES, metavar="DIR", help="folder of the runs' topics"
    )
    parser.add_argument(
        "--serve", action="store_true", help="show the page on this machine, made anew as a run goes on"
    )
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port of --serve (default: one that is free)"
    )
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    if options.serve:
        from conformance.report.serve import serve

        return serve(options.runs, options.root, options.port)
    from conformance.report.page import write_site

    # all that is read is kept until the end, and the collector would go through it again and again
    gc.disable()
    site = write_site(options.runs, options.out, options.root)
    for sentence in site.torn:
        print(sentence, file=sys.stderr)
    print(f"{site.page}: {site.cases} cases on {site.libcs} libcs, {site.observations} observations")
    return 0
