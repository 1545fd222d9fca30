r"""What is weighed for a batch, and what a dilution makes of a sample.

.. math:: n = \frac{m}{M} = \frac{V ρ}{M}, \qquad f = \frac{V_{taken} + V_{added}}{V_{taken}}

Masses and volumes of a mixture are sums over its parts (:mod:`prenuc.protocol.vessel`): the change
of volume on mixing is neglected, and densities are those of the pure liquids at 25 °C.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.conditions import ROOM_TEMPERATURE
from prenuc.errors import Problem, ProtocolError, noting
from prenuc.facts.catalogue import entries
from prenuc.protocol.protocol import Protocol
from prenuc.protocol.steps import Charge, Inject
from prenuc.protocol.vessel import Contents, charged, reagent
from prenuc.protocol.words import portions
from prenuc.quantities import Quantity, dimension, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.facts.reagent import Reagent
    from prenuc.facts.value import Value
    from prenuc.protocol.words import Portion


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """One compound of a batch.

    Args:
        reagent: Its identifier on the shelf.
        name: As a chemist says it.
        grams: Mass, g.
        millimoles: Amount, mmol.
        millilitres: Volume of the pure liquid, mL; None for a solid, or without a density.
        per_kg: Amount in one kg of the mixture, mmol/kg.
        molar_mass: With its source.
        density: With its source, if it is known.
    """

    reagent: str
    name: str
    grams: float
    millimoles: float
    millilitres: float | None
    per_kg: float
    molar_mass: Value
    density: Value | None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What is put together at once.

    Args:
        step: The sentence of a protocol, or what was asked for.
        parts: The compounds.
        grams: Mass of all, g.
        millilitres: Volume of all, mL.
    """

    step: str
    parts: tuple[Weighed, ...]
    grams: float
    millilitres: float


def batch(contents: str, *, times: float = 1.0) -> Batch:
    """Return what is weighed for a mixture: mass, amount and volume of every compound.

    Args:
        contents: Such as "1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE".
        times: How many times as much is made.

    Raises:
        ProtocolError: An amount or a compound cannot be read, or the factor is not above zero.
    """
    return _batch(contents, portions(contents), times)


def batches(protocol: Protocol, *, times: float = 1.0) -> list[Batch]:
    """Return what is weighed for a protocol, step by step; what fills cuvettes is left out.

    Args:
        protocol: What is done.
        times: How many times as much is made.

    Raises:
        ProtocolError: The factor is not above zero.
    """
    adding = [step for step in protocol.steps if isinstance(step, Charge | Inject)]
    return [_batch(str(step), step.contents, times) for step in adding]


def weighed(contents: str, *, times: float = 1.0) -> list[Batch]:
    """Return what is weighed for a mixture in words, or in the steps of a recipe.

    Args:
        contents: The words, or a recipe of the catalogue.
        times: How many times as much is made.

    Raises:
        ProtocolError: They cannot be read, or the factor is not above zero.
    """
    recipe = entries("recipes").get(contents)
    if recipe is None:
        return [batch(contents, times=times)]
    return batches(Protocol.from_recipe(recipe), times=times)


def _batch(step: str, contents: Sequence[Portion], times: float) -> Batch:
    if not 0.0 < times < math.inf:
        raise ProtocolError(f"a batch {times:g} times as large is none", "Give a factor above zero")
    moles: dict[str, float] = {}
    for portion in contents:
        name, amount = charged(portion)
        moles[name] = moles.get(name, 0.0) + times * amount
    mixture = Contents(moles)
    return Batch(
        step=step,
        parts=tuple(_weighed(name, amount, mixture.mass) for name, amount in moles.items()),
        grams=1e3 * mixture.mass,
        millilitres=1e6 * mixture.volume,
    )


