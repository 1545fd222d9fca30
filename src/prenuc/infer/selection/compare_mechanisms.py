r"""Which model do measured spectra support, once each has simulated what was done?

Every model runs the protocol; what nobody knows is fitted for each alike: the extinction of every
absorber within a factor (or its whole spectrum: :mod:`prenuc.infer.selection.shapes`), an offset of
every spectrum as a random effect, and all rate constants of the model that the data can feel,
within their priors (:mod:`prenuc.infer.selection.refit`). Of these, what the data fix counts as a
fitted number; what stays as wide as its prior does not. The verdict is that of
:mod:`prenuc.infer.selection.evidence`, where "cannot tell" is an answer.

**Noise** is one for all models: white, from what no model and no systematic variation of the data
explains, and the offsets from the residuals of the best model (:mod:`prenuc.infer.noise.estimate`).
In a few spectra alone offsets cannot be told from misfit, and any usual one is allowed for.

**Held out.** Every fifth spectrum in turn (or every experiment, of several) is left out and
predicted by the fit to the others; the refit is linearised around the best fit of all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem, check_count
from prenuc.infer.calibration.candidate import Candidate
from prenuc.infer.noise.estimate import estimate_noise, rotate
from prenuc.infer.selection.condensed import FEWEST_FOR_OFFSETS, Condensed
from prenuc.infer.selection.evidence import Comparison, Curves, Standing, judge, mean_square
from prenuc.infer.selection.profiled import NARROWED, covariance
from prenuc.infer.selection.refit import BOUND, Refit
from prenuc.infer.selection.shapes import AbstractShapes, KnownShapes
from prenuc.infer.selection.starts import FAR, STARTS, Searched, searched, searched_on
from prenuc.mechanism import rivals as bench
from prenuc.mechanism.two_pathway import two_pathway
from prenuc.observe.series import SpectrumSeries
from prenuc.protocol.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.selection.refit import RefitPoint
    from prenuc.mechanism.mechanism import Mechanism

FOLDS = 5
EXPECTED_RUNS = 30  # of one model; for the progress bar alone


def rivals(material: str, *, metal: str | None = None) -> list[Mechanism]:
    """Return the two-pathway model of a material and every rival that can speak about it.

    Args:
        material: Such as "CdS", or a system such as "CdTe-ODE".
        metal: Another metal carboxylate than the usual one, such as "Cd(MSA)2".

    Raises:
        MechanismError: There is no such material.
    """
    ours = two_pathway(material, metal=metal)
    return [ours, *bench.rivals(material, metal=metal).values()]


def compare_mechanisms(
    spectra: SpectrumSeries | Sequence[SpectrumSeries],
    protocol: Protocol | Sequence[Protocol],
    *,
    models: Sequence[Mechanism | Candidate],
    shapes: AbstractShapes | None = None,
    starts: int = STARTS,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Return which model the spectra support.

    Args:
        spectra: Measured absorption spectra, or several series of them; wavelengths with masked
            readings are left out.
        protocol: What was done, one protocol for each series. Where it measures a single vessel,
            its times are replaced by those of the spectra.
        models: The candidates, such as :func:`rivals` returns, or a mechanism
            :func:`~prenuc.infer.calibration.candidate.with_and_without` one of its steps.
        shapes: What is taken as known about spectra: :class:`KnownShapes` when None, or
            :class:`FreeShapes` for what the kinetics alone can say.
        starts: Searches for each model at most; the first from the package's own constants, the
            others from draws of their priors (:mod:`prenuc.infer.selection.starts`). One alone
            settles nothing: no odds are claimed then.
        seed: Seed of these draws.
        progress: Called with the finished share.

    Raises:
        InputError: No model, two of one name, no search, or spectra that do not fit the protocol.
    """
    check_count(starts, "start")
    candidates = [Candidate.of(model) for model in models]
    names = [one.name for one in candidates]
    if not names or len(set(names)) < len(names):
        raise FitError(Problem(f"{len(names)} models, {len(set(names))} names", "Name each once"))
    several = [spectra] if isinstance(spectra, SpectrumSeries) else spectra
    data = Condensed.of(
        [series.without_masked() for series in several],
        [protocol] if isinstance(protocol, Protocol) else list(protocol),
    )
    tick = _ticker(len(candidates) * EXPECTED_RUNS * starts, progress)
    trials = [Refit(one, data, shapes or KnownShapes(), tick) for one in candidates]
    data = data.with_shapes(shown for trial in trials if (shown := trial.first()) is not None)
    found = _search(trials, data, starts, seed)
    verdict = replace(found.comparison(), curves=found.curves(several))
    if progress is not None:
        progress(1.0)
    return verdict


