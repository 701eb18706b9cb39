"""What is chosen of what there is, and what is said where nothing can be."""

from collections.abc import Sequence

import pytest
from apk_repository import Package as Built

from conformance.errors import UserError
from conformance.libcs.apk.dependency import parse
from conformance.libcs.apk.index import Package
from conformance.libcs.apk.solver import solve


def package(text: str, *, tag: str | None = None, order: int = 0) -> Package:
    """`name version; key: value; ...` with the keys needs, gives, if, priority."""
    head, *rest = (part.strip() for part in text.split(";"))
    name, _, version = head.partition(" ")
    values = dict(part.split(": ", 1) for part in rest)
    built = Built(
        name,
        version or "1-r0",
        depends=values.get("needs", ""),
        provides=values.get("gives", ""),
        install_if=values.get("if", ""),
        priority=int(values.get("priority", "0")),
    )
    fields = dict(line.split(":", 1) for line in built.record(b"x").splitlines())
    return Package(fields, f"repo{order}/{built.file_name}", tag, order)


def solved(world: str, *packages: str | Package) -> list[str]:
    available = [each if isinstance(each, Package) else package(each) for each in packages]
    return [str(each) for each in solve([parse(each) for each in world.split()], available)]


def refused(world: str, *packages: str | Package) -> str:
    with pytest.raises(UserError) as caught:
        solved(world, *packages)
    return str(caught.value)


def test_what_is_needed_comes_before_who_needs_it() -> None:
    assert solved("app", "app; needs: lib musl", "lib; needs: musl", "musl", "other") == [
        "musl 1-r0",
        "lib 1-r0",
        "app 1-r0",
    ]


def test_base_layout_comes_first_whatever_it_needs() -> None:
    packages = ["glibc; needs: wolfi-baselayout", "wolfi-baselayout; needs: glibc-locale", "glibc-locale"]
    assert solved("glibc", *packages)[0] == "wolfi-baselayout 1-r0"


def test_circle_of_needs() -> None:
    assert sorted(solved("a", "a; needs: b", "b; needs: a")) == ["a 1-r0", "b 1-r0"]


def test_newest_version_wins_unless_another_is_asked_for() -> None:
    versions = ["musl 1.2.5-r9", "musl 1.2.5-r10", "musl 1.2.4-r0"]
    assert solved("musl", *versions) == ["musl 1.2.5-r10"]
    assert solved("musl<1.2.5", *versions) == ["musl 1.2.4-r0"]
    assert solved("musl~1.2.4", *versions) == ["musl 1.2.4-r0"]
    assert solved("musl=1.2.5-r9", *versions) == ["musl 1.2.5-r9"]


def test_every_kind_of_name_can_be_provided() -> None:
    provider = "busybox; gives: /bin/sh=1 cmd:ls=1 so:libc.so.6=6 pc:x=1 busybox-alias=3"
    for name in ("/bin/sh", "cmd:ls", "so:libc.so.6", "pc:x", "busybox-alias>=2"):
        assert solved(name, provider) == ["busybox 1-r0"]


def test_newest_provided_version_wins_over_a_package_of_that_name() -> None:
    """Wolfi's glibc has been called glibc-2.43 since it has streams; older ones are still there as glibc."""
    assert solved("glibc", "glibc 2.42-r5", "glibc-2.43 2.43-r2; gives: glibc=2.43-r2") == [
        "glibc-2.43 2.43-r2"
    ]


def test_priority_decides_between_equal_versions() -> None:
    providers = ["a 2; gives: so:x=1; priority: 5", "b 1; gives: so:x=1; priority: 9", "c 3; gives: so:x=1"]
    assert solved("so:x", *providers) == ["b 1"]


def test_name_without_version_is_provided_by_priority_or_by_the_only_one() -> None:
    assert solved("sh", "dash; gives: sh", "ash; gives: sh; priority: 1") == ["ash 1-r0"]
    assert solved("sh", "dash; gives: sh") == ["dash 1-r0"]
    assert "ash, dash provide" in refused("sh", "dash; gives: sh", "ash; gives: sh")
    assert "dash provides" in refused("sh", "dash; gives: sh", "dash 2-r0; gives: sh")
    assert solved("sh app", "dash; gives: sh", "ash; gives: sh", "app; needs: ash") == [
        "ash 1-r0",
        "app 1-r0",
    ]
    assert solved("dash sh", "dash; gives: sh", "ash; gives: sh") == ["dash 1-r0"]


def test_only_one_package_has_a_name_with_a_version() -> None:
    said = refused("a b", "a; gives: x=1", "b; gives: x=2")
    assert "b 1-r0 provides x as a 1-r0 does" in said


def test_several_packages_have_a_name_without_version() -> None:
    assert solved("a b", "a; gives: x", "b; gives: x") == ["a 1-r0", "b 1-r0"]


