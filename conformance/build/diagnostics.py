"""Tells a libc that lacks something a probe uses from a probe that is wrong, by what the tools say."""

import re

_MISSING = [
    re.compile(pattern)
    for pattern in (
        # headers: gcc, clang
        r"fatal error: (?P<name>[^\s:']+): No such file or directory",
        r"fatal error: '(?P<name>[^']+)' file not found",
        # functions: gcc, clang, GNU ld, lld
        r"implicit declaration of (?:built-in )?function '(?P<name>\w+)'",
        r"call to undeclared (?:library )?function '(?P<name>\w+)'",
        r"undefined reference to [`'](?P<name>\w+)'",
        r"undefined symbol: (?P<name>\w+)",
        # constants and macros: gcc, clang
        r"'(?P<name>\w+)' undeclared",
        r"use of undeclared identifier '(?P<name>\w+)'",
        # types and members: both, and gcc's and clang's ways to say that only the tag is known
        r"unknown type name '(?P<name>[\w ]+)'",
        r"'(?P<owner>[\w ]+)'[^\n]* has no member named '(?P<name>\w+)'",
        r"no member named '(?P<name>\w+)' in '(?P<owner>[\w ]+)'",
        r"storage size of '\w+' isn't known[^\n]*\n[^\n]*?\b(?P<name>(?:struct|union|enum) \w+)",
        r"(?:undefined|incomplete)(?: element| definition of)? type '(?P<name>[\w ]+)'",
    )
]


def missing(messages: str) -> list[str]:
    """The headers, functions, constants, types and `struct x.member`s that the libc lacks, sorted.

    Empty where the messages (of gcc, clang, GNU ld or lld in the C locale) tell of something else.
    """
    found = set()
    for pattern in _MISSING:
        for match in pattern.finditer(messages):
            groups = match.groupdict()
            owner = groups.get("owner")
            found.add(f"{owner}.{groups['name']}" if owner else groups["name"])
    return sorted(found)
