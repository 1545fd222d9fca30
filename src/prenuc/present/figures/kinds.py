"""Every kind of figure, in one table: what it shows, of what, and who draws it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, listed, unknown_name
from prenuc.infer.fit.results import Fit, GlobalFit, ManyFit
from prenuc.infer.modelfree.first_order import FirstOrderTest
from prenuc.infer.modelfree.views import Views
from prenuc.infer.selection.disagreement import Disagreement
from prenuc.infer.selection.growth_laws import Growth
from prenuc.infer.selection.spectra_verdict import SpectraCalibration
from prenuc.infer.studies.ablation import Ablations
from prenuc.observe.analysis import Analysis
from prenuc.observe.course import Course
from prenuc.observe.series import SpectrumSeries
from prenuc.present.figures.page_size import Layout
from prenuc.simulation.driving import Driving

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.present.figures.drawing import Drawn

SIMULATED = "simulated"  # the first line of the history of what no instrument has seen


@dataclass(frozen=True)
class Kind:
    """One kind of figure.

    Args:
        shows: What is seen, in a line.
        of: What it is drawn of; several types where it looks a little different for each.
        draws: Module and function.
        several: Whether several answers are laid over each other.
        given: What the function is told besides.
    """

    shows: str
    of: tuple[type, ...]
    draws: str
    several: bool = False
    given: tuple[tuple[str, Any], ...] = ()

    @property
    def function(self) -> Callable[..., Drawn]:
        """What draws it."""
        module, _, name = self.draws.partition(":")
        found: Callable[..., Drawn] = getattr(
            importlib.import_module(f"prenuc.present.figures.{module}"), name
        )
        return found


FITS = (Fit, GlobalFit, ManyFit)
KINDS: Mapping[str, Kind] = {
    "spectra": Kind("spectra over time, several flasks over each other", (SpectrumSeries,),
                    "spectra:plot_spectra", several=True),
    "course": Kind("shares, dots and first absorption against time", (Course,),
                   "courses:plot_courses", several=True),
    "species": Kind("every species against time, logarithmic", (Course,),
                    "courses:plot_species", several=True),
    "sizes": Kind("map of the dots by size and time", (Course,),
                  "sizes:plot_sizes", several=True),
    "distribution": Kind("size distribution at chosen times", (Course,),
                         "sizes:plot_distribution", several=True),
    "driving": Kind("affinities and dissipated power in a vessel", (Driving,),
                    "driving:plot_driving"),
    "fit": Kind("trace, fit and residuals; or spectra of the species and their shares", FITS,
                "fits:plot_fit"),
    "logarithm": Kind("ln(A∞ − A) against time and the line of first order",
                      (Fit, FirstOrderTest), "fits:plot_logarithm"),
    "view": Kind("one of the model-free views of spectra", (Views,), "views:plot_view"),
    "picks": Kind("spectra with the first exciton marked on each", (Analysis,),
                  "analysis:plot_picks"),
    "bands": Kind("each spectrum near its band, with the fit behind the pick", (Analysis,),
                  "analysis:plot_bands"),
    "trend": Kind("first exciton and diameter against time", (Analysis,),
                  "analysis:plot_trend"),
    "growth": Kind("diameters against time with the laws of growth", (Growth,),
                   "growth:plot_growth"),
    "calibration": Kind("spectra of flasks and what a calibrated mechanism predicts",
                        (SpectraCalibration,), "flasks:plot_flasks"),
    "ablations": Kind("bits won and lost without each step of a mechanism", (Ablations,),
                      "ablations:plot_ablations"),
    "map": Kind("where two models differ, over temperature and dilution", (Disagreement,),
                "maps:plot_disagreement"),
}  # fmt: skip


def draw(
    kind: str,
    *answers: Any,
    layout: Layout | None = None,
    names: Sequence[str] = (),
    **options: Any,
) -> Drawn:
    """Return a figure.

    Args:
        kind: One of :data:`KINDS`.
        answers: What it is of; several where they are laid over each other.
        layout: Size, fonts, title and ranges; the usual ones when None.
        names: Of the answers, as in the legend; their own when empty.
        options: What the kind takes besides, such as ``at`` of a distribution.

    Raises:
        InputError: There is no such kind, it is of something else, or the answer has no such
            figure.
    """
    if kind not in KINDS:
        raise InputError(unknown_name("kind of figure", kind, KINDS))
    one = KINDS[kind]
    wrong = [type(answer).__name__ for answer in answers if not isinstance(answer, one.of)]
    wanted = " or ".join(of.__name__ for of in one.of)
    if wrong or not answers or (len(answers) > 1 and not one.several):
        given = listed(wrong) if wrong else f"{len(answers)} answers"
        raise InputError(f"the figure '{kind}' is not of {given}", f"Give a {wanted}")
    if names and len(names) != len(answers):
        raise InputError(f"{len(names)} names for {len(answers)} answers", "Name each once")
    used = layout or Layout()
    if not one.several:
        return one.function(answers[0], used, **dict(one.given), **options)
    called = dict(zip(names or _names(answers), answers, strict=True))
    if one.of == (SpectrumSeries,):
        from prenuc.present.figures.overlay import Source

        sources = [
            Source(name, series, measured=SIMULATED not in series.history[:1])
            for name, series in called.items()
        ]
        return one.function(sources, used, **options)
    return one.function(called, used, **options)


def _names(answers: Sequence[Any]) -> list[str]:
    """Return what answers are called, numbered where two are called the same."""
    own = [_name(answer) for answer in answers]
    return [
        f"{name} ({own[: place + 1].count(name)})" if own.count(name) > 1 else name
        for place, name in enumerate(own)
    ]


def _name(answer: Any) -> str:
    if isinstance(answer, SpectrumSeries):
        known = answer.metadata
        return known.get("recipe") or known.get("file") or answer.signal
    return str(answer.name)
