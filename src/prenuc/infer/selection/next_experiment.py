r"""Which experiment next: the one whose outcome would say most about which model it is.

Candidates are the plans of :mod:`prenuc.infer.selection.plans`: the recipe as it stands, every
single change of it, and, where these leave something to gain, the best of them with the best change
along every other axis added in turn. Each is simulated with every model and several draws of its
constants; what counts is the expected information of :mod:`prenuc.infer.selection.predictive`. Of
plans that are worth the same, the one with fewer changes comes first.

With a constant to sharpen the models are left aside: the experiments are ranked by how much they
narrow that one constant (:mod:`prenuc.infer.selection.precision`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from prenuc.errors import FitError, Problem, check_count, unknown_name
from prenuc.infer.calibration.candidate import Candidate
from prenuc.infer.calibration.parallel import work
from prenuc.infer.selection.plans import axes, base
from prenuc.infer.selection.precision import precision_gained
from prenuc.infer.selection.predictive import (
    DRAWS,
    NOISE,
    Instrument,
    expected_information,
    predicted,
    wavelengths,
)
from prenuc.quantities import legible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prenuc.infer.selection.plans import Level, Plan
    from prenuc.infer.selection.predictive import Predicted
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

MOST = 5  # proposals
FEWEST = 2  # draws of a model: each is judged by the others
WORTH = 0.02  # bits; plans that differ by less are worth the same
LEFT = 0.05  # bits; with no more to learn, changes are not combined


@dataclass(frozen=True)
class Proposal:
    """An experiment that is worth doing.

    Args:
        experiment: How it differs from the recipe, in one line.
        expected_information: In bits; at most log2 of the number of models.
        bench_steps: What to do, one protocol sentence each.
        protocol: The same, ready to be simulated.
    """

    experiment: str
    expected_information: float
    bench_steps: tuple[str, ...]
    protocol: Protocol = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the proposal as plain data for JSON."""
        return {
            "experiment": self.experiment,
            "expected_information": self.expected_information,
            "bench_steps": list(self.bench_steps),
        }

    def __str__(self) -> str:
        head = f"{self.experiment} ({self.expected_information:.2f} bit)"
        return "\n".join([head, *(f"  - {legible_text(step)}" for step in self.bench_steps)])


def next_experiment(
    models: Sequence[Mechanism | Candidate],
    protocol: Protocol,
    *,
    weights: Mapping[str, float] | None = None,
    sharpen: str | None = None,
    most: int = MOST,
    draws: int = DRAWS,
    noise: float = NOISE,
    seed: int = 0,
    only: Sequence[str] = (),
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Proposal]:
    """Return the experiments that would say most, best first.

    Args:
        models: The models that survive, such as :func:`prenuc.rivals` returns, or a mechanism
            :func:`~prenuc.infer.calibration.candidate.with_and_without` one of its steps.
        protocol: The experiment to vary, such as that of a recipe.
        weights: Weight of each model, such as ``Comparison.weights``; all alike when None.
        sharpen: A rate constant of the first model, such as "isomerisation.k", that is to be
            narrowed instead of telling models apart.
        most: Proposals at most.
        draws: Draws of the constants of each model.
        noise: Standard deviation of one reading, absorbance.
        seed: Seed of every draw.
        only: Axes to vary, such as "temperature"; all when empty.
        workers: Processes to work with.
        progress: Called with the finished share.

    Raises:
        InputError: Fewer than two models or draws, two models of one name, weights or noise that
            cannot be, an unknown constant or axis, or nothing that can be run.
    """
    check_count(draws, "draw", FEWEST)
    candidates = [Candidate.of(model) for model in models]
    instrument = Instrument(wavelengths(candidates[0].mechanism.material), noise)
    score: _Score
    if sharpen is not None:
        score = _sharpening(candidates[0], sharpen, instrument)
    else:
        if len(candidates) < 2:
            raise FitError(Problem(f"{len(candidates)} model to tell apart", "Give two or more"))
        names = {one.name for one in candidates}
        if len(names) < len(candidates):
            what = f"{len(candidates)} models, {len(names)} names"
            raise FitError(Problem(what, "Name each once"))
        score = _Telling(candidates, _normal(candidates, weights), instrument, draws, seed)
    start = base(protocol)
    tried = _search(start, score, only, workers, progress)
    if not tried:
        for one in candidates:
            one.shown(start.protocol, instrument.wavelength)  # says why, if it is one of them
        raise FitError(Problem("no variation of the protocol could be run", "Look at its steps"))
    return [
        Proposal(plan.words, value, plan.sentences, plan.protocol)
        for plan, value in sorted(tried, key=_rank)[:most]
    ]


