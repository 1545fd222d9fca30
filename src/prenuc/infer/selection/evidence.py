r"""Which of several models do the data support, in numbers and in words.

Every model i has χ²_i (data and prior, minimised) and K_i fitted numbers for N data. With the
overdispersion ĉ of the best-fitting model (1 when it describes the data to within the noise),

.. math:: \mathrm{AICc} = \frac{χ^2}{ĉ} + 2K + \frac{2K(K+1)}{N-K-1}, \qquad
   \mathrm{BIC} = \frac{χ^2}{ĉ} + K \ln N, \qquad w_i \propto e^{-Δ_i/2}

(quasi-likelihood: Burnham and Anderson 2002, Model Selection and Multimodel Inference, 2nd ed.,
sections 2.5 and 2.9). exp(Δ/2) is the evidence ratio against a model; its words are those of Kass
and Raftery (1995, J. Am. Stat. Assoc. 90, 773) for 2 ln of a ratio: up to 2 not worth more than a
bare mention, up to 6 positive, up to 10 strong, above very strong.

**Cannot tell.** Two models are told apart only if both AICc and χ²/ĉ differ by more than
:data:`TELLING` (an evidence ratio of 20). A model that fits as well with more constants is less
parsimonious, which is no evidence of the data against it. What the χ² of a model is unsettled by
(:mod:`prenuc.infer.selection.starts`) is granted to it first: no odds are claimed against a model
whose own searches have not come to one end. Among schemes of which one contains
another it counts all the same: a richer one is preferred only where AICc tells it apart, so the
first in rank is then the simplest of those that cannot be told from the lowest AICc.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from prenuc.quantities import legible, roughly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from prenuc.arrays import Array

Verdict = Literal["best", "cannot tell", "less support", "ruled out"]

TELLING = 2.0 * math.log(20.0)  # 5.99
RULED_OUT = 10.0  # Δ beyond which there is essentially no support (Burnham and Anderson)
AGREED = 1.0  # of χ² over the overdispersion; searches that differ by less need no word
INADEQUATE = 4.0  # overdispersion beyond which the best model does not describe the data either
_WORDS = (
    (2.0, "not worth more than a bare mention"),
    (6.0, "positive"),
    (10.0, "strong"),
    (math.inf, "very strong"),
)


def words(difference: float) -> str:
    """Return what a difference in a criterion is called, after Kass and Raftery."""
    return next(word for limit, word in _WORDS if difference <= limit)


@dataclass(frozen=True)
class Standing:
    """What a fit of one model says.

    Args:
        model: Its name.
        chi2: Of data and prior, at the minimum.
        count: Fitted numbers.
        held_out: Root mean square of the residuals of what was held out, in standard deviations
            of the noise; NaN when nothing was.
        fitted: Numbers that were fitted, by name.
        same_as: Models that are known to fit any data identically.
        unsettled: How much lower χ² might be than where the search ended.
        constants: Its rate constants as one prints them, with unit and interval, by name.
    """

    model: str
    chi2: float
    count: int
    held_out: float = math.nan
    fitted: Mapping[str, float] = field(default_factory=dict)
    same_as: tuple[str, ...] = ()
    unsettled: float = 0.0
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """One model in the ranking.

    Args:
        model: Its name.
        criterion: AICc.
        delta: AICc above the best.
        bic: Bayesian information criterion.
        weight: Akaike weight.
        chi2: χ² of data and prior, of the noise alone.
        parameters: Fitted numbers.
        held_out: Misfit of spectra that were held out, in standard deviations of the noise.
        verdict: "best", "cannot tell" (from the best), "less support" or "ruled out".
        evidence: The evidence against it, in words.
        fitted: Factors of constants and extinctions.
        unsettled: How much lower its χ² might be: what its searches differ by.
        constants: Its rate constants as one prints them, with unit and interval, by name.
    """

    model: str
    criterion: float
    delta: float
    bic: float
    weight: float
    chi2: float
    parameters: int
    held_out: float
    verdict: Verdict
    evidence: str
    fitted: Mapping[str, float]
    unsettled: float = 0.0
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Curves:
    """The data, and what each model makes of them where it fits best.

    Args:
        time: Of each of the m spectra, or their numbers.
        time_label: What that is, with its unit.
        wavelength: In nm, shape (n,); nothing but NaN for a trace.
        signal: What was read.
        seen: The data, shape (m, n).
        fitted: The best fit of each model, by name, shape (m, n); NaN for what it left out.
        sd: Standard deviation of the noise.
    """

    time: Array
    time_label: str
    wavelength: Array
    signal: str
    seen: Array
    fitted: Mapping[str, Array]
    sd: float

    @property
    def telling(self) -> int:
        """The place of the wavelength at which the models differ most."""
        every = np.ma.masked_invalid(np.array([*self.fitted.values()]))
        apart = (
            np.ma.ptp(every, axis=0).max(axis=0) if len(every) > 1 else np.ma.ptp(every[0], axis=0)
        )
        return int(np.argmax(np.ma.filled(apart, 0.0)))


@dataclass(frozen=True)
class Comparison:
    """Which model the data support.

    Args:
        ranking: The models, best first.
        cannot_tell: Models that the data do not tell apart, the best among them; empty when the
            best stands alone.
        data: Independent numbers that were fitted.
        noise: Standard deviations of the noise, and the overdispersion of the best fit.
        warnings: What a reader should know before believing it.
        equivalent_schemes: What fits any data exactly as well as the best, asked for or not.
        curves: The data and the best fits; None where they were not kept.
    """

    ranking: tuple[Ranked, ...]
    cannot_tell: tuple[str, ...]
    data: int
    noise: Mapping[str, float]
    warnings: tuple[str, ...] = ()
    equivalent_schemes: tuple[str, ...] = ()
    curves: Curves | None = field(default=None, compare=False, repr=False)

    @property
    def best(self) -> str:
        """The model that ranks first; one of several while ``cannot_tell`` is not empty."""
        return self.ranking[0].model

    @property
    def weights(self) -> dict[str, float]:
        """Akaike weight of each model, which :func:`prenuc.next_experiment` takes."""
        return {one.model: one.weight for one in self.ranking}

    @property
    def verdict(self) -> str:
        """The answer in one sentence."""
        if self.cannot_tell:
            return f"These data cannot tell {' from '.join(self.cannot_tell)}."
        if len(self.ranking) == 1:
            return f"Only {self.best} was asked."
        second = self.ranking[1]
        against = f"the evidence against {second.model} is {second.evidence}"
        return f"The data support {self.best}; {against}."

    @property
    def constants(self) -> tuple[str, ...]:
        """A line for each rate constant of what the data do not tell from the best."""
        left = [one for one in self.ranking if one.model in (self.cannot_tell or (self.best,))]
        return tuple(
            f"{one.model}: {name} = {said}" for one in left for name, said in one.constants.items()
        )

    def __str__(self) -> str:
        wide = max(len(one.model) for one in self.ranking)
        head = (
            f"  {'model':<{wide}}  {'ΔAICc':>8}  {'weight':>6}  {'held out':>8}  {'K':>3}  verdict"
        )
        lines = [self.verdict, *(f"  {one}" for one in self.constants), head]
        lines += [
            f"  {one.model:<{wide}}  {legible(one.delta):>8}  {one.weight:>6.3f}  "
            f"{_held_out(one):>8}  {one.parameters:>3}  {_said(one)}"
            for one in self.ranking
        ]
        lines += [f"  same   {scheme}" for scheme in self.equivalent_schemes]
        return "\n".join([*lines, *(f"  note   {warning}" for warning in self.warnings)])

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data for JSON."""
        return {
            "ranking": [asdict(one) for one in self.ranking],
            "cannot_tell": list(self.cannot_tell),
            "best": self.best,
            "verdict": self.verdict,
            "data": self.data,
            "noise": dict(self.noise),
            "warnings": list(self.warnings),
            "equivalent_schemes": list(self.equivalent_schemes),
        }

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with a row for each model, best first."""
        import pandas as pd

        rows = [asdict(one) for one in self.ranking]
        return pd.DataFrame(rows).drop(columns=["fitted", "constants"])


def _held_out(one: Ranked) -> str:
    return "–" if math.isnan(one.held_out) else roughly(one.held_out)


def _said(one: Ranked) -> str:
    against = one.verdict in {"less support", "ruled out"}
    return f"{one.verdict} ({one.evidence})" if against else one.verdict


def judge(
    standings: Sequence[Standing],
    data: int,
    *,
    parsimony: bool = False,
    noise: Mapping[str, float] | None = None,
    warnings: Sequence[str] = (),
) -> Comparison:
    """Return the comparison of models that were fitted to the same data.

    Args:
        standings: One for each model.
        data: Independent numbers that were fitted.
        parsimony: Whether a model that fits as well with more numbers counts as told apart, as
            among schemes of which one contains the other.
        noise: Standard deviations of the noise.
        warnings: What a reader should know.
    """
    freedom = max(data - min(one.count for one in standings), 1)
    dispersion = max(min(one.chi2 for one in standings) / freedom, 1.0)
    scored = [(_aicc(one, data, dispersion), one) for one in standings]
    scored.sort(key=lambda pair: pair[0])
    least = scored[0][0]
    if parsimony:  # the simplest of those that cannot be told from the lowest
        scored.sort(key=lambda pair: (pair[0] - least > TELLING, pair[1].count, pair[0]))
        scored[1:] = sorted(scored[1:], key=lambda pair: pair[0])
    best = scored[0][1]
    total = sum(math.exp(-(score - least) / 2.0) for score, _ in scored)
    ranking = [
        Ranked(
            model=one.model,
            criterion=score,
            delta=score - least,
            bic=one.chi2 / dispersion + one.count * math.log(max(data, 1)),
            weight=math.exp(-(score - least) / 2.0) / total,
            chi2=one.chi2,
            parameters=one.count,
            held_out=one.held_out,
            verdict=_verdict(one, best, score - least, 0.0 if parsimony else dispersion),
            evidence=words(score - least),
            fitted=one.fitted,
            unsettled=one.unsettled,
            constants=one.constants,
        )
        for score, one in scored
    ]
    alike = tuple(one.model for one in ranking if one.verdict in {"best", "cannot tell"})
    said = [*warnings, *_unsettled(ranking, dispersion)]
    if dispersion > INADEQUATE:
        off = math.sqrt(dispersion)
        said.append(f"even the best model misses the data by {off:.2g} times the noise")
    return Comparison(
        ranking=tuple(ranking),
        cannot_tell=alike if len(alike) > 1 else (),
        data=data,
        noise={**(noise or {}), "overdispersion": dispersion},
        warnings=tuple(said),
    )


def _aicc(one: Standing, data: int, dispersion: float) -> float:
    spare = max(data - one.count - 1, 1)  # fewer are no ground to rank by, and none is infinite
    small = 2.0 * one.count * (one.count + 1) / spare
    return one.chi2 / dispersion + 2.0 * one.count + small


def _verdict(one: Standing, best: Standing, delta: float, dispersion: float) -> Verdict:
    if one is best:
        return "best"
    worse = (one.chi2 - best.chi2) / dispersion if dispersion else delta
    granted = one.unsettled / (dispersion or 1.0)
    if best.model in one.same_as or min(delta, worse) - granted <= TELLING:
        return "cannot tell"
    return "ruled out" if delta > RULED_OUT else "less support"


def _unsettled(ranking: Sequence[Ranked], dispersion: float) -> list[str]:
    """Return against which models no odds are claimed because their searches are unsettled."""
    return [
        f"no odds against {one.model}: it was searched once"
        if math.isinf(one.unsettled)
        else f"no odds against {one.model}: another search might gain "
        f"{roughly(one.unsettled)} in χ²"
        for one in ranking
        if one.verdict == "cannot tell" and one.unsettled / dispersion > AGREED
    ]


def mean_square(residuals: Sequence[np.ndarray[Any, Any]]) -> float:
    """Return the root mean square of residuals that were held out."""
    every = np.concatenate([np.ravel(one) for one in residuals])
    return float(np.sqrt(np.mean(every**2)))
