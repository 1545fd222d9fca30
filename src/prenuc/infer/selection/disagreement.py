"""Where two models disagree most: temperature, dilution of the batch, additive.

An experiment is two flasks: the recipe as it stands, which fixes what it can, and the same varied.
The distance is that of :mod:`prenuc.infer.selection.apart` if the first model is true (the richer
one of two that are nested can always pass for the other), with the spectra of the catalogue, and
every rate constant and extinction as unknown as :func:`prenuc.compare_mechanisms` takes them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError, InputError, SimulationError
from prenuc.infer.calibration.parallel import work
from prenuc.infer.selection.apart import Unknown, bare, sigmas
from prenuc.infer.selection.plans import Plan, base, hot, thinner, with_each_additive
from prenuc.infer.selection.predictive import FIRST, NOISE, Instrument

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.protocol.protocol import Protocol

TEMPERATURES = (120.0, 140.0, 160.0, 180.0, 200.0, 220.0)  # degC
DILUTIONS = (1.0, 3.0, 10.0, 30.0)
TELLING = math.sqrt(2.0 * 5.0)  # standard deviations; half the square is the log score
FAINT = 2.0  # what is nearer even if nothing is unknown is not looked at again
UNKNOWN = Unknown(None, 2.0, 0.0)  # as where models are compared: the catalogue's spectra hold
RED, STEP = 481.0, 3.0  # nm, where spectra are read
NOTHING = "none"
MEASURE = "distance / standard deviations"


@dataclass(frozen=True)
class Spot:
    """One experiment of a map.

    Args:
        celsius: Temperature of the flask.
        dilution: How many times thinner the batch is.
        additive: What is injected when hot, or "none".
        sigmas: How far apart the models are, in standard deviations; NaN where one cannot be run.
    """

    celsius: float
    dilution: float
    additive: str
    sigmas: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return vars(self).copy()


@dataclass(frozen=True)
class Disagreement:
    """A map of how far apart two models are.

    Args:
        models: Their names.
        spots: All experiments.
        plan: What to do where they differ most, with masses and mmol.
    """

    models: tuple[str, str]
    spots: tuple[Spot, ...]
    plan: Plan

    @property
    def largest(self) -> Spot:
        """The experiment in which they differ most."""
        return max(self.spots, key=lambda one: -math.inf if math.isnan(one.sigmas) else one.sigmas)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        spots = [one.as_dict() for one in self.spots]
        return {
            "models": list(self.models),
            "largest": self.largest.as_dict(),
            "bench_steps": list(self.plan.sentences),
            "spots": spots,
        }

    def table(self) -> Mapping[str, Sequence[str] | Array]:
        """Return the columns of a map."""
        return {
            "temperature": [f"{one.celsius:g} degC" for one in self.spots],
            "dilution": [f"{one.dilution:g}" for one in self.spots],
            "additive": [one.additive for one in self.spots],
            MEASURE: np.array([one.sigmas for one in self.spots]),
        }


def disagreement(
    one: Candidate,
    other: Candidate,
    protocol: Protocol,
    *,
    noise: float = NOISE,
    additives: Sequence[str] = (),
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Disagreement:
    """Return how far apart two models are over a grid of experiments.

    Args:
        one: The model that would be true.
        other: The one that would have to explain it.
        protocol: The experiment to vary, with a flask that is heated.
        noise: Standard deviation of one reading, absorbance.
        additives: Only these, such as "TOPO", or "none"; all when empty.
        workers: Processes to work with.
        progress: Called with the finished share.

    Raises:
        FitError: The protocol heats nothing, or nothing can be run.
    """
    start = base(protocol)
    plans = {NOTHING: start, **with_each_additive(start)}
    plans = {name: plan for name, plan in plans.items() if name in additives or not additives}
    places = [
        (plan, celsius, dilution, name)
        for name, plan in plans.items()
        for dilution in DILUTIONS
        for celsius in TEMPERATURES
    ]
    meter = meter_of(noise)
    spots = work(
        partial(_spot, one, other, start, meter), places, workers=workers, progress=progress
    )
    if all(math.isnan(spot.sigmas) for spot in spots):
        raise FitError("no variation of the protocol could be run", "Look at its steps")
    found = Disagreement((one.name, other.name), tuple(spots), start)
    most = found.largest
    return replace(found, plan=plan_at(start, most.celsius, most.dilution, most.additive))


def meter_of(noise: float) -> Instrument:
    """Return a spectrometer that reads with some noise, which the catalogue's spectra hold for.

    Args:
        noise: Standard deviation of one reading, absorbance.
    """
    return Instrument(np.arange(FIRST, RED, STEP), noise, ultraviolet=0.0)


def plan_at(usual: Plan, celsius: float, dilution: float, additive: str) -> Plan:
    """Return the experiment of one place of a map.

    Args:
        usual: The recipe as it stands.
        celsius: Temperature of the flask.
        dilution: How many times thinner the batch is.
        additive: What is injected when hot, or "none".

    Raises:
        InputError: It cannot be done.
    """
    start = usual if additive == NOTHING else with_each_additive(usual)[additive]
    return _plan(start, celsius, dilution, additive)


def _spot(
    one: Candidate,
    other: Candidate,
    usual: Plan,
    meter: Instrument,
    place: tuple[Plan, float, float, str],
) -> Spot:
    """Return how far apart models are; where no unknown is needed to bring them near, at most."""
    start, celsius, dilution, additive = place
    try:
        plan = _plan(start, celsius, dilution, additive)
        flasks = usual.protocol, plan.protocol
        far = bare(one, other, flasks, meter)
        if far > FAINT:
            far, _ = sigmas(one, other, flasks, meter, UNKNOWN)
    except (InputError, SimulationError):  # hotter than a solvent boils, or nothing comes out
        return Spot(celsius, dilution, additive, math.nan)
    return Spot(celsius, dilution, additive, far)


def _plan(start: Plan, celsius: float, dilution: float, additive: str) -> Plan:
    words = [f"heat to {celsius:g} degC"]
    words += [f"dilute the batch {dilution:g} times"] if dilution > 1.0 else []
    words += [f"inject {additive} when hot"] if additive != NOTHING else []
    return Plan(thinner(hot(start.protocol, celsius), dilution), tuple(words))
