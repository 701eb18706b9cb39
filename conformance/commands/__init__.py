"""The sub-commands of `conformance`.

Each module here is one: its `register(subparsers)` adds a parser and sets the default `run` to a function
that takes the parsed options and returns the exit code. What a command needs is imported when it runs, so
that the others stay quick to start.
"""

import argparse
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What `add_subparsers` gives and `register` takes."""
