"""The pages that lead to the families' pages: the index, and the list of functions."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from conformance.case import Case
from conformance.libcs.catalogue import Entry, catalogue, of_family
from conformance.libcs.lock import locked_packages
from conformance.reference.entry import anchor
from conformance.reference.markdown import code, link, prose, table
from conformance.reference.page import COUNTED, counted, topic_link
from conformance.reference.ranges import groups

_LIBC_PACKAGE = {"musl": "musl", "glibc": "libc6"}
_MANY = 8
"""Cases of a function that are listed one by one."""

_READING = """\
## How to read it

Each case is a small C program, the probe, run with each libc's own headers and files. The table of the case
has the facts that it recorded. They are observations, no promises: another version may do otherwise.

A range such as *musl from 1.2.4* begins where the change was made, as far as that is known, and tells of
those versions above that lie in it. No others were tried, and nothing but x86_64.

The word after a case's name is what the standards say of it: *specified*, *unspecified*,
*implementation-defined*, *undefined*, or *extension* where they do not have it at all. Only where a clause
demands a fact is a libc right or wrong; everywhere else libcs may differ and neither is at fault. Then comes
how a difference weighs: *by-design* (a decision with reasons), *limit* (a fixed size or number), *bug*,
*not-implemented*, or *quality* (nothing demands it, but the other one is kinder).

`outcome` is how the probe ended, `at` and `in` where it crashed, `waiting` in which system calls it hung,
`missing` what it lacks to be compiled, `reached` how far it came. The other facts are explained at the top of
each probe, and the rest in [Writing a case](../writing-a-case.md).

Run any of it yourself:

    pytest --libc=all cases/resolver/truncation.yaml -k two-hundred-addresses
"""


def index(families: Mapping[str, Sequence[Case]]) -> str:
    """The text of README.md."""
    cases = [case for members in families.values() for case in members]
    total, differing, changing, forbidden = counted(cases)
    musl, glibc = (of_family(family)[-1].version for family in ("musl", "glibc"))
    parts = [
        "# How do musl and glibc differ?",
        f"musl {musl} and glibc {glibc} differ in {differing} of the {total} behaviours that were tried, "
        f"{changing} changed from one version of theirs to another, and in {forbidden} some version does not "
        "do what a standard demands. These pages are made from the topics in "
        f"{link('cases', '../../cases')}, and every fact on them is observed again each time the project is "
        "tested.",
        table(
            ["family", *COUNTED],
            ([link(family, f"{family}.md"), *counted(members)] for family, members in families.items()),
        ),
        f"Looking for a function? {link('All functions', 'functions.md')} tells where each was tried.",
        "Verified on these, as Debian builds them:",
        table(["libc", "package", "suite"], map(_libc, catalogue().values())),
        _READING,
    ]
    return "\n\n".join(parts)


def _libc(entry: Entry) -> list[str]:
    name = _LIBC_PACKAGE[entry.family]
    version = next(package.version for package in locked_packages(entry) if package.name == name)
    return [f"{entry.family} {entry.version}", code(f"{name} {version}"), entry.suite]


def functions(cases: Sequence[Case]) -> str:
    """The text of functions.md."""
    by_function: dict[str, list[Case]] = {}
    for case in cases:
        for function in case.functions:
            by_function.setdefault(function, []).append(case)
    parts = [
        "# Functions",
        "In which cases each function was tried, and in how many of them all libcs do the same.",
        table(
            ["function", "cases in which libcs differ", "the same on all"],
            (
                _row(name, by_function[name])
                for name in sorted(by_function, key=lambda name: (name.lower(), name))
            ),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _row(function: str, cases: Sequence[Case]) -> list[str]:
    differing = [case for case in cases if len(groups(case)) > 1]
    if len(differing) <= _MANY:
        links = [link(prose(case.title), f"{case.family}.md#{anchor(case)}") for case in differing]
    else:
        topics = [list(members) for _, members in groupby(differing, lambda case: case.id.partition("::")[0])]
        links = [f"{topic_link(members)}: {len(members)}" for members in topics]
    return [code(function), "<br>".join(links), str(len(cases) - len(differing) or "")]
