"""Who plays which part in the two-pathway model of one material, and the constants they act by.

A parameter set (``data/parameters/*.yaml``) names the players and the constants. A constant
``<step>.k`` has its temperature in ``<step>.at`` and its activation energy in ``<step>.Ea``; a
reversible one has ``<step>.K``, ``<step>.K at`` and ``<step>.H`` beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from prenuc.errors import MechanismError, Problem
from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.mechanism import Component, volume_fraction
from prenuc.mechanism.population import QuantumDotMoments
from prenuc.mechanism.reaction import Arrhenius, Binding, Power, Saturation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.reaction import Factor

MOST_STAGES = 100  # more are a lag without spread, and a slow simulation


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
        metal: Metal carboxylate that makes monomers, such as "Cd(OA)2".
        assembling: Metal carboxylate that assembles; the same, unless a short acid takes part.
        acids: The acid that exchanges and the one that it drives out, when it takes part.
        chalcogen: Chalcogen source, such as "TeTOP".
        carrier: What carries the chalcogen and is set free, such as "TOP"; "" for none.
        pairs: Each immediate PC with its MSC, the one that the chain leads to first.
        values: The constants by name.
        suffix: Added to the names of assembly, monomer and dots where two materials share a pot.
    """

    material: str
    metal: str
    assembling: str
    acids: tuple[str, str] | None
    chalcogen: str
    carrier: str
    pairs: tuple[tuple[str, str], ...]
    values: Mapping[str, Value]
    suffix: str = ""

    @classmethod
    def of(
        cls,
        parameters: ParameterSet,
        values: Mapping[str, Value],
        *,
        metal: str | None = None,
        suffix: str = "",
    ) -> Self:
        """Return the cast of a parameter set.

        Args:
            parameters: Who plays what.
            values: The constants by name.
            metal: Another metal carboxylate than the set's.
            suffix: See above.
        """
        names = parameters.names
        pairs = [(names["PC"], names["MSC"])]
        if "second PC" in names:
            pairs.append((names["second PC"], names["second MSC"]))
        return cls(
            material=parameters.material,
            metal=metal or names["metal precursor"],
            assembling=names.get("exchanged metal", metal or names["metal precursor"]),
            acids=(names["short acid"], names["long acid"]) if "short acid" in names else None,
            chalcogen=names["chalcogen precursor"],
            carrier=names.get("chalcogen carrier", ""),
            pairs=tuple(pairs),
            values=values,
            suffix=suffix,
        )

    @property
    def assembly(self) -> str:
        """Name of the assembly."""
        return f"assembly{self.suffix}"

    @property
    def monomer(self) -> str:
        """Name of monomers and fragments."""
        return f"Mo/Fr{self.suffix}"

    @property
    def dots(self) -> QuantumDotMoments:
        """Names of the moments of the dots."""
        usual = QuantumDotMoments()
        named = (usual.number, usual.length, usual.surface, usual.units)
        return QuantumDotMoments(*(f"{name}{self.suffix}" for name in named))

    def number(self, name: str) -> float:
        """Return a constant in SI units."""
        if name not in self.values:
            raise MechanismError(Problem(f"the parameter set of {self.material} lacks '{name}'"))
        return self.values[name].si

    def constant(self, name: str) -> Arrhenius:
        """Return k(T) of a step."""
        k, at, energy = (self.number(f"{name}.{part}") for part in ("k", "at", "Ea"))
        return Arrhenius(k, at, energy)

    def backward(self, forward: Arrhenius, name: str) -> Arrhenius:
        """Return k(T) of the way back of a reversible step, by the route of ``forward``."""
        equilibrium, at = self.number(f"{name}.K"), self.number(f"{name}.K at")
        return forward.reverse(equilibrium, self.number(f"{name}.H"), at)

    def reverse(self, name: str) -> Arrhenius:
        """Return k(T) of the way back of a reversible step."""
        return self.backward(self.constant(name), name)

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
                self.number(f"{prefix}{ligand}.h"),
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
            for component in self.components
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
        count = self.number("stage.count")
        if not 1 <= count <= MOST_STAGES:
            what = f"{self.values['stage.count'].quantity} stages"
            raise MechanismError(Problem(what, f"Give 1 to {MOST_STAGES}", where="stage.count"))
        return [f"as-{self.pairs[0][0]}.{i + 1}" for i in range(round(count))]

    @property
    def compounds(self) -> list[str]:
        """The PC at every stage."""
        return [*self.stages, *(pc for pc, _ in self.pairs)]

    def _parts(self, metal: str) -> tuple[dict[str, float], dict[str, float]]:
        """Return carboxylates and neutral ligands of one mole of a metal carboxylate."""
        kinds, parts = entries("moieties"), get("reagents", metal).composition
        anions = {
            p: float(n) for p, n in parts.items() if p in kinds and kinds[p].kind == "carboxylate"
        }
        atom = get("materials", self.material).metal
        neutral = {p: float(n) for p, n in parts.items() if p not in anions and p != atom}
        return anions, neutral

    def ligands(self, number: float) -> dict[str, float]:
        """Return the neutral ligands that come with a number of assembling metal atoms."""
        return {part: n * number for part, n in self._parts(self.assembling)[1].items()}

    def metal_returned(self, number: float, metal: str | None = None) -> dict[str, float]:
        """Return metal carboxylate set free; it binds its neutral ligands again."""
        name = metal or self.assembling
        bound = {part: -n * number for part, n in self._parts(name)[1].items()}
        return total({name: number}, bound)

    def released(self, metal: str | None = None) -> dict[str, float]:
        """Return what one chalcogen sets free on meeting the metal: carboxylates, its carrier."""
        anions, _ = self._parts(metal or self.assembling)
        free = {f"{part} (released)": n for part, n in anions.items()}
        return total(free, {self.carrier: 1.0} if self.carrier else {})

    @cached_property
    def components(self) -> list[Component]:
        """Return everything that the mechanism counts."""
        material, shelf, r = get("materials", self.material), entries("reagents"), self.ratio
        atom = f"{material.chalcogen} atom"
        anions, neutral = self._parts(self.assembling)
        core, unit = (
            {material.metal: r, material.chalcogen: 1.0},
            {material.metal: 1.0, material.chalcogen: 1.0},
        )
        compound = total(core, {part: n * (r - 1) for part, n in anions.items()})
        carried = {self.carrier: 1.0} if self.carrier else {}
        bound = {part: n * r for part, n in {**anions, **neutral}.items()}
        dots, free = self.dots, {**anions, **self._parts(self.metal)[0]}
        charged = dict.fromkeys([self.metal, self.assembling, self.chalcogen])
        return [
            *(Component(name, dict(shelf[name].composition), kind="precursor") for name in charged),
            Component(self.assembly, total(core, carried, bound), atom, "assembly"),
            *(Component(name, compound, atom, "PC", self.pairs[0][0]) for name in self.stages),
            *(Component(pc, compound, atom, "PC", pc) for pc, _ in self.pairs),
            *(Component(msc, compound, atom, "MSC", msc) for _, msc in self.pairs),
            Component(self.monomer, unit, atom, "monomer"),
            Component(dots.units, unit, atom, "QD"),
            *(
                Component(name, {}, "dot · unit^(p/3)", "moment")
                for name in (dots.number, dots.length, dots.surface)
            ),
            *(Component(f"{x} (released)", {x: 1.0}, "carboxylate", "by-product") for x in free),
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
        found = [*self.ligands(1.0), *self._parts(self.metal)[1], *(self.acids or ())]
        found += [self.carrier] if self.carrier else []
        for name in seen:
            if name in kinds:
                found += [r.id for r in shelf.values() if name in r.composition]
            elif name in shelf:
                found.append(name)
        return [
            name
            for name in dict.fromkeys(found)
            if name not in {self.metal, self.assembling, self.chalcogen}
        ]
