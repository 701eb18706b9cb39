"""The page of one family of cases, topic by topic."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from conformance.case import Case
from conformance.reference.entry import ABSENT, FORBIDDEN, TOP, entry
from conformance.reference.markdown import code, link, prose, table
from conformance.reference.ranges import Group, changed, groups, newest_differ
from conformance.values import same

COUNTED = ("cases", "newest musl and glibc differ", "changed with a version", "some libc not as required")


def page(family: str, cases: Sequence[Case]) -> str:
    """The text of a family's page; `cases` are all of it, in the order of their topics."""
    topics = {
        topic: list(members) for topic, members in groupby(cases, lambda case: case.id.partition("::")[0])
    }
    parts = [
        f"# {family}",
        f"Each table shows what a probe observed. Bold facts differ between libcs, {FORBIDDEN} marks what a "
        f"requirement forbids, {ABSENT} stands for a fact that was not given. "
        "[How to read it](README.md#how-to-read-it)",
        table(["topic", *COUNTED], ([topic_link(members), *counted(members)] for members in topics.values())),
    ]
    for topic, members in topics.items():
        parts += _topic(topic, members)
    return "\n\n".join(parts) + "\n"


def counted(cases: Sequence[Case]) -> list[str]:
    """The cells under COUNTED."""
    forbidden = sum(
        not all(_is_met(case, group) for group in groups(case)) for case in cases if case.requires
    )
    numbers = [len(cases), sum(map(newest_differ, cases)), sum(map(changed, cases)), forbidden]
    return list(map(str, numbers))


def _is_met(case: Case, group: Group) -> bool:
    return all(same(group.facts.get(fact), value) for fact, value in case.requires.items())


def topic_link(cases: Sequence[Case]) -> str:
    """A link to the topic that these cases are of."""
    return link(prose(cases[0].topic), f"{cases[0].family}.md#{_anchor(cases[0])}")


def _topic(topic: str, cases: Sequence[Case]) -> Iterator[str]:
    yield f'<a id="{_anchor(cases[0])}"></a>'
    yield f"## {prose(cases[0].topic)}"
    yield f"{prose(cases[0].about)} Topic: {link(code(f'{topic}.yaml'), f'{TOP}/cases/{topic}.yaml')}"
    for case in cases:
        yield from entry(case)


def _anchor(case: Case) -> str:
    return f"topic-{case.id.partition('::')[0].partition('/')[2]}"
