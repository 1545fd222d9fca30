r"""A proposal tried out in simulation before anybody weighs anything in.

What maps promise (:mod:`prenuc.infer.selection.disagreement`) is linear and of one flask at a time,
and a refit may take back nearly all of it: a model that misses a step makes up for it in one batch
by other constants. It cannot in batches that differ tenfold in concentration, if the step has
another order. So what is proposed is a series of dilutions where the map is highest, beside the
recipe as it stands. One model simulates it, with the noise of the spectrometer; both are refitted
to that as :func:`prenuc.compare_mechanisms` does it, and the answer is

.. math:: Δ = \tfrac12 (χ^2_{other} - δ - χ^2_{one})

in the log score, δ what the χ² of the other is unsettled by, granted to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import FitError, InputError
from prenuc.infer.selection.compare_mechanisms import compare_mechanisms
from prenuc.infer.selection.disagreement import meter_of, plan_at
from prenuc.infer.selection.plans import base
from prenuc.observe.absorption import uv_vis
from prenuc.quantities import legible_text, roughly
from prenuc.simulation.run import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.infer.calibration.candidate import Candidate
    from prenuc.infer.selection.disagreement import Disagreement
    from prenuc.infer.selection.plans import Plan
    from prenuc.observe.series import SpectrumSeries
    from prenuc.protocol.protocol import Protocol

DILUTIONS = (3.0, 10.0, 30.0)  # of the batch, beside the recipe as it stands
ENOUGH = 5.0  # of the log score: odds of 150 to 1


@dataclass(frozen=True)
class Rehearsal:
    """A proposal and what came of it in simulation.

    Args:
        map: How far apart the models are, flask by flask.
        plans: The flasks of the proposal.
        score: Rise of the log score of the first model over the other, refitted both.
    """

    map: Disagreement
    plans: tuple[Plan, ...]
    score: float

    @property
    def tells(self) -> bool:
        """Whether the proposal moves the log score by what is enough."""
        return self.score >= ENOUGH

    @property
    def verdict(self) -> str:
        """The answer in one sentence."""
        one, other = self.map.models
        if self.score == math.inf:
            return f"This tells {one} from {other}, which cannot be run there at all."
        by = roughly(self.score)
        moved = f"simulated with {one} and refitted, it moves the log score by {by}"
        if self.tells:
            return f"This tells {one} from {other}: {moved}."
        most = self.map.largest.sigmas
        return (
            f"No experiment that was tried tells {one} from {other}: the best is promised "
            f"{roughly(most)} standard deviations; {moved}, and {ENOUGH:g} would be enough."
        )

    @property
    def expected_information(self) -> float:
        """What the flasks together are expected to say about which of the two it is, in bits.

        Each is as likely before; after a rise of the log score by Δ one is left with 1/(1 + e^Δ).
        """
        wrong = 1.0 / (1.0 + math.exp(min(max(self.score, 0.0), 700.0)))
        return 1.0 + sum(p * math.log2(p) for p in (wrong, 1.0 - wrong) if p > 0.0)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each flask for JSON; what is of all of them stands in the first."""
        told = self.as_dict()
        common = {"expected_information": self.expected_information}
        rows = [{**flask, **common} for flask in told.pop("flasks")]
        del told["bench_steps"]
        return [rows[0] | told, *rows[1:]]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        flasks = [{"experiment": one.words, "bench_steps": [*one.sentences]} for one in self.plans]
        score = {"log_score": self.score, "tells": self.tells, "verdict": self.verdict}
        return {**self.map.as_dict(), "flasks": flasks, **score}

    def __str__(self) -> str:
        lines = [self.verdict]
        for plan in self.plans:
            lines += [f"{plan.words}:", *(f"  - {legible_text(step)}" for step in plan.sentences)]
        return "\n".join(lines)


def series(protocol: Protocol, found: Disagreement, dilutions: Sequence[float]) -> tuple[Plan, ...]:
    """Return the recipe as it stands and, where a map is highest, batches of several dilutions.

    Args:
        protocol: The experiment to vary.
        found: The map.
        dilutions: Of the batch.
    """
    most, start = found.largest, base(protocol)
    plans = [start]
    for dilution in dilutions:
        try:
            plans.append(plan_at(start, most.celsius, dilution, most.additive))
        except InputError:  # no balance shows so little
            continue
    return tuple(plans)


def rehearsed(
    one: Candidate,
    other: Candidate,
    protocol: Protocol,
    found: Disagreement,
    *,
    dilutions: Sequence[float] = DILUTIONS,
    noise: float,
    seed: int = 0,
) -> Rehearsal:
    """Return what comes of a proposal in simulation.

    Args:
        one: The model that would be true.
        other: The one that would have to explain it.
        protocol: The experiment to vary.
        found: How far apart they are, as a map.
        dilutions: Of the batch where the map is highest.
        noise: Standard deviation of one reading, absorbance.
        seed: Seed of the noise and of the searches.

    Raises:
        FitError: The first model cannot be refitted.
        SimulationError: It cannot be run there.
    """
    plans = series(protocol, found, dilutions)
    flasks = [plan.protocol for plan in plans]
    spectra = [_seen(one, flask, noise, seed + i) for i, flask in enumerate(flasks)]
    verdict = compare_mechanisms(spectra, flasks, models=(one, other), seed=seed)
    ends = {ranked.model: ranked for ranked in verdict.ranking}
    if one.name not in ends:
        raise FitError(f"{one.name} could not be refitted there", "Look at its steps")
    if other.name not in ends:  # it cannot be run there at all
        return Rehearsal(found, plans, math.inf)
    granted = ends[other.name].chi2 - ends[other.name].unsettled
    return Rehearsal(found, plans, (granted - ends[one.name].chi2) / 2.0)


def _seen(model: Candidate, protocol: Protocol, noise: float, seed: int) -> SpectrumSeries:
    run = simulate(model.mechanism, protocol, extrapolate=True)
    return uv_vis(run, wavelength=meter_of(noise).wavelength, noise=noise, seed=seed)
