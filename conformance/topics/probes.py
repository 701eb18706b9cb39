"""Where the source of a probe is."""

from pathlib import Path

from conformance.paths import C_SOURCES

PROBES = C_SOURCES / "probes"


def probe_source(probe: str, topic: Path) -> Path | None:
    """The C file of a probe, which a topic names without suffix: `resolver/getaddrinfo`.

    It is the project's own, else one beside the topic, else None.
    """
    if not probe or Path(probe).is_absolute():
        return None
    folders = [topic.parent] if ".." in Path(probe).parts else [PROBES, topic.parent]
    sources = (folder / f"{probe}.c" for folder in folders)
    return next((source for source in sources if source.is_file()), None)
