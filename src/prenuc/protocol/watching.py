"""Which vessel is the flask of a protocol, and how often to look at it to see its course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import ProtocolError, unknown_name
from prenuc.protocol.operations import Evolve
from prenuc.protocol.reaction_time import Flask
from prenuc.protocol.steps import Step, Store, Wait, Watch
from prenuc.quantities import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.protocol.filled import Filled
    from prenuc.protocol.operations import Operation
    from prenuc.quantities import Quantity

LOOKS = 100  # at a course
LONG = 20.0  # a rest that lasts so many times longer than all else has looks of its own


def flask_of(vessels: Mapping[str, Filled]) -> str:
    """Return the vessel in which metal and chalcogen react, the first if there are several.

    Args:
        vessels: As they are at the end of a protocol, in the order in which they were filled.
    """
    reacting = (name for name, one in vessels.items() if isinstance(one.reacting, Flask))
    return next(reacting, next(iter(vessels)))


def watched(
    steps: Sequence[Step],
    plan: Sequence[Operation],
    vessels: Mapping[str, Filled],
    vessel: str | None,
    every: Quantity | None,
    looks: int = LOOKS,
) -> tuple[Step, ...]:
    """Return steps that watch a vessel from when it is filled.

    Args:
        steps: All of them.
        plan: What they mean.
        vessels: As they are at the end.
        vessel: Which; the flask when None.
        every: How often; when None so that its course is seen.
        looks: At a course, where nobody says how often.

    Raises:
        ProtocolError: There is no such vessel, or nothing happens in it.
    """
    name = flask_of(vessels) if vessel is None else vessel
    if name not in vessels:
        raise ProtocolError(unknown_name("vessel", name, vessels))
    mine = [isinstance(step, Watch) and step.vessel == name for step in steps]
    if every is None and any(mine):
        return tuple(steps)
    others = [step for step, watching in zip(steps, mine, strict=True) if not watching]
    filled = next(place for place, step in enumerate(others) if step.vessel == name) + 1
    rest = [Watch(vessel=name, every=every), *others[filled:]] if every is not None else []
    return *others[:filled], *(rest or _adapted(name, others[filled:], _lasting(name, plan), looks))


def _lasting(name: str, plan: Sequence[Operation]) -> float:
    """Return for how long things happen in a vessel, in s.

    Raises:
        ProtocolError: No time passes in it.
    """
    spans = [one for one in plan if isinstance(one, Evolve) and one.vessel == name]
    lasting = sum(one.duration for one in spans if not one.frozen)
    if not lasting > 0:
        raise ProtocolError(f"no time passes in {name}, so it has no course", "Hold it for a while")
    return lasting


def _adapted(name: str, steps: Sequence[Step], lasting: float, looks: int) -> list[Step]:
    """Return steps watched so that a long rest and all else are seen alike."""
    waits = [one for one in steps if isinstance(one, Wait | Store) and one.vessel == name]
    rest = max(waits, key=lambda step: step.duration.si, default=None)
    others = lasting - (rest.duration.si if rest else 0.0)
    if rest is None or not 0 < LONG * others < rest.duration.si:
        return [_watch(name, lasting / looks), *steps]
    place = steps.index(rest)
    around = [_watch(name, rest.duration.si / looks), rest, _watch(name, others / looks)]
    return [_watch(name, others / looks), *steps[:place], *around, *steps[place + 1 :]]


def _watch(vessel: str, every: float) -> Watch:
    """Return how to look at a vessel every so many s."""
    return Watch(vessel=vessel, every=parse(f"{every:.3g} s"))
