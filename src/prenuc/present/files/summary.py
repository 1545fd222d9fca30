"""What a result says in short: what was asked, the answer, what it rests on, what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import counted, listed
from prenuc.infer.experiments.published import PanelResult
from prenuc.infer.fit.results import AbstractFit, Fit, ManyFit
from prenuc.infer.fit.wording import that_matter
from prenuc.infer.selection.evidence import Comparison
from prenuc.infer.studies.ablation import Ablations
from prenuc.observe.course import Course
from prenuc.observe.samples import Sample, is_course
from prenuc.present.files.saved import Stored
from prenuc.quantities import percent, roughly
from prenuc.simulation.solution import Run
from prenuc.sweeps.swept import Swept

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 0.005  # share that is worth a word
MOST = 5  # things that are named; the others stand below
LINES = 3  # of what was done to data


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A result in short.

    Args:
        subject: What it is about, for a title.
        asked: The question.
        answer: Sentences; the number that was asked for stands first.
        rests: What it rests on.
        unknown: What a reader should know that it does not say.
        rank: Place among several results, the lowest first.
    """

    subject: str
    asked: str
    answer: tuple[str, ...]
    rests: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    rank: int = 5


@singledispatch
def summary(_result: Any) -> Summary | None:
    """Return a result in short; None for what answers nothing by itself.

    Args:
        _result: Anything that has a section in a report.
    """
    return None


@summary.register(AbstractFit)
def _of_fit(fit: AbstractFit) -> Summary:
    what = _data_of(fit)
    return Summary(
        subject=f"{_step(fit.scheme)} from {what}",
        asked=f"How fast is {_step(fit.scheme)}, by {what}?",
        answer=fit.meanings,
        rests=(f"{_points(fit)}, {_files(fit)}.", *_treatment(fit), *_noise(fit)),
        unknown=(
            *((f"No interval: {fit.reason}.",) if fit.reason else ()),
            *(sentence(line) for line in fit.warnings),
            *(f"These data fit as well: {one}." for one in that_matter(fit.equivalent_schemes)),
        ),
        rank=0,
    )


def _step(scheme: str) -> str:
    return scheme.rsplit("/", 1)[-1]


def _data_of(fit: AbstractFit) -> str:
    if isinstance(fit, Fit):
        return fit.trace.name
    if isinstance(fit, ManyFit):
        return counted(len(fit.sets), "data set")
    return "the spectra at all wavelengths"


def _points(fit: AbstractFit) -> str:
    return fit.size[0].upper() + fit.size[1:]


def _files(fit: AbstractFit) -> str:
    """Return where the data come from, as far as they say it."""
    if fit.history and fit.history[0].startswith("simulated"):
        return "simulated"
    series = getattr(fit, "series", None)
    name = series.metadata.get("file") if series is not None else None
    return f"measured, from {name}" if name else "as they were given"


def _treatment(fit: AbstractFit) -> tuple[str, ...]:
    """Return what was done to the data last."""
    return tuple(sentence(line) for line in dict.fromkeys(fit.history[1:][-LINES:]))


def _noise(fit: AbstractFit) -> tuple[str, ...]:
    if "sd" not in fit.noise:
        return ()
    return (f"Noise of {fit.noise['sd']:.2g} ({fit.noise['from']}); intervals are of 95 %.",)


@summary.register(PanelResult)
def _of_panel(panel: PanelResult) -> Summary:
    said = _of_fit(panel.fit)
    printed = panel.panel.printed("k")
    beside = "" if printed is None else f" Printed: {printed.quantity}."
    known = f"The simulated network itself relaxes with {panel.truth['k']:.4g} per minute."
    first, *others = said.answer
    return Summary(
        subject=f"Figure {panel.panel.name}, simulated and fitted",
        asked=f"What does the published treatment make of a simulated Figure {panel.panel.name}?",
        answer=(first + beside, known, *others),
        rests=said.rests,
        unknown=said.unknown,
        rank=0,
    )


@summary.register(Comparison)
def _of_comparison(comparison: Comparison) -> Summary:
    names = [one.model for one in comparison.ranking]
    noise = ", ".join(f"{name} {roughly(number)}" for name, number in comparison.noise.items())
    return Summary(
        subject=f"{counted(len(names), 'model')} compared",
        asked=f"Which of {listed(names)} do the data support?",
        answer=(comparison.verdict, *(f"{one}." for one in comparison.constants)),
        rests=(f"{counted(comparison.data, 'independent number')}; {noise}.",),
        unknown=(
            *(sentence(line) for line in comparison.warnings),
            *(f"The data fit as well: {one}." for one in comparison.equivalent_schemes),
        ),
        rank=1,
    )


@summary.register(Ablations)
def _of_ablations(found: Ablations) -> Summary:
    words = dict.fromkeys(one.word for one in sorted(found.steps, key=lambda one: max(one.changes)))
    by_word = {
        word: [one.step.partition(":")[0] for one in found.steps if one.word == word]
        for word in words
    }
    how = f"fitted again without each step: {found.how}" if found.how else "nothing fitted again"
    missing = f"Not fitted again, and so not said: {', '.join(found.missing)}."
    old = "The refit that ships is of other constants, rows or spectra and is not used."
    return Summary(
        subject=f"What each step of {found.mechanism} is for",
        asked=f"Which steps of {found.mechanism} do the published rows need?",
        answer=tuple(f"{word.capitalize()}: {', '.join(by_word[word])}." for word in words),
        rests=(f"{found.weighed} of {found.rows} rows are weighed; {how}.",),
        unknown=(
            "A step that is not tested may be needed: these rows do not tell.",
            *((missing,) if found.missing else ()),
            *((old,) if found.outdated else ()),
        ),
        rank=1,
    )


