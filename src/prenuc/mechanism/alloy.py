"""Two precursor compounds in one pot: substitution to the alloy's PC, and its MSC.

Samples of CdTe and CdSe from the induction period are mixed at room temperature. Their PCs exchange
chalcogen, whatever stage each has reached, and the alloy's PC isomerises into its own cluster
(``seed @ Note S5``)::

    PC(Te₁₀) + PC(Se₁₀) ⇌ 2 PC(Te₅Se₅)    k_sub(T)                                           (1)
    PC(Te₅Se₅) ⇌ MSC(Te₅Se₅)              k_iso(T)                                           (2)
    PC(Te₅Se₅) ⇌ 5 Mo(Te) + 5 Mo(Se)      k_frag(T), as the PC of CdTe                       (3)

Every way back follows from potentials. What makes the alloy stable is how many ways there are to
place five Te on ten places, 252 for each cluster: ideal mixing, no heat. Other ratios of Te to Se
are not counted; the seed reports one alloy cluster.

The precursors SeTOP and TeTOP take no part: no anion exchange with them was seen. Neat mixing
favours (1), which is of second order; dilution and amine favour the first-order ways of each PC
alone.

Everything else is the two-pathway model of each material (``two_pathway.py``), and each has a
ladder of dots of its own: dots that hold both chalcogens are not counted. In the frozen set of
version 0.1, which has no solubility, dots are moments (``dots.py``).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from prenuc.mechanism.dots import Classes, Moments
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.population import DOTS, QuantumDotMoments
from prenuc.mechanism.shipped import form_of, known_set
from prenuc.mechanism.writing import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.mechanism import Component
    from prenuc.mechanism.population import SizeClasses
    from prenuc.mechanism.reaction import Reaction

MODEL = "alloy"
TWICE = {"assembly", "monomer", "QD", "moment"}  # kinds of what both materials call by one name


def alloy(which: str = "CdTeSe") -> Mechanism:
    """Return the mechanism of two materials in one pot.

    Its constants are those of the substitution under their own names, and those of each material
    with the material before them, such as "CdTe isomerisation.k".

    Args:
        which: "CdTeSe".
    """
    parameters = known_set(f"{MODEL}/{which}")
    sets = [known_set(parameters.names[part]) for part in ("first", "second")]
    merged = {_of(one, name): v for one in sets for name, v in one.values.items()}
    return Mechanism.written(partial(_written, parameters, sets), {**merged, **parameters.values})


def _of(one: ParameterSet, name: str) -> str:
    """Return the name in the alloy of a constant of one material's set."""
    return f"{one.material} {name}"


def _written(
    parameters: ParameterSet, sets: Sequence[ParameterSet], values: Mapping[str, Value]
) -> Mechanism:
    """Return the alloy of a parameter set, and of one for each material, with other constants."""
    own = written(form_of(parameters.id, None, tuple(values)), Moments(), values)
    pots = [_pot(one, {name: values[_of(one, name)] for name in one.values}) for one in sets]
    components = dict(item for pot in pots for item in pot.components.items())
    ladders = tuple(ladder for pot in pots for ladder in pot.ladders)
    return replace(
        own,
        components={**components, **own.components},
        reactions=(*(one for pot in pots for one in pot.reactions), *own.reactions),
        dots=ladders[0].moments if ladders else None,
        populations=ladders,
        borrowed={_of(one, name): (one.id, name) for one in sets for name in one.values},
    )


def _pot(one: ParameterSet, values: Mapping[str, Value]) -> _Pot:
    """Return what one material counts and how it reacts."""
    form = form_of(one.id, None, tuple(values))
    return _Pot(one.material, written(form, Moments() if form.plane is None else Classes(), values))


@dataclass(frozen=True)
class _Pot:
    """One material in the pot, with its name behind what both materials call by one name.

    Args:
        material: Its name.
        alone: Its mechanism where it is alone.
    """

    material: str
    alone: Mechanism

    @cached_property
    def components(self) -> dict[str, Component]:
        """What it counts."""
        new = self._new_names
        return {new[name]: replace(c, name=new[name]) for name, c in self.alone.components.items()}

    @property
    def reactions(self) -> list[Reaction]:
        """How it reacts."""
        return [self._renamed(one) for one in self.alone.reactions]

    @property
    def ladders(self) -> list[SizeClasses]:
        """Its dots."""
        return [
            replace(
                ladder,
                attachment=tuple(self._renamed(one) for one in ladder.attachment),
                detachment=tuple(self._renamed(one) for one in ladder.detachment),
                nuclei={self._behind(name): size for name, size in ladder.nuclei.items()},
                profiles={self._behind(name): alpha for name, alpha in ladder.profiles.items()},
                material=self.material,
                moments=QuantumDotMoments(*(self._new_names[name] for name in astuple(DOTS))),
            )
            for ladder in self.alone.populations
        ]

    @cached_property
    def _new_names(self) -> dict[str, str]:
        counted = self.alone.components.items()
        return {name: self._behind(name) if c.kind in TWICE else name for name, c in counted}

    def _behind(self, name: str) -> str:
        return f"{name} ({self.material})" if name else ""

    def _renamed(self, one: Reaction) -> Reaction:
        new = self._new_names
        return replace(
            one,
            name=self._behind(one.name),
            stoichiometry={new[name]: number for name, number in one.stoichiometry.items()},
            factors=tuple(
                replace(factor, pool={new[name]: weight for name, weight in factor.pool.items()})
                for factor in one.factors
            ),
            back_of=self._behind(one.back_of),
        )
