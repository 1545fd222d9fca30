"""Whether reactions make matter out of nothing, where compositions are not known.

A mechanism refuses a reaction whose moieties do not balance. Of components of unknown composition
this cannot be said of one reaction, but of all together: if a combination of them, in whatever
sense each runs, makes a component and uses nothing up, then there is no composition with which
they would balance; nor is there one if a moiety is made that way, or out of other moieties.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prenuc.thermodynamics.exact import column, one_way_cycles
from prenuc.thermodynamics.faults import SOURCE, Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.mechanism.reversible import Step
    from prenuc.thermodynamics.exact import Column

ATOMS = "moiety "  # before the name of a moiety, so that no component is called like it


def faults_of_sources(mechanism: Mechanism, steps: Sequence[Step]) -> Iterator[Fault]:
    """Yield how reactions make something out of nothing.

    Args:
        mechanism: With the compositions, where they are known.
        steps: Its steps; those with an empty side are open to the outside, and say so.
    """
    closed = [one for one in steps if not one.is_open]
    dots = {one.moments.number for one in mechanism.populations}
    used = dict.fromkeys(name for one in closed for name in one.net if name not in dots)
    parts = {name: one.composition for name, one in mechanism.components.items() if name in used}
    unknown = [name for name, composition in parts.items() if composition is None]
    if not unknown:
        return
    known = {name: composition for name, composition in parts.items() if composition}
    columns = [*_reactions(closed, {*unknown, *known}), *_compositions(known)]
    yield from _made(closed, columns, {name: name for name in unknown})
    moieties = dict.fromkeys(part for composition in known.values() for part in composition)
    for moiety in moieties:
        others = [column({ATOMS + other: 1.0}) for other in moieties if other != moiety]
        yield from _made(closed, [*columns, *others], {ATOMS + moiety: moiety})


def _reactions(closed: Sequence[Step], of_matter: Collection[str]) -> Iterator[Column]:
    """Yield stoichiometries without what carries no matter."""
    for one in closed:
        yield column({name: nu for name, nu in one.net.items() if name in of_matter})


def _compositions(known: Mapping[str, Mapping[str, float]]) -> Iterator[Column]:
    """Yield for each component that it falls into its moieties."""
    for name, composition in known.items():
        yield column({name: -1.0, **{ATOMS + part: n for part, n in composition.items()}})


def _made(
    closed: Sequence[Step], columns: Sequence[Column], what: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield how one of several things is made out of nothing, if any is; their names are said."""
    taken = list(what)
    sinks = [{name: Fraction(-1)} for name in taken]
    for cycle in one_way_cycles(columns, sinks, 1):
        steps = [closed[j] for j in cycle if j < len(closed)]
        made = " and ".join(what[taken[j - len(columns)]] for j in cycle if j >= len(columns))
        named = " and ".join(f"'{one.name}'" for one in steps)
        make = "makes" if len(steps) == 1 else "together make"
        text = f"{named} {make} {made} out of nothing"
        yield Fault(SOURCE, text, tuple(one.name for one in steps), steps[-1].there.where)
