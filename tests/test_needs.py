"""What the surroundings lack for a case."""

import dataclasses

from conformance.libcs.model import Image, Libc
from conformance.libcs.select import select
from conformance.needs import lacking

FTS = {"musl-without": "fts.h"}


def test_musl_with_something_that_its_packager_added(musl: Libc, glibc: Libc) -> None:
    (oldest,) = select("musl-1.2.2")
    assert lacking(FTS, oldest) is None
    assert lacking(FTS, glibc) is None
    assert lacking(FTS, musl) == "needs a musl without <fts.h>; the packager of musl-1.2.6 has added it"
    borrowed = dataclasses.replace(musl.development, borrowed_from="musl-1.2.5")
    alpine = dataclasses.replace(musl, name="alpine", development=borrowed)
    assert lacking(FTS, alpine) == "needs a musl without <fts.h>; the packager of musl-1.2.5 has added it"
    built_in = dataclasses.replace(musl.development, builder=Image("builder:1", "sha256:1", None))
    assert lacking(FTS, dataclasses.replace(musl, development=built_in)) is None