def _weighed(name: str, moles: float, total: float) -> Weighed:
    """Return one compound of a mixture of some mass in kg."""
    known = reagent(name)
    mass = moles * known.molar_mass.si
    density = known.density
    return Weighed(
        reagent=known.id,
        name=known.name,
        grams=1e3 * mass,
        millimoles=1e3 * moles,
        millilitres=None if density is None or _solid(known) else 1e6 * mass / density.si,
        per_kg=1e3 * moles / total if total else 0.0,
        molar_mass=known.molar_mass,
        density=density,
    )


def _solid(known: Reagent) -> bool:
    """Say whether a compound is a solid at room temperature, which nobody pours."""
    melts = known.melting_point
    return melts is not None and melts.si > ROOM_TEMPERATURE


@dataclass(frozen=True, kw_only=True)
class Dilution:
    """How many times a sample is diluted.

    Args:
        factor: Volume after over volume before.
        taken: Volume of the sample, mL.
        into: Volume of what it is put into, mL.
        undiluted: Absorbance that the sample would show as it is; None without a reading.
        to_take: Volume that shows the wanted absorbance in as much, mL; None where none is wanted.
    """

    factor: float
    taken: float
    into: float
    undiluted: float | None = None
    to_take: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, units in the names."""
        return {
            "dilution": self.factor,
            "taken_mL": self.taken,
            "into_mL": self.into,
            "undiluted_absorbance": self.undiluted,
            "to_take_mL": self.to_take,
        }


def dilution(
    taken: str,
    into: str,
    *,
    of: str = "",
    absorbance: float | None = None,
    wanted: float | None = None,
) -> Dilution:
    """Return how many times a sample is diluted, and what a reading says of the sample as it is.

    Args:
        taken: Of the sample, such as "25 uL", or "27.8 mg" with ``of``.
        into: What it is put into, such as "3 mL".
        of: The liquid that the sample is, whose density makes a volume of a mass, such as "ODE".
        absorbance: Reading of the diluted sample.
        wanted: Absorbance that is wanted in the same volume.

    Raises:
        ProtocolError: Everything that is wrong with the numbers.
    """
    problems: list[Problem] = []
    volumes = []
    for where, text, liquid in (("taken", taken, of), ("into", into, "")):
        with noting(problems, where):
            volumes.append(_millilitres(parse(text), liquid))
    for where, number in (("absorbance", absorbance), ("wanted", wanted)):
        if number is not None and not 0.0 < number < math.inf:
            what = f"{number:g} is no absorbance"
            problems.append(Problem(what, "Give one above zero", where=where))
    if wanted is not None and absorbance is None:
        what = "what is to be taken hangs on a reading"
        problems.append(Problem(what, "Give the absorbance, too", where="wanted"))
    if problems:
        raise ProtocolError(problems)
    sample, solvent = volumes
    factor = (sample + solvent) / sample
    undiluted = None if absorbance is None else absorbance * factor
    to_take = None
    if undiluted is not None and wanted is not None:
        to_take = _to_take(undiluted, wanted, solvent)
    return Dilution(factor=factor, taken=sample, into=solvent, undiluted=undiluted, to_take=to_take)


def _to_take(undiluted: float, wanted: float, solvent: float) -> float:
    """Return the volume (mL) of a sample that shows a wanted absorbance in a volume of solvent."""
    if wanted >= undiluted:
        what = f"the sample as it is shows {undiluted:.3g}, and diluted less than that"
        raise ProtocolError(what, "Want less, or use a longer cuvette")
    return solvent * wanted / (undiluted - wanted)


def _millilitres(amount: Quantity, of: str) -> float:
    if amount.dimension == dimension("mL") and amount.number > 0:
        return amount.to("mL")
    if amount.dimension == dimension("g") and amount.number > 0:
        density = reagent(of).density if of else None
        if density is None:
            what = f"{amount} is a mass, of which the volume is not known"
            raise ProtocolError(what, "Say what liquid it is, such as ODE, or give a volume")
        return 1e6 * amount.si / density.si
    raise ProtocolError(f"'{amount}' is no volume above zero", "Write '25 uL' or '3 mL'")
