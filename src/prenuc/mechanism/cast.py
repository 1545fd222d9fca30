"""Who plays which part in the two-pathway model of one material, and the constants they act by.

A parameter set (``data/parameters/*.yaml``) names the players and the constants. A constant
``<step>.k`` has its temperature in ``<step>.at`` and its activation energy in ``<step>.energy``; a
reversible one has ``<step>.K``, ``<step>.K at`` and ``<step>.enthalpy`` beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from prenuc.errors import MechanismError, Problem
from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.mechanism import Component, QuantumDotMoments, volume_fraction
from prenuc.mechanism.reaction import Arrhenius, Binding, Power, Saturation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.reaction import Factor

DOTS = QuantumDotMoments()
MONOMER = "Mo/Fr"
ASSEMBLY = "assembly"


def total(*parts: Mapping[str, float]) -> dict[str, float]:
    """Return the sum of several stoichiometries."""
    summed: dict[str, float] = {}
    for part in parts:
        for name, number in part.items():
            summed[name] = summed.get(name, 0.0) + number
    return summed


@dataclass(frozen=True)
class Cast:
    """The players of one material and the values that they act by.

    Args:
        material: Semiconductor.
        metal: Metal carboxylate, such as "Cd(OA)2".
        chalcogen: Chalcogen source, such as "TeTOP".
        carrier: What carries the chalcogen and is set free, such as "TOP"; "" for none.
        pairs: Each immediate PC with its MSC, the one that the chain leads to first.
        values: The constants by name.
    """

    material: str
    metal: str
    chalcogen: str
    carrier: str
    pairs: tuple[tuple[str, str], ...]
    values: Mapping[str, Value]

    @classmethod
    def of(
        cls, parameters: ParameterSet, values: Mapping[str, Value], metal: str | None = None
    ) -> Self:
        """Return the cast of a parameter set, with another metal carboxylate if one is given."""
        names = parameters.names
        pairs = [(names["PC"], names["MSC"])]
        if "second PC" in names:
            pairs.append((names["second PC"], names["second MSC"]))
        return cls(
            material=parameters.material,
            metal=metal or names["metal precursor"],
            chalcogen=names["chalcogen precursor"],
            carrier=names.get("chalcogen carrier", ""),
            pairs=tuple(pairs),
            values=values,
        )

    def number(self, name: str) -> float:
        """Return a constant in SI units."""
        if name not in self.values:
            raise MechanismError(Problem(f"the parameter set of {self.material} lacks '{name}'"))
        return self.values[name].si

    def constant(self, name: str) -> Arrhenius:
        """Return k(T) of a step."""
        k, at, energy = (self.number(f"{name}.{part}") for part in ("k", "at", "energy"))
        return Arrhenius(k, at, energy)

    def reverse(self, name: str) -> Arrhenius:
        """Return k(T) of the way back of a reversible step."""
        equilibrium, at = self.number(f"{name}.K"), self.number(f"{name}.K at")
        return self.constant(name).reverse(equilibrium, self.number(f"{name}.enthalpy"), at)

    def additives(self, prefix: str) -> list[str]:
        """Return what follows a prefix in the names of rate constants, such as "stage with "."""
        return [
            name.removeprefix(prefix).removesuffix(".k")
            for name in self.values
            if name.startswith(prefix) and name.endswith(".k")
        ]

    def routes(self, kind: str) -> list[tuple[str, Arrhenius, tuple[Factor, ...]]]:
        """Return every route of a step: a phrase for its name, its constant, its extra factors."""
        found: list[tuple[str, Arrhenius, tuple[Factor, ...]]] = []
        if f"{kind}.k" in self.values:
            found.append(("", self.constant(kind), ()))
        for solvent in self.additives(f"{kind} in "):
            fraction = volume_fraction(solvent)
            found.append((f" in {solvent}", self.constant(f"{kind} in {solvent}"), (fraction,)))
        for additive in self.additives(f"{kind} with "):
            name = f"{kind} with {additive}"
            found.append((f" with {additive}", self.constant(name), (self._dependence(name),)))
        return found

    def _dependence(self, name: str) -> Factor:
        """Return how a route depends on its additive: levelling off, of an order, or of first."""
        pool = self.pool(name.rpartition(" with ")[2])
        if f"{name}.half" in self.values:
            return Saturation(pool, self.number(f"{name}.half"))
        if f"{name}.order" in self.values:
            return Power(pool, self.number(f"{name}.order"), self.number(f"{name}.reference"))
        return Power(pool)

    def modulations(self, kind: str) -> tuple[Factor, ...]:
        """Return the ligands that slow or speed a step without being a route of their own."""
        prefix, suffix = f"{kind} under ", ".sites"
        ligands = [
            name.removeprefix(prefix).removesuffix(suffix)
            for name in self.values
            if name.startswith(prefix) and name.endswith(suffix)
        ]
        return tuple(
            Binding(
                self.pool(ligand),
                self.number(f"{prefix}{ligand}.half"),
                self.number(f"{prefix}{ligand}{suffix}"),
            )
            for ligand in ligands
        )

    def pool(self, additive: str) -> dict[str, float]:
        """Return an additive as a pool: itself, or every free carrier of a carboxylate.

        An additive that is a moiety (2-methyloctadecanoate) counts as acid, as metal carboxylate
        and as what reactions have set free alike; what is bound in a PC or an assembly does not.
        """
        if additive not in entries("moieties"):
            return {additive: 1.0}
        free = {"precursor", "by-product", "medium"}
        return {
            component.name: component.composition[additive]
            for component in self.components()
            if component.kind in free
            and component.composition
            and additive in component.composition
        }

    @property
    def ratio(self) -> float:
        """Metal atoms per chalcogen atom in PC and MSC."""
        return self.number("metal per chalcogen")

    @cached_property
    def stages(self) -> list[str]:
        """The as-synthesised PC, step by step."""
        return [f"as-{self.pairs[0][0]}.{i + 1}" for i in range(round(self.number("stage.count")))]

    @property
    def compounds(self) -> list[str]:
        """The PC at every stage."""
        return [*self.stages, *(pc for pc, _ in self.pairs)]

    @cached_property
    def _atoms(self) -> tuple[str, str, str]:
        """The moieties metal, chalcogen, carboxylate."""
        material, kinds = get("materials", self.material), entries("moieties")
        parts = get("reagents", self.metal).composition
        acid = next(part for part in parts if part in kinds and kinds[part].kind == "carboxylate")
        return material.metal, material.chalcogen, acid

    def ligands(self, number: float) -> dict[str, float]:
        """Return the neutral ligands that come with a number of metal atoms."""
        parts = get("reagents", self.metal).composition
        return {part: n * number for part, n in parts.items() if part not in self._atoms}

    def metal_returned(self, number: float) -> dict[str, float]:
        """Return metal carboxylate set free; it binds its neutral ligands again."""
        return total({self.metal: number}, self.ligands(-number))

    def released(self, number: float) -> dict[str, float]:
        """Return carboxylates set free, with the carrier of half as many chalcogen atoms."""
        acid = {f"{self._atoms[2]} (released)": number}
        return total(acid, {self.carrier: number / 2} if self.carrier else {})

    def components(self) -> list[Component]:
        """Return everything that the mechanism counts."""
        m, e, x = self._atoms
        shelf, r, atom = entries("reagents"), self.ratio, f"{e} atom"
        metal, source = shelf[self.metal].composition, shelf[self.chalcogen].composition
        compound = {m: r, e: 1.0, x: 2 * (r - 1)}
        unit = {m: 1.0, e: 1.0}
        carried = {self.carrier: 1.0} if self.carrier else {}
        assembly = total({m: r, e: 1.0, x: 2 * r}, carried, self.ligands(r))
        moments = (DOTS.number, DOTS.length, DOTS.surface)
        return [
            Component(self.metal, metal, kind="precursor"),
            Component(self.chalcogen, source, kind="precursor"),
            Component(ASSEMBLY, assembly, atom, "assembly"),
            *(Component(name, compound, atom, "PC", self.pairs[0][0]) for name in self.stages),
            *(Component(pc, compound, atom, "PC", pc) for pc, _ in self.pairs),
            *(Component(msc, compound, atom, "MSC", msc) for _, msc in self.pairs),
            Component(MONOMER, unit, atom, "monomer"),
            Component(DOTS.units, unit, atom, "QD"),
            *(Component(name, {}, "dot · unit^(p/3)", "moment") for name in moments),
            Component(f"{x} (released)", {x: 1.0}, "carboxylate", "by-product"),
            *(
                Component(name, dict(shelf[name].composition), kind="medium")
                for name in self._media()
            ),
        ]

    def _media(self) -> list[str]:
        """Return the reagents that some rate looks at or some reaction sets free."""
        named = [name.partition(".")[0] for name in self.values]
        seen = [
            name.rpartition(word)[2]
            for name in named
            for word in (" with ", " in ", " under ")
            if word in name
        ]
        shelf, kinds = entries("reagents"), entries("moieties")
        found = [*self.ligands(1.0), *([self.carrier] if self.carrier else [])]
        for name in seen:
            if name in kinds:
                found += [r.id for r in shelf.values() if name in r.composition]
            elif name in shelf:
                found.append(name)
        return [name for name in dict.fromkeys(found) if name not in {self.metal, self.chalcogen}]