def _ticker(runs: int, progress: Callable[[float], None] | None) -> Callable[[], None]:
    """Return what counts runs; how many there will be is only guessed."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done / runs, 0.99))

    return tick


def _search(trials: Sequence[Refit], data: Condensed, starts: int, seed: int) -> _Found:
    """Return where each model ends, with the offsets that the best one finds."""
    for trial in trials:
        trial.data = data
        trial.choose()
    found = searched(trials, starts, seed)
    best = min(found, key=lambda one: one.cost)
    if best.best is None:
        raise FitError(Problem("no model could be run", "Look at the protocol"))
    seen, warnings = with_offsets(data, best.best)
    for i, trial in enumerate(trials):
        trial.data = seen
        lowest = found[i].cost - found[i].unsettled  # the odds may hang on where it ends
        if seen.offset_sd != data.offset_sd or lowest < best.cost + FAR:
            found[i] = searched_on(trial, found[i], seen)
    return _Found(trials, found, seen, warnings)


def with_offsets(data: Condensed, best: RefitPoint) -> tuple[Condensed, list[str]]:
    """Return the data with the offsets that the residuals of the best model show, and warnings.

    Args:
        data: Condensed spectra.
        best: Where the model ended that describes them best.
    """
    m = len(data.absorbance)
    if m < FEWEST_FOR_OFFSETS:
        return data, []
    left = data.absorbance - best_fit(data, best)
    none = np.zeros((m, 0))
    noise = estimate_noise(rotate(left), np.arange(m, dtype=float), none, none)
    warnings = (
        ["a slow drift of the baseline was found; it is not fitted"] if len(noise.drift) else []
    )
    return replace(data, offset_sd=noise.offset_sd), warnings


@dataclass(frozen=True)
class _Found:
    """Where every model ended."""

    trials: Sequence[Refit]
    found: Sequence[Searched]
    data: Condensed
    warnings: Sequence[str]

    def comparison(self) -> Comparison:
        """Return the verdict."""
        pairs = [(t, one.best) for t, one in zip(self.trials, self.found, strict=True)]
        silent = [f"{trial.candidate.name} could not be run" for trial, end in pairs if end is None]
        return judge(
            [
                replace(standing_of(trial, one.best), unsettled=one.unsettled)
                for trial, one in zip(self.trials, self.found, strict=True)
                if one.best is not None
            ],
            self.data.count,
            noise={"sd": self.data.sd, "offset_sd": self.data.offset_sd},
            warnings=[*self.warnings, *silent, *at_edges(pairs)],
        )

    def curves(self, several: Sequence[SpectrumSeries]) -> Curves:
        """Return the data and what each model makes of them.

        Args:
            several: The series that were compared; of more than one, spectra are numbered.
        """
        one = several[0]
        alone = len(several) == 1 and bool(np.isfinite(one.time).all())
        count = len(self.data.absorbance)
        return Curves(
            time=one.time if alone else np.arange(1.0, count + 1.0),
            time_label=one.time_label if alone else "number of the spectrum",
            wavelength=self.data.wavelength,
            signal=one.signal,
            seen=self.data.absorbance,
            fitted={
                trial.candidate.name: best_fit(self.data, found.best)
                for trial, found in zip(self.trials, self.found, strict=True)
                if found.best is not None
            },
            sd=self.data.sd,
        )


def best_fit(data: Condensed, end: RefitPoint) -> Array:
    """Return the spectra that a model makes of the data where it ended, shape (m, n).

    Args:
        data: Condensed spectra.
        end: Where the model ended.
    """
    m = len(data.absorbance)
    fitted: Array = (end.fitted.fitted.reshape(m, -1) / data.weight) @ data.basis.T
    return fitted


def at_edges(pairs: Sequence[tuple[Refit, RefitPoint | None]]) -> list[str]:
    """Return which constants ended at the edge of their priors."""
    return [
        f"{trial.candidate.name}: '{constant.name}' ended at the edge of its prior"
        for trial, end in pairs
        if end is not None
        for constant, x in zip(trial.constants, end.u, strict=True)
        if abs(x) >= BOUND
    ]


def standing_of(trial: Refit, end: RefitPoint) -> Standing:
    """Return what the fit of a model says.

    Args:
        trial: The model and the data.
        end: Where its search ended.
    """
    moved = {
        constant.name: math.exp(constant.sd * float(x))
        for constant, x in zip(trial.constants, end.u, strict=True)
    }
    extinctions = {f"extinction of {n}": a for n, a in end.fitted.amplitudes.items()}
    slopes = trial.slopes(trial.constants, end)
    left = np.sqrt(np.diag(covariance(slopes)))
    return Standing(
        model=trial.candidate.name,
        chi2=end.cost,
        count=end.fitted.count + int(np.sum(left < NARROWED)),
        held_out=_held_out(trial, end, slopes),
        fitted={**moved, **extinctions},
    )


def _held_out(trial: Refit, end: RefitPoint, slopes: Array) -> float:
    """Return the misfit of what was held out, refitted by linearised least squares."""
    fitted, m = end.fitted, len(trial.data.absorbance)
    slopes = slopes[: len(fitted.residual)]
    design = np.hstack((fitted.design, -slopes)).reshape(m, -1, fitted.design.shape[1] + len(end.u))
    prior = np.concatenate((fitted.prior, np.ones(len(end.u))))
    pull = np.zeros(len(prior))
    pull[prior > 0] = np.concatenate((fitted.pull, end.u))
    residual = fitted.residual.reshape(m, -1)
    missed = []
    for rows in trial.data.folds(FOLDS, whole=not trial.apart):
        kept = np.setdiff1d(np.arange(m), rows)
        known = design[kept].reshape(-1, len(prior))
        bend = known.T @ known + np.diag(prior)
        move = np.linalg.pinv(bend, hermitian=True) @ (known.T @ residual[kept].ravel() - pull)
        missed.append(residual[rows].ravel() - design[rows].reshape(-1, len(prior)) @ move)
    return mean_square(missed)
