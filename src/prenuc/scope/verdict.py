"""May a mechanism speak about a flask? Its reagents, liquids and temperatures, said before a run.

What a mechanism can speak about is what its constants were found with: the components that its
reactions look at, the reagents and liquids of its recipes, what the families of
:mod:`prenuc.facts.family` put in their places, and the temperatures of those recipes. A mechanism
of a user's own speaks about its components, what it declares and any liquid, at any temperature.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import Caution, Problem, ScopeError, unknown_name
from prenuc.facts.catalogue import entries, reagent_called
from prenuc.scope.adapted import conversion_constants
from prenuc.scope.matching import family_of
from prenuc.scope.reagents import Charged, acting, charged, preparations_of
from prenuc.scope.systems import atoms_of, nearest_system, systems_of
from prenuc.scope.temperatures import Outside, of_protocol, of_systems, outside
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.scope.temperatures import Range


@dataclass(frozen=True)
class Scope:
    """What a mechanism may say about a protocol.

    Args:
        mechanism: Its name.
        protocol: Its name.
        system: What its constants were found with, in words; "" for a mechanism of one's own.
        reagents: Everything that is charged.
        missing: What is not there and without which nothing reacts, such as "a source of S".
        reached: Temperatures of the protocol; None where nothing is let react.
        range: Temperatures of the constants; None where none are said.
        problems: Why it may not speak.
        beyond: Why it may speak only where extrapolation is asked for.
        cautions: What a reader should know.
        doubt: By which factor rate constants may be wrong, either way.
    """

    mechanism: str
    protocol: str
    system: str
    reagents: tuple[Charged, ...]
    missing: tuple[str, ...]
    reached: Range | None
    range: Range | None
    problems: tuple[Problem, ...]
    beyond: tuple[Problem, ...]
    cautions: tuple[Caution, ...]
    doubt: Mapping[str, float]

    @property
    def in_scope(self) -> bool:
        """Whether the mechanism may speak about the flask without being asked to extrapolate."""
        return not (self.problems or self.beyond)

    def require(self, *, extrapolate: bool = False) -> None:
        """Refuse what is out of scope.

        Args:
            extrapolate: Whether temperatures far outside the range were asked for.

        Raises:
            ScopeError: It is; all reasons at once, with the nearest system and the way out.
        """
        found = (*self.problems, *(() if extrapolate else self.beyond))
        if found:
            raise ScopeError(found)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data for JSON."""
        ranges = {"constants_degC": self.range, "protocol_degC": self.reached}
        return {
            "in_scope": self.in_scope,
            "mechanism": self.mechanism,
            "protocol": self.protocol,
            "system": self.system,
            "reagents": [asdict(one) for one in self.reagents],
            "missing": list(self.missing),
            "temperatures": {
                name: None if one is None else [one.low - FREEZING, one.high - FREEZING]
                for name, one in ranges.items()
            },
            "warnings": [one.as_dict() for one in self.cautions],
            "reasons": [str(one) for one in (*self.problems, *self.beyond)],
            "uncertain_within": dict(self.doubt),
        }


def scope_of(mechanism: Mechanism, protocol: Protocol, *, inert: Iterable[str] = ()) -> Scope:
    """Return what a mechanism may say about a protocol.

    Args:
        mechanism: What could happen.
        protocol: What was done.
        inert: Reagents that are not to react, by any of their names.

    Raises:
        ScopeError: What is to be inert is not charged, or takes part in a reaction.
    """
    idle = _inert(mechanism, protocol, inert)
    reagents = _reagents(mechanism, protocol.reagents, idle)
    reached, known = of_protocol(protocol.plan), of_systems(systems_of(mechanism))
    found = outside(mechanism, reached, known) if reached and known else Outside()
    missing = _missing(mechanism, protocol.reagents - idle)
    problems = _problems(mechanism, protocol, reagents, reached)
    cautions = [*found.cautions, *filter(None, (one.caution for one in reagents))]
    if missing and not problems:
        cautions.append(_nothing_reacts(mechanism, missing))
    return Scope(
        mechanism=mechanism.name,
        protocol=protocol.name,
        system="; ".join(one.name for one in systems_of(mechanism)),
        reagents=reagents,
        missing=missing,
        reached=reached,
        range=known,
        problems=problems,
        beyond=found.problems,
        cautions=tuple(cautions),
        doubt=_doubt(mechanism, found.doubt),
    )