def _rank(pair: tuple[Plan, float]) -> tuple[float, int]:
    plan, value = pair
    return (-round(value / WORTH), len(plan.changes))


def _normal(
    candidates: Sequence[Candidate], weights: Mapping[str, float] | None
) -> dict[str, float]:
    """Return the weights of the models, summing to 1."""
    if weights is None:
        return {one.name: 1.0 / len(candidates) for one in candidates}
    missing = [one.name for one in candidates if one.name not in weights]
    if missing:
        raise FitError([unknown_name("weight of the model", name, weights) for name in missing])
    total = sum(weights[one.name] for one in candidates)
    if not 0 < total < math.inf or min(weights[one.name] for one in candidates) < 0:
        mend = "Give numbers of 0 or more, not all of them 0"
        raise FitError("these weights are no shares", mend)
    return {one.name: weights[one.name] / total for one in candidates}


@dataclass(frozen=True)
class _Telling:
    """Scores a protocol by what it says about the models."""

    candidates: Sequence[Candidate]
    weights: Mapping[str, float]
    instrument: Instrument
    draws: int
    seed: int

    @property
    def most(self) -> float:
        """What there is to learn, in bits."""
        return -sum(w * math.log2(w) for w in self.weights.values() if w > 0)

    def __call__(self, protocol: Protocol) -> float | None:
        nm = self.instrument.wavelength
        seen: dict[str, Predicted] = {}
        for one in self.candidates:
            found = predicted(one, protocol, nm, draws=self.draws, seed=self.seed)
            if found is None:
                return None
            seen[one.name] = found
        return expected_information(seen, self.weights, self.instrument, seed=self.seed).information


@dataclass(frozen=True)
class _Sharpening:
    """Scores a protocol by what it says about one constant."""

    candidate: Candidate
    name: str
    instrument: Instrument
    most: float = math.inf

    def __call__(self, protocol: Protocol) -> float | None:
        return precision_gained(self.candidate, protocol, self.name, self.instrument)


_Score = _Telling | _Sharpening


def _sharpening(candidate: Candidate, name: str, instrument: Instrument) -> _Sharpening:
    known = [constant.name for constant in candidate.free]
    if name not in known:
        raise FitError(unknown_name("rate constant", name, known))
    return _Sharpening(candidate, name, instrument)


def _search(
    start: Plan,
    score: _Score,
    only: Sequence[str],
    workers: int,
    progress: Callable[[float], None] | None,
) -> list[tuple[Plan, float]]:
    """Return every plan that was tried with its score: single changes, then the best of them."""
    singles = [_Tried("", None, start), *_single_changes(start, only)]
    protocols = [one.plan.protocol for one in singles]
    scores = work(score, protocols, workers=workers, progress=progress)
    tried = [
        replace(one, value=value)
        for one, value in zip(singles, scores, strict=True)
        if value is not None
    ]
    if not tried:
        return []
    return [(one.plan, one.value) for one in (*tried, *_changed_further(tried, score))]


@dataclass(frozen=True)
class _Tried:
    """A plan that differs from the start along one axis, and its score."""

    axis: str
    level: Level | None
    plan: Plan
    value: float = 0.0


def _single_changes(start: Plan, only: Sequence[str]) -> Iterator[_Tried]:
    """Yield the start with every level of every axis that may be varied."""
    every = axes(start.protocol)
    unknown = [name for name in only if name not in every]
    if unknown:
        raise FitError([unknown_name("axis", name, every) for name in unknown])
    for name in [name for name in every if name in only or not only]:
        for level in every[name]:
            plan = start.with_level(level)
            if plan is not None:
                yield _Tried(name, level, plan)


def _changed_further(tried: Sequence[_Tried], score: _Score) -> Iterator[_Tried]:
    """Yield the best plan with the best change along every other axis, each kept if it is worth it.

    A change that makes the best plan no better is tried and left out again.
    """
    best = min(tried, key=lambda one: _rank((one.plan, one.value)))
    first = best.axis
    for name in dict.fromkeys(one.axis for one in tried):
        if name in {"", first} or score.most - best.value < LEFT:
            continue
        level = max((one for one in tried if one.axis == name), key=lambda one: one.value).level
        plan = best.plan.with_level(level) if level is not None else None
        value = score(plan.protocol) if plan is not None else None
        if plan is not None and value is not None:
            more = _Tried(name, level, plan, value)
            yield more
            if value > best.value + WORTH:
                best = more
