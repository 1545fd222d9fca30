"""The two-pathway model of Kui Yu and co-workers, on one page.

Two pathways compete for the same precursors, a metal carboxylate M and a chalcogen source E
(``seed @ Scheme S4``).

**Pathway 1.** The precursors self-assemble, bonds form inside the assembly, and the as-synthesised
precursor compound PC appears. It is transparent where the cluster absorbs. In a good solvent it
turns, through a chain of equal steps, into the immediate PC, which isomerises one to one and first
order into the magic-size cluster MSC::

    n E + … ⇌ assembly          k_as (E/c*)^a (M/(q c*))^b E, high order in concentration   (1)
    assembly → as-PC.1          k_bond(T)                                                   (2)
    as-PC.1 → … → as-PC.m → PC  k_stage(T) · activation by solvent and additives             (3)
    PC ⇌ MSC                    k_iso(T), K_iso(T)                                          (4)

**Pathway 2.** Precursors make monomers and fragments Mo/Fr, which nucleate and grow dots::

    E + M → Mo/Fr               k_mono(T) E M                                                (5)
    n* Mo/Fr → QD               k_nuc(T) (Mo/Mo_ref)^x  [+ k_nuc,TOPO θ Mo²]                 (6)
    Mo/Fr → QD                  k_grow(T) m₂ (Mo − Mo_eq)₊                                   (7)

**The bridge.** A PC falls apart into Mo/Fr, by itself or helped by TOPO; Mo/Fr return to a PC
only through an assembly; a growing dot takes PC up at its surface, which saturates::

    PC → Mo/Fr                  k_frag(T) PC  [+ k_TOPO(T) TOPO · PC]                        (8)
    Mo/Fr + assembly → PC + …   k_back(T) Mo · assembly                                      (9)
    PC → QD                     k_up(T) m₂ PC / (1 + ΣPC / K_up)                             (10)

**Dilution** switches Pathway 1 off through the orders alone: (1) is of order 1 + a + b in
concentration, (5) of order two. **Nothing here is an expected result**: every constant is a
:class:`~prenuc.facts.value.Value` in ``data/parameters``.

**Counting.** Everything is counted per chalcogen atom, because cluster formulae are disputed
(``seed @ Table S1``). The metal : chalcogen ratio r of PC and MSC is an assumed value; the
carboxylate 2 (r − 1) keeps it neutral. What a reaction sets free is declared: two carboxylates
per E (with their hydrogen from the solvent, which is not tracked), and what carried E.

**Dots** are four moments m_p = Σ l^p of l = (units per dot)^(1/3). With a growth rate g = dl/dt
that does not depend on l they close exactly: m₀' = J, m₁' = J l* + g m₀, m₂' = J l*² + 2 g m₁,
m₃' = J n* + 3 g m₂ (Hulburt and Katz 1964, Chem. Eng. Sci. 19, 555). Dots do not dissolve.

The orders, the saturating uptake (10) and the return through an assembly (9) are proposals made
for this project, not results of the seed; their status says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import MechanismError, unknown_name
from prenuc.facts.catalogue import entries, get
from prenuc.mechanism.mechanism import Component, Mechanism, QuantumDotMoments, volume_fraction
from prenuc.mechanism.reaction import (
    Arrhenius,
    Excess,
    Factor,
    Inhibition,
    Power,
    Reaction,
    Saturation,
    mass_action,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value

MODEL = "two-pathway"
DOTS = QuantumDotMoments()
MONOMER = "Mo/Fr"
ASSEMBLY = "assembly"
RELEASED = "released"


def two_pathway(material: str, *, change: Mapping[str, Value] | None = None) -> Mechanism:
    """Return the two-pathway model of a material with the package's own constants.

    Args:
        material: "CdS" or "CdTe".
        change: Values that replace constants of the same name.

    Raises:
        MechanismError: There is no parameter set for the material, or no constant of a name.
    """
    known = [p.material for p in entries("parameters").values() if p.model == MODEL]
    if material not in known:
        raise MechanismError(unknown_name(f"{MODEL} parameter set for", material, known))
    parameters: ParameterSet = get("parameters", f"{MODEL}/{material}")
    unknown = [name for name in change or {} if name not in parameters.values]
    if unknown:
        raise MechanismError([unknown_name("parameter", n, parameters.values) for n in unknown])
    return _Page(parameters, {**parameters.values, **(change or {})}).mechanism()


class _Page:
    """The model as it is written above, for one parameter set."""

    def __init__(self, parameters: ParameterSet, values: Mapping[str, Value]) -> None:
        names = parameters.names
        self.parameters = parameters
        self.values = values
        self.metal, self.chalcogen = names["metal precursor"], names["chalcogen precursor"]
        self.carrier = names.get("chalcogen carrier", "")
        self.additive = names.get("fragmenting additive", "")
        self.pc, self.msc = names["PC"], names["MSC"]
        stages = round(self.number("stage.count"))
        self.stages = [f"as-{self.pc}.{i + 1}" for i in range(stages)]
        self.compounds = [*self.stages, self.pc]

    def number(self, name: str) -> float:
        return self.values[name].si

    def constant(self, name: str) -> Arrhenius:
        """Return k(T) from the values ``name.k``, ``name.at`` and ``name.energy``."""
        return Arrhenius(
            self.number(f"{name}.k"), self.number(f"{name}.at"), self.number(f"{name}.energy")
        )

    def mechanism(self) -> Mechanism:
        return Mechanism(
            name=self.parameters.id,
            components={component.name: component for component in self.components()},
            reactions=tuple(self.pathway_1() + self.pathway_2() + self.bridge()),
            parameters=self.values,
            material=self.parameters.material,
            dots=DOTS,
        )

    def components(self) -> list[Component]:
        r = self.number("metal per chalcogen")
        metal = dict(get("reagents", self.metal).composition)
        source = dict(get("reagents", self.chalcogen).composition)
        carried = {part: n for part, n in source.items() if part == self.carrier}
        m, e, x = self._atoms()
        ligands = {part: n for part, n in metal.items() if part not in {m, x}}
        atom = f"{e} atom"
        compound = {m: r, e: 1.0, x: 2 * (r - 1)}
        unit = {m: 1.0, e: 1.0}
        assembly = {m: r, e: 1.0, x: 2 * r, **carried}
        assembly |= {part: n * r for part, n in ligands.items()}
        whole = [
            name for name in (*ligands, self.carrier, self.additive, *self._activators()) if name
        ]
        return [
            Component(self.metal, metal, kind="precursor"),
            Component(self.chalcogen, source, kind="precursor"),
            Component(ASSEMBLY, assembly, atom, "assembly"),
            *(Component(name, compound, atom, "PC", self.pc) for name in self.compounds),
            Component(self.msc, compound, atom, "MSC", self.msc),
            Component(MONOMER, unit, atom, "monomer"),
            Component(DOTS.units, unit, atom, "QD"),
            *(
                Component(name, {}, "dot" if name == DOTS.number else "dot · unit^(p/3)", "moment")
                for name in (DOTS.number, DOTS.length, DOTS.surface)
            ),
            Component(f"{x} ({RELEASED})", {x: 1.0}, "carboxylate", "by-product"),
            *(Component(name, {name: 1.0}, kind="medium") for name in dict.fromkeys(whole)),
        ]

    def _atoms(self) -> tuple[str, str, str]:
        """Return the moieties metal, chalcogen, carboxylate."""
        material = get("materials", self.parameters.material)
        metal = get("reagents", self.metal).composition
        kinds = entries("moieties")
        acid = next(part for part in metal if part in kinds and kinds[part].kind == "carboxylate")
        return material.metal, material.chalcogen, acid

    def _activators(self) -> list[str]:
        prefixes = ("activation.fraction.", "activation.concentration.")
        return [
            name.removeprefix(p) for p in prefixes for name in self.values if name.startswith(p)
        ]

    def _metal_returned(self, number: float) -> dict[str, float]:
        """Return the stoichiometry of metal carboxylate set free, without its neutral ligands."""
        return {self.metal: number} | {
            part: -n * number
            for part, n in get("reagents", self.metal).composition.items()
            if part not in self._atoms()
        }

    def _released(self, number: float) -> dict[str, float]:
        x = self._atoms()[2]
        return {f"{x} ({RELEASED})": number} | ({self.carrier: number / 2} if self.carrier else {})

    def pathway_1(self) -> list[Reaction]:
        r = self.number("metal per chalcogen")
        feed, threshold = self.number("assembly.feed ratio"), self.number("assembly.threshold")
        a, b = self.number("assembly.order in chalcogen"), self.number("assembly.order in metal")
        forward = (
            Power({self.chalcogen: 1.0}),
            Power({self.chalcogen: 1.0}, a, threshold),
            Power({self.metal: 1.0}, b, feed * threshold),
        )
        together = {self.chalcogen: -1.0, self.metal: -r, ASSEMBLY: 1.0}
        ligands = {
            part: r * n
            for part, n in get("reagents", self.metal).composition.items()
            if part not in self._atoms()
        }
        bonded = {ASSEMBLY: -1.0, self.compounds[0]: 1.0, **self._released(2.0), **ligands}
        steps = zip(self.stages, self.compounds[1:], strict=True)
        stage, activation = self.constant("stage"), self.activation()
        isomerise = self.constant("isomerisation")
        back = isomerise.reverse(
            self.number("isomerisation.K"),
            self.number("isomerisation.enthalpy"),
            self.number("isomerisation.K at"),
        )
        assemble = self.constant("assembly")
        return [
            Reaction("assembly", together, assemble, forward),
            Reaction("disassembly", _negative(together), assemble, mass_action({ASSEMBLY: 1})),
            Reaction(
                "bond formation",
                bonded,
                self.constant("bond formation"),
                mass_action({ASSEMBLY: 1}),
            ),
            *(
                Reaction(
                    f"{old} to {new}",
                    {old: -1.0, new: 1.0},
                    stage,
                    (*mass_action({old: 1}), *activation),
                )
                for old, new in steps
            ),
            Reaction(
                "isomerisation",
                {self.pc: -1.0, self.msc: 1.0},
                isomerise,
                mass_action({self.pc: 1}),
            ),
            Reaction(
                "reverse isomerisation",
                {self.msc: -1.0, self.pc: 1.0},
                back,
                mass_action({self.msc: 1}),
            ),
        ]

    def activation(self) -> list[Factor]:
        """Return what lets an as-synthesised PC relax: good solvents and amines."""
        factors: list[Factor] = []
        for name in self.values:
            if name.startswith("activation.fraction."):
                solvent = name.removeprefix("activation.fraction.")
                factors.append(volume_fraction(solvent, self.number(name)))
            elif name.startswith("activation.concentration."):
                additive = name.removeprefix("activation.concentration.")
                reference = self.number(f"activation.reference.{additive}")
                factors.append(Power({additive: 1.0}, self.number(name), reference))
        return factors

    def pathway_2(self) -> list[Reaction]:
        made = {
            self.chalcogen: -1.0,
            MONOMER: 1.0,
            **_sum(self._metal_returned(-1.0), self._released(2.0)),
        }
        reactions = [
            Reaction(
                "monomer formation",
                made,
                self.constant("monomer formation"),
                mass_action({self.chalcogen: 1, self.metal: 1}),
            ),
            Reaction(
                "nucleation",
                self.nucleus(),
                self.constant("nucleation"),
                (
                    Power(
                        {MONOMER: 1.0},
                        self.number("nucleation.order"),
                        self.number("nucleation.reference"),
                    ),
                ),
            ),
        ]
        if self.additive:
            half = self.number("additive nucleation.half")
            law = (Saturation({self.additive: 1.0}, half), Power({MONOMER: 1.0}, 2.0))
            constant = self.constant("additive nucleation")
            reactions.append(Reaction("additive nucleation", self.nucleus(), constant, law))
        growth = Excess({MONOMER: 1.0}, self.number("growth.solubility"))
        taken = {MONOMER: -1.0, DOTS.units: 1.0}
        return reactions + self.growth_by("monomer", taken, self.constant("growth"), (growth,))

    def nucleus(self) -> dict[str, float]:
        n = self.number("nucleation.size")
        return {
            MONOMER: -n,
            DOTS.units: n,
            DOTS.number: 1.0,
            DOTS.length: n ** (1 / 3),
            DOTS.surface: n ** (2 / 3),
        }

    def growth_by(
        self, what: str, taken: Mapping[str, float], k: Arrhenius, law: tuple[Factor, ...]
    ) -> list[Reaction]:
        """Return growth of the dots by one feed: matter once, and the lower moments.

        Units are taken up at the rate 3 g m₂, so g = rate / (3 m₂); m₁ and m₂ follow as g m₀
        and 2 g m₁.
        """
        return [
            Reaction(f"growth by {what}", taken, k, (Power({DOTS.surface: 1.0}), *law)),
            *self.lower_moments(what, k, law),
        ]

    @staticmethod
    def lower_moments(what: str, k: Arrhenius, law: tuple[Factor, ...]) -> list[Reaction]:
        number, length = Power({DOTS.number: 1.0}), Power({DOTS.length: 1.0})
        return [
            Reaction(f"growth by {what}, length", {DOTS.length: 1 / 3}, k, (number, *law)),
            Reaction(f"growth by {what}, surface", {DOTS.surface: 2 / 3}, k, (length, *law)),
        ]

    def bridge(self) -> list[Reaction]:
        r = self.number("metal per chalcogen")
        reactions = []
        free = self._metal_returned(r - 1)
        for pc in self.compounds:
            apart = {pc: -1.0, MONOMER: 1.0, **free}
            law = mass_action({pc: 1})
            reactions.append(
                Reaction(f"{pc} fragments", apart, self.constant("fragmentation"), law)
            )
            if self.additive:
                helped = mass_action({pc: 1, self.additive: 1})
                constant = self.constant("additive fragmentation")
                reactions.append(
                    Reaction(f"{pc} fragments with {self.additive}", apart, constant, helped)
                )
        back = {MONOMER: -1.0, self.compounds[0]: 1.0, **_negative(free)}
        law = (
            *mass_action({MONOMER: 1, ASSEMBLY: 1}),
            Saturation({self.metal: 1.0}, self.number("return.half")),
        )
        reactions.append(Reaction("return to the PC", back, self.constant("return"), law))
        uptake, every = self.constant("uptake"), dict.fromkeys(self.compounds, 1.0)
        full = Inhibition(every, self.number("uptake.half"))
        for pc in self.compounds:
            taken = {pc: -1.0, DOTS.units: 1.0, **free}
            law = (Power({DOTS.surface: 1.0}), Power({pc: 1.0}), full)
            reactions.append(Reaction(f"growth by {pc}", taken, uptake, law))
        return reactions + self.lower_moments("PC", uptake, (Power(every), full))


def _negative(stoichiometry: Mapping[str, float]) -> dict[str, float]:
    return {name: -number for name, number in stoichiometry.items()}


def _sum(*parts: Mapping[str, float]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, number in part.items():
            total[name] = total.get(name, 0.0) + number
    return total
