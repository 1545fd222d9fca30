"""What all rivals share: precursors that become monomers, dots that grow, constants by name.

Every rival takes the same reagents as the two-pathway model, in the same units (per chalcogen
atom), and answers with the same observables: clusters of the catalogue and four moments of the
dots. What it does in between is its own page. Two steps are common property::

    E + M → monomer             k_supply(T) E M  [+ with HPPh2]                              (S)
    monomer → QD                k_grow(T) m₍₂₋q₎ (c − c_eq)₊                                 (G)

(S) is the supply of LaMer and Dinegar (1950, J. Am. Chem. Soc. 72, 4847). (G) is growth at the
surface for q = 0, dl/dt = g, or limited by diffusion for q = 1, dl/dt = g / l, with
l = (units per dot)^(1/3) and g = k (c − c_eq)/3. The moments close for q = 0. For q = 1 the moment
of order −1 is taken as m₀²/m₁, which is exact for dots of one size.

**Additives** that a rival has no constants for are inert in it. Two kinds have some, because no
model of nucleation denies them: a secondary phosphine that speeds (S), and an acid that binds
monomers and so slows nucleation and growth, by (1 + x/h)^s.

**Counting.** A monomer, a unit of a dot and a unit of a cluster are one ME; excess metal on
surfaces is not resolved, except where a page says so. What (S) sets free is declared.

Limits: dots do not dissolve and do not ripen (no Gibbs-Thomson term); B and c_eq do not change with
temperature, so that the activation energy of a nucleation is an effective one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, Problem, unknown_name
from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.cast import total
from prenuc.mechanism.mechanism import Component, Mechanism
from prenuc.mechanism.population import QuantumDotMoments
from prenuc.mechanism.reaction import (
    Arrhenius,
    Barrier,
    Binding,
    Excess,
    Power,
    Reaction,
    Saturation,
    mass_action,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.reaction import Factor

DOTS = QuantumDotMoments()
MONOMER = "monomer"
TINY = 1e-9  # mol/m³; keeps m₀²/m₁ finite where there are no dots


def system_named(which: str) -> tuple[str, str]:
    """Return the material of a system and its metal carboxylate; "" for a plain material."""
    system = entries("parameters").get(f"two-pathway/{which}")
    if system is None or which == system.material:
        return which, ""
    return system.material, system.names["metal precursor"]


def rival(
    model: str, which: str, metal: str | None, write: Callable[[Players], Mechanism]
) -> Mechanism:
    """Return a rival with the package's own constants.

    Args:
        model: Such as "classical".
        which: A material, or a system of the two-pathway model such as "CdTe-ODE", which
            stands for its material and its metal carboxylate.
        metal: Another metal carboxylate than the usual one.
        write: Returns the mechanism of some players; a function of a module.

    Raises:
        MechanismError: The rival cannot speak about it.
    """
    known = {p.material: p for p in entries("parameters").values() if p.model == model}
    material, usual = system_named(which)
    if material not in known:
        raise MechanismError(unknown_name(f"{model} parameter set for", which, known))
    parameters = known[material]
    fed = metal or usual or parameters.names["metal precursor"]
    return Mechanism.written(partial(_written, write, parameters, fed), parameters.values)


def _written(
    write: Callable[[Players], Mechanism],
    parameters: ParameterSet,
    metal: str,
    values: Mapping[str, Value],
) -> Mechanism:
    return write(Players(parameters, metal, values))


@dataclass(frozen=True)
class Players:
    """The players of one rival in one material, and the constants that they act by.

    Args:
        parameters: The set that names them.
        metal: Metal carboxylate.
        values: The constants by name.
    """

    parameters: ParameterSet
    metal: str
    values: Mapping[str, Value]

    # ---- constants ------------------------------------------------------------------------------

    def number(self, name: str) -> float:
        """Return a constant in SI units."""
        if name not in self.values:
            raise MechanismError(Problem(f"the set '{self.parameters.id}' lacks '{name}'"))
        return self.values[name].si

    def constant(self, name: str) -> Arrhenius:
        """Return k(T) of a step."""
        k, at, energy = (self.number(f"{name}.{part}") for part in ("k", "at", "Ea"))
        return Arrhenius(k, at, energy)

    def routes(self, kind: str) -> list[tuple[str, Arrhenius, tuple[Factor, ...]]]:
        """Return every route of a step: a phrase for its name, its constant, its extra factors."""
        found: list[tuple[str, Arrhenius, tuple[Factor, ...]]] = [("", self.constant(kind), ())]
        for additive in self._after(f"{kind} with ", ".k"):
            name = f"{kind} with {additive}"
            half = Saturation(self.pool(additive), self.number(f"{name}.half"))
            found.append((f" with {additive}", self.constant(name), (half,)))
        return found

    def modulations(self, kind: str) -> tuple[Factor, ...]:
        """Return the ligands that slow a step."""
        prefix = f"{kind} under "
        return tuple(
            Binding(
                self.pool(ligand),
                self.number(f"{prefix}{ligand}.h"),
                self.number(f"{prefix}{ligand}.sites"),
            )
            for ligand in self._after(prefix, ".sites")
        )

    def barrier(self, kind: str, **bound: float) -> Barrier:
        """Return the dependence of a nucleation on the monomer."""
        solubility, work = self.number("solubility"), self.number(f"{kind}.barrier")
        return Barrier({MONOMER: 1.0}, solubility, work, **bound)

    def above_solubility(self) -> Excess:
        """Return (c − c_eq)₊."""
        return Excess({MONOMER: 1.0}, self.number("solubility"))

    def faster(self, kind: str, by: float) -> Arrhenius:
        """Return k(T) of a step times a number."""
        k = self.constant(kind)
        return replace(k, k=k.k * by)

    def _after(self, prefix: str, suffix: str) -> list[str]:
        return [
            name.removeprefix(prefix).removesuffix(suffix)
            for name in self.values
            if name.startswith(prefix) and name.endswith(suffix)
        ]

    # ---- matter ---------------------------------------------------------------------------------

    @property
    def material(self) -> str:
        """The semiconductor."""
        return self.parameters.material

    @property
    def clusters(self) -> list[str]:
        """The clusters of the catalogue that the rival speaks about, in its order."""
        return [name for role, name in self.parameters.names.items() if role.endswith("MSC")]

    @property
    def sources(self) -> list[str]:
        """The chalcogen sources that it knows."""
        names = self.parameters.names
        return [name for role, name in names.items() if role.endswith("chalcogen precursor")]

    @property
    def unit(self) -> dict[str, float]:
        """The composition of one ME."""
        material = get("materials", self.material)
        return {material.metal: 1.0, material.chalcogen: 1.0}

    @cached_property
    def _bound(self) -> tuple[dict[str, float], dict[str, float]]:
        """Return carboxylates and neutral ligands of one mole of the metal carboxylate."""
        kinds, parts = entries("moieties"), get("reagents", self.metal).composition
        anions = {p: n for p, n in parts.items() if p in kinds and kinds[p].kind == "carboxylate"}
        neutral = {p: n for p, n in parts.items() if p not in anions and p not in self.unit}
        return anions, neutral

    def carboxylates(self, number: float) -> dict[str, float]:
        """Return the carboxylates of a number of metal atoms, as composition."""
        return {part: n * number for part, n in self._bound[0].items()}

    def metal_used(self, number: float) -> dict[str, float]:
        """Return metal carboxylate used up, its neutral ligands set free."""
        return total({self.metal: -number}, {p: n * number for p, n in self._bound[1].items()})

    def conversion(self, source: str, product: Mapping[str, float]) -> dict[str, float]:
        """Return E + M → product, with everything that is set free."""
        free = {f"{part} (released)": n for part, n in self._bound[0].items()}
        parts = get("reagents", source).composition
        carried = {part: n for part, n in parts.items() if part not in self.unit}
        return total({source: -1.0}, self.metal_used(1.0), free, carried, product)

    def pool(self, additive: str) -> dict[str, float]:
        """Return an additive as a pool: itself, or every free carrier of a carboxylate."""
        if additive not in entries("moieties"):
            return {additive: 1.0}
        shelf = entries("reagents").values()
        carriers = {r.id: r.composition[additive] for r in shelf if additive in r.composition}
        if additive in self._bound[0]:
            carriers[f"{additive} (released)"] = 1.0
        return carriers

    def cluster(self, name: str, composition: Mapping[str, float] | None = None) -> Component:
        """Return a cluster of the catalogue as a component; of ME units unless said otherwise."""
        parts = self.unit if composition is None else composition
        return Component(name, parts, self.basis, "MSC", name)

    @property
    def basis(self) -> str:
        """What everything is counted by."""
        return f"{get('materials', self.material).chalcogen} atom"

    def mechanism(self, reactions: Iterable[Reaction], *others: Component) -> Mechanism:
        """Return the mechanism of these reactions.

        Args:
            reactions: All of them.
            others: The components that are neither precursors, reagents, monomer nor dots.
        """
        laws = tuple(reactions)
        mentioned = {name for reaction in laws for name in reaction.components()}
        components = [part for part in (*self._common(), *others) if part.name in mentioned]
        return Mechanism(
            name=self.parameters.id,
            components={part.name: part for part in components},
            reactions=laws,
            material=self.material,
            dots=DOTS if DOTS.units in mentioned else None,
        )

    def _common(self) -> list[Component]:
        shelf, precursors = entries("reagents"), [self.metal, *self.sources]
        moments = (DOTS.number, DOTS.length, DOTS.surface)
        return [
            *(Component(n, dict(shelf[n].composition), kind="precursor") for n in precursors),
            Component(MONOMER, self.unit, self.basis, "monomer"),
            Component(DOTS.units, self.unit, self.basis, "QD"),
            *(Component(name, {}, "dot · unit^(p/3)", "moment") for name in moments),
            *(
                Component(f"{x} (released)", {x: 1.0}, "carboxylate", "by-product")
                for x in self._bound[0]
            ),
            *(
                Component(r.id, dict(r.composition), kind="medium")
                for r in shelf.values()
                if r.id not in precursors
            ),
        ]


def supply(players: Players) -> list[Reaction]:
    """Return (S), from every chalcogen source and by every route."""
    return [
        Reaction(
            f"supply from {source}{how}",
            players.conversion(source, {MONOMER: 1.0}),
            constant,
            mass_action({source: 1, players.metal: 1}) + factors,
        )
        for source in players.sources
        for how, constant, factors in players.routes("supply")
    ]


def dots_of(units: float, size: float) -> dict[str, float]:
    """Return dots of one size, holding a number of units together, as their four moments."""
    dots = units / size
    return {
        DOTS.units: units,
        DOTS.number: dots,
        DOTS.length: dots * size ** (1 / 3),
        DOTS.surface: dots * size ** (2 / 3),
    }


def growth(players: Players) -> list[Reaction]:
    """Return (G)."""
    law = (players.above_solubility(), *players.modulations("growth"))
    k, exponent = players.constant("growth"), players.number("growth.size exponent")
    units = {MONOMER: -1.0, DOTS.units: 1.0}
    number, length, surface = ({name: 1.0} for name in (DOTS.number, DOTS.length, DOTS.surface))
    moments: tuple[tuple[Factor, ...], ...]
    if exponent == 0:
        moments = (Power(surface),), (Power(length),), (Power(number),)
    elif exponent == 1:
        over = (Power(number, 2.0, TINY**0.5), Binding(length, TINY, -1.0))  # m₀² / (m₁ + tiny)
        moments = (Power(length),), (Power(number),), over
    else:
        what = f"growth with a size exponent of {exponent:g} has no closed moments"
        raise MechanismError(
            Problem(what, "Give 0 (surface) or 1 (diffusion)", where="growth.size exponent")
        )
    return [
        Reaction("growth", units, k, (*moments[0], *law)),
        Reaction("growth, surface", {DOTS.surface: 2 / 3}, k, (*moments[1], *law)),
        Reaction("growth, length", {DOTS.length: 1 / 3}, k, (*moments[2], *law)),
    ]


def nucleation(players: Players) -> Reaction:
    """Return classical nucleation of dots from the monomer, J = k exp(−B / ln²(c/c_eq))."""
    size = players.number("nucleation.size")
    law = (players.barrier("nucleation"), *players.modulations("nucleation"))
    nucleus = total({MONOMER: -size}, dots_of(size, size))
    return Reaction("nucleation", nucleus, players.constant("nucleation"), law)
