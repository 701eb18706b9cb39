"""`conformance gate`: whether a libc may ship, by what changed since a run that was good."""

import argparse
import os
from pathlib import Path

from conformance.commands import Subparsers
from conformance.paths import CASES

_STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def register(subparsers: Subparsers) -> None:
    """Add `gate`."""
    parser = subparsers.add_parser(
        "gate",
        help="whether what changed between two runs of a libc lets it ship",
        description="Compare two runs of a libc, worst first. Exit code: 0 nothing to decide, 1 something "
        "changed, 2 some cases could not be compared, or trouble.",
    )
    for name in ("BASE", "NEW"):
        parser.add_argument(
            name.lower(),
            metavar=name,
            help="a results folder, a reference libc such as musl-1.2.6, a file of observations or its URL; "
            f"{name}:LIBC names one libc of it",
        )
    parser.add_argument(
        "patterns", nargs="*", metavar="CASE", help="only these cases, topics, folders, or patterns with *"
    )
    parser.add_argument(
        "--waivers", type=Path, metavar="FILE", help="waivers (default: waivers.yaml, where it exists)"
    )
    parser.add_argument(
        "--cases", dest="root", type=Path, default=CASES, metavar="DIR", help="folder of the runs' topics"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all findings as JSON")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="write findings as SARIF 2.1.0")
    parser.add_argument(
        "--summary",
        type=Path,
        metavar="FILE",
        help=f"write a summary in Markdown (default: added to ${_STEP_SUMMARY}, where that is set)",
    )
    parser.add_argument(
        "--attestation",
        type=Path,
        metavar="FILE",
        help="write an in-toto test result, unsigned: one statement a line for each libc",
    )
    parser.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="NAME@sha256:DIGEST",
        help="an image that holds the libc, to be attested with it; may be repeated",
    )
    parser.set_defaults(run=_gate)


def _gate(options: argparse.Namespace) -> int:
    from conformance.gate import as_json, markdown, sarif, text, waivers
    from conformance.gate.attestation import image_subject, statements
    from conformance.gate.report import gate
    from conformance.gate.writing import write

    images = [image_subject(image) for image in options.image]
    report = gate(options.base, options.new, options.patterns, options.root, waivers.read(options.waivers))
    print("\n".join(text.lines(report)))
    if options.json:
        write(options.json, as_json.document(report))
    if options.sarif:
        write(options.sarif, sarif.document(report))
    if options.summary:
        write(options.summary, markdown.document(report))
    elif step_summary := os.environ.get(_STEP_SUMMARY):
        write(Path(step_summary), markdown.document(report), added=True)
    if options.attestation:
        write(options.attestation, "".join(statements(report, images)))
    return report.exit_code