def test_older_version_does_not_take_the_place_of_one_that_lacks_something() -> None:
    """As Alpine's apk 3.0 decides it: who builds an image has to hear of what is missing from an index."""
    older = "lib 1-r0"
    said = refused("lib", "lib 2-r0; needs: gone", older)
    assert "lib 2-r0 comes first, but lib 2-r0 needs gone, which no repository has" in said
    assert "Ask for lib=1-r0" in said
    assert "have only x 1-r0" in refused("lib", "lib 2-r0; needs: x<1", older, "x")
    assert "needs gone" in refused("lib", "lib 2-r0; needs: x", older, "x; needs: y", "y; needs: gone")
    assert "needs gone" in refused("so:x", "a; gives: so:x=2; needs: gone", "b; gives: so:x=1")
    # somebody else does not want the newer one, or the user says so
    assert solved("lib=1-r0", "lib 2-r0; needs: gone", older) == ["lib 1-r0"]
    assert solved("lib app", "lib 2-r0; needs: gone", older, "app; needs: lib<2") == ["lib 1-r0", "app 1-r0"]


def test_of_equals_the_first_in_the_index_is_taken() -> None:
    assert solved("so:x", "b 2; gives: so:x=1", "a 3; gives: so:x=1") == ["b 2"]
    assert solved("so:x", "a 3; gives: so:x=1", "b 2; gives: so:x=1") == ["a 3"]
    # of one package the newest, whatever the priorities of its versions
    assert solved("so:x", "a 1; gives: so:x=1; priority: 9", "a 2; gives: so:x=1") == ["a 2"]


def test_what_led_nowhere_is_undone() -> None:
    packages = ["app; needs: lib musl<2", "lib 2-r0; needs: musl>=2", "lib 1-r0", "musl 1-r0", "musl 2-r0"]
    assert solved("app", *packages) == ["lib 1-r0", "musl 1-r0", "app 1-r0"]


def test_conflicts_are_heeded_from_both_sides() -> None:
    assert "glibc 1-r0 excludes musl" in refused("glibc musl", "glibc; needs: !musl", "musl")
    assert "glibc 1-r0 excludes musl" in refused("musl glibc", "glibc; needs: !musl", "musl")
    assert solved("app !musl", "app; needs: libc", "musl; gives: libc=2", "glibc; gives: libc=1") == [
        "glibc 1-r0",
        "app 1-r0",
    ]
    assert solved("app musl", "app; needs: !musl<1", "musl 1.2-r0") == ["app 1-r0", "musl 1.2-r0"]


def test_tagged_repository_is_used_only_by_who_asks_for_it() -> None:
    edge = [
        package("gcc 9-r0; needs: lib", tag="edge", order=1),
        package("lib 9-r0", tag="edge", order=1),
        package("only 9-r0", tag="edge", order=1),
    ]
    assert solved("gcc", "gcc 8-r0", "lib 8-r0", *edge) == ["gcc 8-r0"]
    assert solved("gcc@edge", "gcc 8-r0", "lib 8-r0", *edge) == ["lib 8-r0", "gcc 9-r0"]
    assert solved("gcc@edge", "gcc 8-r0", *edge) == ["lib 9-r0", "gcc 9-r0"]
    assert "ask for only@edge" in refused("only", *edge)
    assert "no repository with the tag new has it" in refused("gcc@new", *edge)


def test_first_repository_wins_between_equals() -> None:
    chosen = solve([parse("a")], [package("a", order=1), package("a", order=0)])
    assert [each.url for each in chosen] == ["repo0/a-1-r0.apk"]


def test_package_installs_itself_when_its_condition_holds() -> None:
    packages = ["musl", "docs", "musl-doc; if: musl=1-r0 docs", "other-doc; if: other docs"]
    assert solved("musl", *packages) == ["musl 1-r0"]
    assert solved("musl docs", *packages) == ["docs 1-r0", "musl 1-r0", "musl-doc 1-r0"]
    assert "musl-doc 1-r0" not in solved("musl docs !musl-doc", *packages)
    newer = "musl-doc 2-r0; if: musl=1-r0 docs"
    assert solved("musl docs", *packages, newer) == ["docs 1-r0", "musl 1-r0", "musl-doc 2-r0"]
    assert "needs gone" in refused("musl docs", *packages, f"{newer}; needs: gone")


def test_package_with_a_version_that_is_none_does_not_exist() -> None:
    assert "which no repository has" in refused("a", "a latest")


@pytest.mark.parametrize(
    ("world", "packages", "words"),
    [
        ("nothing", ["musl"], "nothing is asked for, which no repository has"),
        (
            "app",
            ["app; needs: lib>=2", "lib 1-r0"],
            "app 1-r0 needs lib>=2, but the repositories have only lib 1-r0",
        ),
        ("app", ["app; needs: so:gone.so.1"], "app 1-r0 needs so:gone.so.1, which no repository has"),
    ],
)
def test_what_is_missing_is_told(world: str, packages: Sequence[str], words: str) -> None:
    assert words in refused(world, *packages)


def test_there_is_an_end_to_it() -> None:
    """Many packages with many versions, and at the end of it something that nothing fulfils."""
    packages = [f"p{n} {v}-r0; needs: p{n + 1}" for n in range(12) for v in range(6)]
    assert "no solution was found" in refused("p0", *packages, "p12; needs: !p0")