def unknown(mechanism: Mechanism, protocol: Protocol) -> list[str]:
    """Return the reagents of a protocol that take part in nothing.

    Args:
        mechanism: What could happen.
        protocol: What was done.
    """
    found = _reagents(mechanism, protocol.reagents, frozenset())
    return [one.name for one in found if not one.known]


def _inert(mechanism: Mechanism, protocol: Protocol, given: Iterable[str]) -> frozenset[str]:
    """Return the names on the shelf of what is to be inert, which takes part in nothing."""
    problems, found = [], set()
    for one in given:
        name = reagent_called(one) or one
        found.add(name)
        if name not in protocol.reagents:
            problems.append(unknown_name("charged reagent", one, protocol.reagents, "inert"))
        elif name in acting(mechanism):
            what = f"{name} takes part in reactions of {mechanism.name}"
            problems.append(Problem(what, "Leave it out of the flask instead", where="inert"))
    if problems:
        raise ScopeError(problems)
    return frozenset(found)


def _reagents(
    mechanism: Mechanism, there: frozenset[str], idle: frozenset[str]
) -> tuple[Charged, ...]:
    """Return what becomes of each reagent; the same answer for all variants of a mechanism."""
    key = ("charged", there, idle)
    known: tuple[Charged, ...] | None = mechanism.shared.get(key)
    if known is None:
        known = tuple(
            Charged(name, "inert", note=f"{name} is carried along without reacting, as asked")
            if name in idle
            else charged(name, mechanism, there)
            for name in sorted(there)
        )
        mechanism.shared.put(key, known)
    return known


def _missing(mechanism: Mechanism, there: frozenset[str]) -> tuple[str, ...]:
    """Return the atoms that no precursor brings which reacts."""
    first = preparations_of(mechanism)
    made = {one.precursor for one in first if there.issuperset(one.takes)}
    needed = [c.name for c in mechanism.components.values() if c.kind == "precursor"]
    atoms = dict.fromkeys(atom for one in needed for atom in atoms_of(one))
    brought = {atom for one in needed if one in there | made for atom in atoms_of(one)}
    return tuple(f"a source of {atom}" for atom in atoms if atom not in brought)


def _nothing_reacts(mechanism: Mechanism, missing: Iterable[str]) -> Caution:
    needed = [c.name for c in mechanism.components.values() if c.kind == "precursor"]
    text = (
        f"nothing reacts: {' and '.join(missing)} is missing; "
        f"precursors of {mechanism.name} are {', '.join(needed)}"
    )
    return Caution(text, "nothing-reacts", ", ".join(missing))


def _problems(
    mechanism: Mechanism, protocol: Protocol, reagents: Iterable[Charged], reached: Range | None
) -> tuple[Problem, ...]:
    """Return why a mechanism may not speak about the reagents: what they are together, and each."""
    unknown = [one for one in reagents if not one.known]
    if not unknown:
        return ()
    near = nearest_system(protocol.reagents, mechanism.material)
    nearest = () if near is None else (f"two-pathway/{near.material}",)
    own = "write a mechanism of your own"
    mend = f"That is {near.name}; or {own}" if near else own.capitalize()
    what = f"{mechanism.name} has no constants for {_flask(protocol, reached)}"
    each = [
        Problem(
            f"{one.name} takes part in nothing: {one.note}",
            f"Leave it out, or carry it along unreacting: --inert '{one.name}'",
            where=protocol.name,
        )
        for one in unknown
    ]
    return (Problem(what, mend, nearest, protocol.name), *each)


def _flask(protocol: Protocol, reached: Range | None) -> str:
    """Return the sources and the liquids of a flask and its highest temperature, in words."""
    names = sorted(protocol.reagents, key=lambda n: ("metal" not in atoms_of(n).values(), n))
    sources = [name for name in names if atoms_of(name)]
    dispersing = family_of("toluene", "solvent")
    liquids = [
        name
        for name in names
        if entries("reagents")[name].is_solvent and family_of(name, "solvent") != dispersing
    ]
    said = " with ".join(sources) or "a flask without precursors"
    said += f" in {' and '.join(liquids)}" if liquids else ""
    return said + (f" at {reached.high - FREEZING:.4g} degC" if reached else "")


def _doubt(mechanism: Mechanism, beyond: Mapping[str, float]) -> dict[str, float]:
    """Return by which factor each constant may be wrong, for all reasons together."""
    within = math.exp(math.hypot(*(math.log(one.within) for one in mechanism.stand_ins)))
    found = dict(beyond)
    for name in conversion_constants(mechanism.constants) if within > 1.0 else ():
        found[name] = found.get(name, 1.0) * within
    return found
