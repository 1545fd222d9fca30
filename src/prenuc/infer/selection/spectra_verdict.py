r"""What spectra of several flasks say about a mechanism, its constants and its steps.

With δ = χ² without a step, everything else refitted, − χ² with it, over the overdispersion, a step
that brings K numbers of its own (spectra of what only it makes, constants that the data fix) is
weighed by

.. math:: Δ = δ - K \ln N,

N data, which is about twice the logarithm of the odds (Schwarz 1978, Ann. Statist. 6, 461): what
may have any spectrum describes noise too. It is *required* where Δ > 2 ln 20 (odds of 20 to 1),
*helpful* where Δ > 2, *harmful* where δ < −2, and else *not tested*: these data cannot tell whether
it is needed. What is no more than 2 is not worth more than a bare mention (Kass and Raftery 1995,
J. Am. Stat. Assoc. 90, 773).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prenuc.infer.fit.wording import rate_in_words
from prenuc.infer.selection.evidence import AGREED, INADEQUATE, TELLING
from prenuc.quantities import roughly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.selection.profiled import Estimate
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.observe.series import SpectrumSeries

MENTION = 2.0  # of Δ
UNSUPPORTED = "No constant, and no step of it, is supported by them."
SENTENCES = {
    "required": "They need {}.",
    "helpful": "They speak for {}, with odds below 20 to 1.",
    "harmful": "They are described better without {}.",
    "not tested": "They cannot tell whether it needs {}.",
}


@dataclass(frozen=True)
class StepVerdict:
    """Whether the spectra need a step of the mechanism.

    Args:
        step: Its name.
        rise: Rise of χ² without it, refitted, over the overdispersion; NaN where the mechanism
            cannot be run without it.
        misfit: Without it, root mean square of the residuals in standard deviations of the noise.
        judged: Whether the mechanism describes the spectra, with the step or without.
        paid: What the numbers cost that it brings, K ln N.
        removed: The constants that mean nothing without it.
    """

    step: str
    rise: float
    misfit: float
    judged: bool = True
    paid: float = 0.0
    removed: tuple[str, ...] = ()

    @property
    def telling(self) -> float:
        """Twice the logarithm of the odds for the step, about; NaN as the rise."""
        return self.rise - self.paid

    @property
    def would_be_needed(self) -> bool:
        """Whether another word would stand there if its numbers cost nothing."""
        return self.judged and replace(self, paid=0.0).word != self.word

    @property
    def word(self) -> str:
        """What the step is: required, helpful, not tested or harmful; else not judged."""
        if not self.judged:
            return "not judged"
        if self.rise < -MENTION:
            return "harmful"
        if self.telling > MENTION:
            return "required" if self.telling > TELLING else "helpful"
        return "not tested"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, by the names of an ablation on published rows."""
        bits = None if math.isnan(self.telling) else -self.telling / (2.0 * math.log(2.0))
        return {
            "step": self.step,
            "removed": list(self.removed),
            "verdict": self.word,
            "score_change": bits,
            "bits": [bits],
            "rows_lost": [],
            "rows_won": [],
            "numbers_cost": self.paid,
            "misfit_without": self.misfit,
        }


@dataclass(frozen=True)
class SpectraCalibration:
    """A mechanism calibrated on spectra.

    Args:
        mechanism: With the constants that were found.
        estimates: Of every constant that the spectra can feel.
        steps: One for each step.
        seen: The spectra of each flask that were fitted, by its name.
        predicted: What the mechanism says they should be, each of shape (m, n).
        misfit: Root mean square of the residuals, in standard deviations of the noise.
        held_out: The same of flasks that were left out, predicted from the others.
        chi2: χ² of data and priors.
        data: Independent numbers that were fitted.
        noise: Standard deviations of the noise, absorbance.
        searches: χ² at the end of every search.
        warnings: What a reader should know.
        whole: Whether whole flasks were left out; else every fifth spectrum.
        hidden: Steps without all of which it describes the spectra that it misses.
        elsewhere: Constants of which searches found other numbers that describe as well.
    """

    mechanism: Mechanism
    estimates: tuple[Estimate, ...]
    steps: tuple[StepVerdict, ...]
    seen: Mapping[str, SpectrumSeries]
    predicted: Mapping[str, Array]
    misfit: float
    held_out: float
    chi2: float
    data: int
    noise: Mapping[str, float]
    searches: tuple[float, ...]
    warnings: tuple[str, ...]
    whole: bool = True
    elsewhere: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def describes(self) -> bool:
        """Whether the mechanism describes the spectra well enough to believe its constants."""
        return self.misfit**2 <= INADEQUATE

    def named(self, word: str) -> tuple[str, ...]:
        """Return the steps of a word, such as "required"."""
        return tuple(one.step for one in self.steps if one.word == word)

    @property
    def verdict(self) -> str:
        """The answer in a few sentences; "cannot tell" is one."""
        name, off = self.mechanism.name, f"{self.misfit:.2g} times the noise"
        if not self.describes:
            better = [one.step for one in self.steps if one.misfit**2 <= INADEQUATE]
            better += [] if better else [_and(self.hidden)] if self.hidden else []
            said = f"{name} does not describe these spectra: it misses them by {off}."
            more = f"Without {' or without '.join(better)} it does." if better else UNSUPPORTED
            return " ".join([said, more, *self._of_searches])
        said = f"{name} describes these spectra (residuals {off})."
        words = ((word, self.named(word)) for word in SENTENCES)
        told = [SENTENCES[word].format(_and(of)) for word, of in words if of]
        return " ".join([said, *told, *self._of_searches])

    @property
    def _of_searches(self) -> tuple[str, ...]:
        """What follows where searches do not end alike."""
        lowest, *others = sorted(self.searches)
        said = []
        if others and others[0] - lowest > AGREED * max(self.misfit**2, 1.0):
            more = f"the next ended {roughly(others[0] - lowest)} higher in χ²"
            said.append(f"Searches disagree: {more}, and another might end lower.")
        if self.elsewhere:
            which = _and(self.elsewhere)
            said.append(f"Searches end as low at other numbers: {which} cannot be told.")
        return tuple(said)

    @property
    def meanings(self) -> tuple[str, ...]:
        """A sentence for each rate constant that the spectra fix, if they are described."""
        return tuple(
            rate_in_words(
                one.name,
                one.value,
                one.ci95 or (None, None),
                one.before.quantity.unit,
                self._anchor(one.name.removesuffix(".k")),
            )
            for one in self.estimates
            if self.describes and one.fixed and one.is_rate
        )

    def _anchor(self, step: str) -> float | None:
        """Return the temperature in K that a rate constant is of; None of one for all of them."""
        known = self.mechanism.constants
        energy, anchor = known.get(f"{step}.Ea"), known.get(f"{step}.at")
        return None if energy is None or energy.si == 0.0 or anchor is None else anchor.si

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "mechanism": self.mechanism.name,
            "flasks": {name: len(series) for name, series in self.seen.items()},
            "verdict": self.verdict,
            "describes": self.describes,
            "misfit": self.misfit,
            "held_out": self.held_out,
            "chi2": self.chi2,
            "data": self.data,
            "noise": dict(self.noise),
            "constants": [one.as_dict() for one in self.estimates],
            "parameters": {one.name: one.as_parameter([*self.seen]) for one in self.estimates},
            "steps": [one.as_dict() for one in self.steps],
            "searches": list(self.searches),
            "elsewhere": list(self.elsewhere),
            "described_without": list(self.hidden),
            "warnings": list(self.warnings),
        }


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
