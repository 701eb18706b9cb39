"""Whether a name stands for another image than it did in the last run: tags move."""

import hashlib

from conformance.libcs.filling import cache_errors, write_whole
from conformance.libcs.model import Image
from conformance.paths import cache


def moved(image: Image) -> str | None:
    """What to tell the user if so; what the name stands for now is remembered for the next run."""
    file = cache() / "images" / "resolved" / hashlib.sha256(image.reference.encode()).hexdigest()
    before, now = file.read_text() if file.is_file() else None, image.digest or image.id
    with cache_errors():
        write_whole(file, now)
    if before in (None, now):
        return None
    return (
        f"{image.reference} has changed since the last run on this machine: it was {before}, now it is {now}"
    )
