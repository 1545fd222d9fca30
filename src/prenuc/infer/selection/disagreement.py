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
from prenuc.infer.selection.apart import Unknown, distance, expected, followed, total
from prenuc.infer.selection.plans import Plan, base, hot, thinner, with_each_additive
from prenuc.infer.selection.predictive import FIRST, NOISE, Instrument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Candidate, Part
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
    return next(
        disagreements(
            one,
            [other],
            protocol,
            noise=noise,
            additives=additives,
            workers=workers,
            progress=progress,
        )
    )


def disagreements(
    one: Candidate,
    others: Iterable[Candidate],
    protocol: Protocol,
    *,
    noise: float = NOISE,
    additives: Sequence[str] = (),
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Disagreement]:
    """Yield how far a model and each of several are apart; the former is run once for all.

    Args:
        one: The model that would be true.
        others: Those that would have to explain it.
        protocol: The experiment to vary, with a flask that is heated.
        noise: Standard deviation of one reading, absorbance.
        additives: Only these, such as "TOPO", or "none"; all when empty.
        workers: Processes to work with.
        progress: Called with the finished share of each.

    Raises:
        FitError: The protocol heats nothing, or nothing can be run.
    """
    start = base(protocol)
    plans = {NOTHING: start, **with_each_additive(start)}
    places = [
        Place.of(plan, celsius, dilution, name)
        for name, plan in plans.items()
        if name in additives or not additives
        for dilution in DILUTIONS
        for celsius in TEMPERATURES
    ]
    meter = meter_of(noise)
    begun = total(one.shown(start.protocol, meter.wavelength))
    true = work(partial(_seen, one, meter), places, workers=workers)
    for other in others:
        usual = followed(other, [start.protocol], meter.wavelength)[0]
        do, pieces = partial(_spot, begun, other, usual, meter), [*zip(places, true, strict=True)]
        spots = work(do, pieces, workers=workers, progress=progress)
        if all(math.isnan(spot.sigmas) for spot in spots):
            raise FitError("no variation of the protocol could be run", "Look at its steps")
        found = Disagreement((one.name, other.name), tuple(spots), start)
        best = places[spots.index(found.largest)].plan
        yield found if best is None else replace(found, plan=best)


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


@dataclass(frozen=True)
class Place:
    """One experiment of a map, before anything is run.

    Args:
        celsius: Temperature of the flask.
        dilution: How many times thinner the batch is.
        additive: What is injected when hot, or "none".
        plan: What is done; None where that cannot be, such as above the boiling of a solvent.
    """

    celsius: float
    dilution: float
    additive: str
    plan: Plan | None

    @classmethod
    def of(cls, start: Plan, celsius: float, dilution: float, additive: str) -> Place:
        """Return an experiment.

        Args:
            start: What it begins with.
            celsius: Temperature of the flask.
            dilution: How many times thinner the batch is.
            additive: What is injected when hot, or "none".
        """
        try:
            return cls(celsius, dilution, additive, _plan(start, celsius, dilution, additive))
        except InputError:
            return cls(celsius, dilution, additive, None)


def _seen(model: Candidate, meter: Instrument, place: Place) -> Array | None:
    """Return the spectra of a flask, shape (data,); None where it cannot be run."""
    if place.plan is None:
        return None
    try:
        return total(model.shown(place.plan.protocol, meter.wavelength))
    except (InputError, SimulationError):  # hotter than a solvent boils, or nothing comes out
        return None


def _spot(
    begun: Array,
    other: Candidate,
    usual: Mapping[str, Part],
    meter: Instrument,
    piece: tuple[Place, Array | None],
) -> Spot:
    """Return how far a model is from what is true in two flasks.

    Where no unknown is needed to bring them near, that is an upper limit.

    Args:
        begun: The true spectra of the recipe as it stands, shape (data,).
        other: The model.
        usual: What it shows there, with derivatives.
        meter: How well is read, and where.
        piece: The experiment beside it, and its true spectra.
    """
    place, seen = piece
    theirs = None if seen is None else _seen(other, meter, place)
    found = Spot(place.celsius, place.dilution, place.additive, math.nan)
    if place.plan is None or seen is None or theirs is None:
        return found
    true = np.concatenate((begun, seen))
    readings = meter.covariance(len(true))
    far = distance(readings, true - np.concatenate((total(usual), theirs)))
    if far > FAINT:
        try:
            beside = followed(other, [place.plan.protocol], meter.wavelength)
        except SimulationError:
            return found
        mean, spread = expected(other, [usual, *beside], meter.wavelength, UNKNOWN)
        far = distance(readings + spread, true - mean)
    return replace(found, sigmas=far)


def _plan(start: Plan, celsius: float, dilution: float, additive: str) -> Plan:
    words = [f"heat to {celsius:g} degC"]
    words += [f"dilute the batch {dilution:g} times"] if dilution > 1.0 else []
    words += [f"inject {additive} when hot"] if additive != NOTHING else []
    return Plan(thinner(hot(start.protocol, celsius), dilution), tuple(words))
