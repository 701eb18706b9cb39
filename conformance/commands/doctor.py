"""`conformance doctor`: what this machine can and cannot run, and why."""

import argparse

from conformance.commands import Subparsers


def register(subparsers: Subparsers) -> None:
    """Adds the sub-command."""
    parser = subparsers.add_parser("doctor", help="what this machine can and cannot run, and why")
    parser.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from conformance.doctor import examine

    able = True
    for finding in examine():
        able &= finding.state != "missing"
        print(f"{finding.state:8} {finding.what}: {finding.detail}")
        for line in finding.remedy.splitlines():
            print(f"{'':8}   {line}")
    print(
        "\nThis machine can run cases."
        if able
        else "\nThis machine cannot run cases until what is missing is there."
    )
    return 0 if able else 1