@summary.register(Swept)
def _of_sweep(found: Swept) -> Summary:
    best, worst = found.ends
    ends = (("Largest", best), ("Smallest", worst))
    have = "has" if found.failed == 1 else "have"
    lost = f"{counted(found.failed, 'flask')} {have} no answer."
    failed = (lost,) if found.failed else ()
    assumed = [one.name for one in found.protocol.assumptions]
    flasks = counted(len(found), "flask")
    return Summary(
        subject=f"{flasks} of {found.protocol.name} with {found.mechanism.name}",
        asked=f"How does {found.rank} depend on {listed(found.varied)}?",
        answer=tuple(f"{word}: {_flask(found, place)}." for word, place in ends),
        rests=(
            f"{counted(len(found), 'simulated flask')} with {found.mechanism.name}.",
            *_counted([name for name in assumed if name not in found.factors]),
        ),
        unknown=(*failed, "What happens between the values that were tried, and beyond them."),
        rank=2,
    )


def _flask(found: Swept, place: int) -> str:
    unit = found.units[found.rank]
    number = f"{roughly(found.numbers[found.rank][place])}" + ("" if unit == "1" else f" {unit}")
    values = ", ".join(f"{name} {found.factors[name][place]}" for name in found.varied)
    return f"{number}, with {values}"


@summary.register(Run)
def _of_run(run: Run) -> Summary:
    assumed = [one.name for one in run.protocol.assumptions]
    ledger = run.conservation["ledger"]["final"]
    cautions = (*run.protocol.warnings, *run.warnings)
    constants = counted(len(run.mechanism.parameters), "constant")
    hangs = f"How far the answer depends on {', '.join(assumed)}." if assumed else ""
    return Summary(
        subject=f"{run.protocol.name} with {run.mechanism.name}, simulated",
        asked=f"What does {run.protocol.name} lead to, by the mechanism {run.mechanism.name}?",
        answer=_shares(run),
        rests=(
            *_counted(assumed),
            f"{constants} of the mechanism; {_origins(run)}.",
            f"Matter is conserved to {ledger:.0e}; thermodynamics: {run.thermodynamics}.",
        ),
        unknown=(*(sentence(str(one)) for one in cautions), *((hangs,) if hangs else ())),
        rank=3,
    )


def _counted(assumed: Sequence[str]) -> tuple[str, ...]:
    """Return how many numbers are assumed; nothing for none."""
    are = "is assumed, with its" if len(assumed) == 1 else "are assumed, each with its"
    told = f"{counted(len(assumed), 'number')} of the protocol {are} reason below."
    return (told,) if assumed else ()


def _shares(run: Run) -> tuple[str, ...]:
    """Return where the chalcogen is at the last measurement of the last vessel."""
    if not run.measurements:
        return ("Nothing was measured.",)
    last = run.measurements[-1]
    samples = [Sample.of(one) for one in run.measurements]
    seen = samples[-1].of_reaction if is_course(samples) else last.label
    found = sorted(run.fractions(last).items(), key=lambda one: -one[1])
    told = [f"{percent(share)} {name}" for name, share in found if share >= LEAST]
    if not told:
        amounts = sorted(run.amounts(last).items(), key=lambda one: -one[1])[:MOST]
        told = [f"{roughly(amount)} mmol/L {name}" for name, amount in amounts]
        return (f"{seen}: {', '.join(told)}.",)
    return (f"{seen}: of the chalcogen {', '.join(told)}.",)


def _origins(run: Run) -> str:
    statuses = [value.status for value in run.mechanism.parameters.values()]
    counts = {status: statuses.count(status) for status in dict.fromkeys(statuses)}
    return ", ".join(f"{count} {status}" for status, count in counts.items()) or "none has a status"


@summary.register(Course)
def _of_course(course: Course) -> Summary:
    time, what = course.axis
    shares = sorted(((of[-1], name) for name, of in course.shares.items()), reverse=True)
    told = [f"{percent(share)} {name}" for share, name in shares if share >= LEAST]
    place = course.first_absorption[-1]
    seen = f"; first absorption at {place:.0f} nm" if np.isfinite(place) else ""
    limited = course.limited_from
    return Summary(
        subject=f"Course of {course.vessel} in {course.name}",
        asked=f"What happens in {course.vessel} of {course.name}?",
        answer=(f"At {time[-1]:.4g} min ({what}): of the chalcogen {', '.join(told)}{seen}.",),
        unknown=()
        if limited is None
        else (f"From {limited:.4g} min on dots have the largest size that is counted.",),
        rank=4,
    )


@summary.register(Stored)
def _of_stored(stored: Stored) -> Summary:
    old = f"{stored.file} was saved by a version that kept its tables alone: no figure is drawn."
    return Summary(
        subject=stored.title,
        asked=f"{stored.title}: as saved in {stored.file}.",
        answer=("The numbers stand in the tables below.",),
        unknown=(old, *(sentence(line) for line in stored.warnings)),
        rank=4,
    )


def sentence(text: str) -> str:
    """Return a text that ends as a sentence does.

    Args:
        text: Such as a warning.
    """
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text[:1].upper()}{text[1:]}."
