"""How users name cases on the command line and in waivers."""

from fnmatch import fnmatchcase


def matches(case: str, pattern: str) -> bool:
    """Whether a case is meant by its id, its topic, its folder, or a pattern with `*`.

    What pytest prints is understood too: `cases/resolver/truncation.yaml::with-records[musl-1.2.6]`.
    """
    wanted = pattern.replace(".yaml", "").removeprefix("./").removeprefix("cases/").rstrip("/")
    if wanted.endswith("]") and "::" in wanted:
        wanted = wanted.rpartition("[")[0]
    return case == wanted or case.startswith((f"{wanted}/", f"{wanted}::")) or fnmatchcase(case, wanted)
