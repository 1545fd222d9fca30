"""Two precursor compounds in one pot: substitution to the alloy's PC, and its MSC.

Samples of CdTe and CdSe from the induction period are mixed at room temperature. Their PCs exchange
chalcogen, whatever stage each has reached, and the alloy's PC isomerises into its own cluster
(``seed @ Note S5``)::

    PC(Te) + PC(Se) → 2 PC(alloy)    k_sub(T) ΣPC(Te) ΣPC(Se)   [+ with OTA]                   (1)
    PC(alloy) ⇌ MSC(alloy)           k_iso(T), K_iso(T)                                      (2)

The precursors SeTOP and TeTOP take no part: no anion exchange with them was seen. Neat mixing
favours (1), which is of second order; dilution and amine favour the first-order ways of each PC
alone. The alloy is counted in two halves, one per Te and one per Se atom, so that every atom keeps
its place; both halves carry the same spectrum.

Everything else is the two-pathway model of each material (``two_pathway.py``). A mechanism counts
one population class by class, and here are two materials: their dots, of which the experiments
show none, are moments (``dots.py``).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prenuc.mechanism.dots import Moments
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.reaction import Reaction
from prenuc.mechanism.shipped import form_of, known_set
from prenuc.mechanism.writing import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.facts.recipe import ParameterSet
    from prenuc.facts.value import Value
    from prenuc.mechanism.mechanism import Component

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
    return replace(
        own,
        components={
            n: c for parts in (*(p for p, _ in pots), own.components) for n, c in parts.items()
        },
        reactions=(*(one for _, reactions in pots for one in reactions), *own.reactions),
        borrowed={_of(one, name): (one.id, name) for one in sets for name in one.values},
    )


def _pot(
    one: ParameterSet, values: Mapping[str, Value]
) -> tuple[dict[str, Component], list[Reaction]]:
    """Return what one material counts and how it reacts, with its name behind what both call so."""
    pot = written(form_of(one.id, None, tuple(values)), Moments(), values)
    named = {
        name: f"{name} ({one.material})" if part.kind in TWICE else name
        for name, part in pot.components.items()
    }

    def renamed(pool: Mapping[str, float]) -> dict[str, float]:
        return {named[name]: weight for name, weight in pool.items()}

    return {named[n]: replace(c, name=named[n]) for n, c in pot.components.items()}, [
        Reaction(
            f"{r.name} ({one.material})",
            renamed(r.stoichiometry),
            r.constant,
            tuple(replace(factor, pool=renamed(factor.pool)) for factor in r.factors),
            back_of=f"{r.back_of} ({one.material})" if r.back_of else "",
            because=r.because,
        )
        for r in pot.reactions
    ]
