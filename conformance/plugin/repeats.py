"""A case observed several times on one libc: does it do the same every time?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.case import Facts, Observation
from conformance.judge import observed_facts
from conformance.values import in_order, same, same_facts, shown


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the different observations, and how often it was made."""

    observation: Observation
    times: int

    @property
    def facts(self) -> Facts:
        """The facts that are judged."""
        return observed_facts(self.observation)


def variants(observations: Sequence[Observation]) -> list[Variant]:
    """What was observed, each once, the most frequent first."""
    found: list[list[Observation]] = []
    for seen in observations:
        facts = observed_facts(seen)
        alike = next((group for group in found if same_facts(observed_facts(group[0]), facts)), None)
        if alike is None:
            found.append([seen])
        else:
            alike.append(seen)
    return [Variant(group[0], len(group)) for group in sorted(found, key=len, reverse=True)]


def recorded(found: Sequence[Variant], at: int) -> Observation:
    """The variant at a place, as results keep it: `info` tells of the repeats, and of the other variants."""
    observation, repeats = found[at].observation, sum(variant.times for variant in found)
    if repeats == 1:
        return observation
    info = {**observation.info, "repeats": repeats}
    if len(found) > 1:
        info["unstable"] = [{"times": one.times, "facts": in_order(one.facts)} for one in found]
    return replace(observation, info=info)


def explain(found: Sequence[Variant]) -> Iterator[str]:
    """What differs between the variants, as lines."""
    repeats = sum(variant.times for variant in found)
    yield f"unstable: {len(found)} different observations in {repeats} repeats"
    first = found[0].facts
    for fact in sorted({fact for variant in found for fact in variant.facts}):
        if all(same(variant.facts.get(fact), first.get(fact)) for variant in found):
            continue
        values = [f"{shown(variant.facts.get(fact))} ({_times(variant.times)})" for variant in found]
        yield f"{fact}: {', '.join(values)}"


def _times(times: int) -> str:
    return "once" if times == 1 else f"{times} times"
