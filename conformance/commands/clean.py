"""`conformance clean`: remove what runs in containers left behind when they were killed."""

import argparse

from conformance.commands import Subparsers


def register(subparsers: Subparsers) -> None:
    """Adds the sub-command."""
    parser = subparsers.add_parser(
        "clean",
        help="remove containers and images that killed runs left behind",
        description="Remove containers and images that runs with --backend=docker left behind because they "
        "were killed. What a running one uses stays, and so do images that were pulled.",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        dest="everything",
        help="also what seems to belong to a running one, for example in another container",
    )
    parser.set_defaults(run=_clean)


def _clean(options: argparse.Namespace) -> int:
    from conformance.images.engine import connect
    from conformance.images.leftovers import remove_leftovers

    client = connect()
    removed = remove_leftovers(client, lambda token: True) if options.everything else remove_leftovers(client)
    print("\n".join(f"removed {what}" for what in removed) or "nothing was left behind")
    return 0
