"""Versions are ordered, and constraints matched, as apk does it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.libcs.apk.dependency import parse
from conformance.libcs.apk.version import is_valid, matches, sort_key

# Worst first. What apk-package(5) lists, and what apk-tools' own table of versions decides beyond that.
ORDERED = [
    "0.1.0_alpha_pre2 0.1.0_alpha 0.1.0_alpha2 0.1.3_alpha 2.2.39-r1",
    "1.2_alpha 1.2_beta 1.2_pre 1.2_rc 1.2 1.2_cvs 1.2_svn 1.2_git 1.2_hg 1.2_p 1.2a 1.2.0",
    "1.2_rc1 1.2_rc2 1.2_rc10 1.2-r0 1.2-r1 1.2-r10 1.2_p1-r0 1.2_p9-r0 1.2_p10-r0",
    "0.13_beta5 0.13 0.13.1 0.17 0.99.3.20040818 1.0 006 9 20060512",
    "1.0 1.00 1.01 1.05 1.06-r6 1.1 2.01",
    "2.02.06 2.02.10 2.2 2.8.5-r3 2.10",
    "1.2.07.8 1.2.12.04 1.2.12.05 1.3.3",
    "8.2.0015 8.2.002",
    "2.5.1-r8 2.5.1a-r1 2.5.1b",
    "0.9.8c-r1 0.9.8d 0.10.0 0.10.1_rc1 0.10.1",
    "5b-r9 6b-r7 7.0.17 7.0.174",
    "1.0.0_pre20191002222144-r0 1.0.0_pre20210530193627-r0",
    "4.5_p1 4.5_p1-r1 4.5_p2",
    "1.0 1.0-r1 1.0~0 1.0~abc 1.0~abc-r1 1.0~abd",
    "1.0 1.0bc",  # not valid, yet apk orders it
    "4_beta 23_foo",
]


@pytest.mark.parametrize("row", ORDERED)
def test_order(row: str) -> None:
    versions = row.split()
    assert versions == sorted(versions, key=sort_key)
    assert len({sort_key(version) for version in versions}) == len(versions)


@pytest.mark.parametrize("version", ["1", "006", "1.2.3_p1~0af-r2", "2b_alpha_pre3-r0", "20230201-r29"])
def test_valid(version: str) -> None:
    assert is_valid(version)


@pytest.mark.parametrize(
    "version",
    [
        "",
        "a",
        "1.",
        "1..2",
        "1.0bc",
        "1.0a.1",
        "1_foo",
        "1_p1.2",
        "1-r",
        "1-1",
        "1~",
        "1~xyz",
        "1-r1~ab",
        "1 2",
    ],
)
def test_not_valid(version: str) -> None:
    assert not is_valid(version)


@pytest.mark.parametrize(
    ("version", "constraint", "expected"),
    [
        ("1.6.1", "x=1.6.1", True),
        ("1.6.1-r0", "x=1.6.1", False),
        ("1.6.1", "x>1.6.1", False),
        ("1.6.1-r1", "x>1.6.1", True),
        ("1.6.1", "x>=1.6.1", True),
        ("1.6", "x<1.6_p1", True),
        ("1.6_rc1", "x<1.6", True),
        ("1.6", "x<=1.6", True),
        ("1.6.1-r3", "x~1.6", True),
        ("1.6-r2", "x~=1.6", True),
        ("1.60", "x~1.6", False),
        ("1.6", "x~1.6.1", False),
        ("1.6_rc1", "x~1.6", True),
        ("1.6.9", "x>~1.6", True),
        ("1.5", "x>~1.6", False),
        ("1.7", "x<~1.6", False),
        ("1.6.9", "x<~1.6", True),
        ("anything", "x", True),
    ],
)
def test_constraint(version: str, constraint: str, expected: bool) -> None:
    assert parse(constraint).accepts(version) is expected


def test_name_without_version_fulfils_no_constraint() -> None:
    assert parse("x").accepts(None)
    assert not parse("x>=1").accepts(None)


@pytest.mark.parametrize(
    ("text", "name", "tag", "conflict"),
    [
        ("so:libc.so.6=6", "so:libc.so.6", None, False),
        ("cmd:sh=1.2-r0", "cmd:sh", None, False),
        ("pc:zlib>=1", "pc:zlib", None, False),
        ("/bin/sh", "/bin/sh", None, False),
        ("!uclibc-utils", "uclibc-utils", None, True),
        ("gcc>=5@edge", "gcc", "edge", False),
        ("gtk+3.0", "gtk+3.0", None, False),
    ],
)
def test_dependency(text: str, name: str, tag: str | None, conflict: bool) -> None:
    dependency = parse(text)
    assert (dependency.name, dependency.tag, dependency.conflict) == (name, tag, conflict)
    assert str(dependency) == text


@pytest.mark.parametrize("text", ["", "=1", "a=", "a b", "a><Q1abc", "a@"])
def test_no_dependency(text: str) -> None:
    with pytest.raises(ValueError, match=r"dependency|operator"):
        parse(text)


NUMBER = st.integers(0, 120).map(str) | st.sampled_from(["00", "01", "010", "002"])
SUFFIX = st.sampled_from(["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"])
VERSIONS = st.builds(
    lambda numbers, letter, suffixes, commit, revision: (
        ".".join(numbers)
        + letter
        + "".join(f"_{suffix}{number}" for suffix, number in suffixes)
        + (f"~{commit}" if commit else "")
        + (f"-r{revision}" if revision is not None else "")
    ),
    st.lists(NUMBER, min_size=1, max_size=4),
    st.sampled_from(["", *string.ascii_lowercase]),
    st.lists(st.tuples(SUFFIX, st.just("") | NUMBER), max_size=2),
    st.text("0123456789abcdef", max_size=4),
    st.none() | st.integers(0, 30),
)


@given(VERSIONS)
def test_every_version_of_the_grammar_is_valid(version: str) -> None:
    assert is_valid(version)


@given(VERSIONS, VERSIONS)
def test_exactly_one_of_less_equal_greater(one: str, other: str) -> None:
    assert [matches(one, operator, other) for operator in "<=>"].count(True) == 1
    assert matches(one, "<", other) == matches(other, ">", one)
    assert matches(one, "<=", other) != matches(one, ">", other)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_order_is_transitive(one: str, two: str, three: str) -> None:
    low, middle, high = sorted([one, two, three], key=sort_key)
    assert not matches(low, ">", middle)
    assert not matches(low, ">", high)


@given(VERSIONS.filter(lambda version: "-r" not in version))
def test_next_revision_is_newer(version: str) -> None:
    assert matches(f"{version}-r1", ">", f"{version}-r0")
    assert matches(f"{version}-r0", ">", version)
    assert matches(f"{version}-r5", "~", version)


@given(st.text(max_size=12))
def test_no_text_is_too_odd(text: str) -> None:
    assert sort_key(text) == sort_key(text)
    assert not matches(text, "<", text)
