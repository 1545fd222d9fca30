"""Who plays which part in a mechanism of one material, and the constants they act by.

A parameter set (``data/parameters/*.yaml``) names the parts and the constants, for the two-pathway
model and its rivals alike. A constant ``<step>.k`` has its temperature in ``<step>.at`` and its
activation energy in ``<step>.Ea``; a reversible one has ``<step>.K``, ``<step>.K at`` and
``<step>.H`` beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from prenuc.errors import MechanismError
from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.mechanism import Component, volume_fraction
from prenuc.mechanism.population import QuantumDotMoments
from prenuc.mechanism.reaction import Arrhenius, Barrier, Binding, Excess, Power, Saturation, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.reaction import Factor

MOST_STAGES = 100  # more are a lag without spread, and a slow simulation


@dataclass(frozen=True)
class Roles:
    """The parts that a parameter set names, and the values that they act by.

    Args:
        parameters: The set.
        values: The constants by name.
        metal: Metal carboxylate that makes monomers, such as "Cd(OA)2".
        monomer: Name of monomers and fragments.
        suffix: Added to the names of assembly and dots where two materials share a pot.
    """

    parameters: ParameterSet
    values: Mapping[str, Value]
    metal: str
    monomer: str = "Mo/Fr"
    suffix: str = ""

    # ---- constants ------------------------------------------------------------------------------

    def number(self, name: str) -> float:
        """Return a constant in SI units."""
        if name not in self.values:
            raise MechanismError(f"the set '{self.parameters.id}' lacks '{name}'")
        return self.values[name].si

    def constant(self, name: str, times: float = 1.0) -> Arrhenius:
        """Return k(T) of a step, times a number."""
        k, at, energy = (self.number(f"{name}.{part}") for part in ("k", "at", "Ea"))
        return Arrhenius(k * times, at, energy)

    def backward(self, forward: Arrhenius, name: str) -> Arrhenius:
        """Return k(T) of the way back of a reversible step, by the route of ``forward``."""
        equilibrium, at = self.number(f"{name}.K"), self.number(f"{name}.K at")
        return forward.reverse(equilibrium, self.number(f"{name}.H"), at)

    def reverse(self, name: str) -> Arrhenius:
        """Return k(T) of the way back of a reversible step."""
        return self.backward(self.constant(name), name)

    def after(self, prefix: str, last: str = ".k") -> list[str]:
        """Return what follows a prefix, such as "stage with ", in the names of constants."""
        return [
            name.removeprefix(prefix).removesuffix(last)
            for name in self.values
            if name.startswith(prefix) and name.endswith(last)
        ]

    def routes(self, kind: str) -> list[tuple[str, Arrhenius, tuple[Factor, ...]]]:
        """Return every route of a step: a phrase for its name, its constant, its extra factors."""
        found: list[tuple[str, Arrhenius, tuple[Factor, ...]]] = []
        if f"{kind}.k" in self.values:
            found.append(("", self.constant(kind), ()))
        for solvent in self.after(f"{kind} in "):
            fraction = volume_fraction(solvent)
            found.append((f" in {solvent}", self.constant(f"{kind} in {solvent}"), (fraction,)))
        for additive in self.after(f"{kind} with "):
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
        steps = {ligand: f"{kind} under {ligand}" for ligand in self.after(f"{kind} under ", ".h")}
        return tuple(
            Binding(self.pool(ligand), self.number(f"{name}.h"), self.number(f"{name}.sites"))
            for ligand, name in steps.items()
        )

    def pool(self, additive: str) -> dict[str, float]:
        """Return an additive as a pool: itself, or every free carrier of a carboxylate.

        An additive that is a moiety (2-methyloctadecanoate) counts as acid, as metal carboxylate
        and as what reactions have set free alike; what is bound in a PC or an assembly does not.
        """
        if additive not in entries("moieties"):
            return {additive: 1.0}
        shelf = entries("reagents").values()
        carriers = {r.id: r.composition[additive] for r in shelf if additive in r.composition}
        return carriers | {f"{x} (released)": 1.0 for x in self._set_free if x == additive}

    def barrier(self, kind: str, **bound: float) -> Barrier:
        """Return the dependence of a nucleation on the monomer."""
        solubility, work = self.number("solubility"), self.number(f"{kind}.barrier")
        return Barrier({self.monomer: 1.0}, solubility, work, **bound)

    def above_solubility(self) -> Excess:
        """Return (c − c_eq)₊."""
        return Excess({self.monomer: 1.0}, self.number("solubility"))

    # ---- names ----------------------------------------------------------------------------------

    @property
    def material(self) -> str:
        """The semiconductor."""
        return self.parameters.material

    @property
    def assembling(self) -> str:
        """The metal carboxylate that assembles: the same, unless a short acid takes part."""
        return self.parameters.names.get("exchanged metal", self.metal)

    @property
    def chalcogen(self) -> str:
        """The chalcogen source, such as "TeTOP"."""
        return self.parameters.names["chalcogen precursor"]

    @property
    def sources(self) -> list[str]:
        """Every chalcogen source, where several act alike."""
        return self._named("chalcogen precursor")

    @property
    def clusters(self) -> list[str]:
        """The clusters of the catalogue, in the order of the set."""
        return self._named("MSC")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each immediate PC with its MSC, the one that the chain leads to first."""
        return list(zip(self._named("PC"), self.clusters, strict=True))

    def _named(self, part: str) -> list[str]:
        """Return what plays a part, as the first, the second and so on."""
        names = self.parameters.names.items()
        return [name for role, name in names if role == part or role.endswith(f" {part}")]

    @property
    def acids(self) -> list[str]:
        """The acid that exchanges and the one that it drives out, when it takes part."""
        return [*self._named("short acid"), *self._named("long acid")]

    @property
    def assembly(self) -> str:
        """Name of the assembly."""
        return f"assembly{self.suffix}"

    @property
    def dots(self) -> QuantumDotMoments:
        """Names of the moments of the dots."""
        usual = QuantumDotMoments()
        named = (usual.number, usual.length, usual.surface, usual.units)
        return QuantumDotMoments(*(f"{name}{self.suffix}" for name in named))

    @cached_property
    def stages(self) -> list[str]:
        """The as-synthesised PC, step by step."""
        count = self.number("stage.count")
        if not 1 <= count <= MOST_STAGES:
            what = f"{self.values['stage.count'].quantity} stages"
            raise MechanismError(what, f"Give 1 to {MOST_STAGES}", where="stage.count")
        return [f"as-{self.pairs[0][0]}.{i + 1}" for i in range(round(count))]

    @property
    def compounds(self) -> list[str]:
        """The PC at every stage."""
        return [*self.stages, *(pc for pc, _ in self.pairs)]

    # ---- matter ---------------------------------------------------------------------------------

    @property
    def ratio(self) -> float:
        """Metal atoms per chalcogen atom in PC and MSC."""
        return self.number("metal per chalcogen")

    @property
    def unit(self) -> dict[str, float]:
        """The composition of one ME."""
        material = get("materials", self.material)
        return {material.metal: 1.0, material.chalcogen: 1.0}

    @property
    def basis(self) -> str:
        """What everything is counted by."""
        return f"{get('materials', self.material).chalcogen} atom"

    def carboxylates(self, number: float, metal: str | None = None) -> dict[str, float]:
        """Return the carboxylates of a number of atoms of a metal; of the one that is fed."""
        kinds, parts = entries("moieties"), get("reagents", metal or self.metal).composition
        anions = [part for part in parts if part in kinds and kinds[part].kind == "carboxylate"]
        return {part: parts[part] * number for part in anions}

    def ligands(self, number: float, metal: str | None = None) -> dict[str, float]:
        """Return the neutral ligands that come with a number of metal atoms."""
        parts = get("reagents", metal or self.metal).composition
        bound = {*self.carboxylates(1.0, metal), *self.unit}
        return {part: n * number for part, n in parts.items() if part not in bound}

    def metal_returned(self, number: float, metal: str | None = None) -> dict[str, float]:
        """Return metal carboxylate set free, or used up below 0; it binds its neutral ligands."""
        return total({metal or self.metal: number}, self.ligands(-number, metal))

    def released(self, source: str, metal: str | None = None) -> dict[str, float]:
        """Return what one chalcogen sets free on meeting the metal: carboxylates, its carrier."""
        free = {f"{part} (released)": n for part, n in self.carboxylates(1.0, metal).items()}
        return free | self.carried(source)

    def carried(self, source: str) -> dict[str, float]:
        """Return what carries the chalcogen in a source and is set free, such as TOP."""
        parts = get("reagents", source).composition
        return {part: n for part, n in parts.items() if part not in self.unit}

    def conversion(self, source: str, product: Mapping[str, float]) -> dict[str, float]:
        """Return E + M → product, with everything that is set free."""
        return total({source: -1.0}, product, self.metal_returned(-1.0), self.released(source))

    @property
    def _set_free(self) -> dict[str, float]:
        """Return the carboxylates that reactions set free."""
        return {**self.carboxylates(1.0, self.assembling), **self.carboxylates(1.0)}

    def components(
        self, charged: Iterable[str], between: Iterable[Component], media: Iterable[str]
    ) -> list[Component]:
        """Return what a mechanism counts.

        Args:
            charged: Reagents that react.
            between: What stands between them and the monomers.
            media: Reagents that some rate looks at or some reaction sets free.
        """
        shelf, dots, precursors = entries("reagents"), self.dots, dict.fromkeys(charged)
        moments, others = (dots.number, dots.length, dots.surface), dict.fromkeys(media)
        free = {x: f"{x} (released)" for x in self._set_free}
        return [
            *(Component(n, dict(shelf[n].composition), kind="precursor") for n in precursors),
            *between,
            Component(self.monomer, self.unit, self.basis, "monomer"),
            Component(dots.units, self.unit, self.basis, "QD"),
            *(Component(name, {}, "dot · unit^(p/3)", "moment") for name in moments),
            *(Component(n, {x: 1.0}, "carboxylate", "by-product") for x, n in free.items()),
            *(
                Component(n, dict(shelf[n].composition), kind="medium")
                for n in others
                if n not in precursors
            ),
        ]
