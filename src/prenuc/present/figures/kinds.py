"""Every kind of figure, in one table: what it shows, of what, and who draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prenuc.errors import InputError, listed, unknown_name
from prenuc.present.figures.ablations import plot_ablations
from prenuc.present.figures.analysis import plot_bands, plot_picks, plot_trend
from prenuc.present.figures.courses import plot_courses, plot_species
from prenuc.present.figures.driving import plot_driving
from prenuc.present.figures.emission import plot_emission
from prenuc.present.figures.fits import plot_fit, plot_logarithm
from prenuc.present.figures.flasks import plot_flasks
from prenuc.present.figures.growth import plot_growth
from prenuc.present.figures.maps import plot_disagreement
from prenuc.present.figures.overlay import Source
from prenuc.present.figures.page_size import Layout
from prenuc.present.figures.pathways import plot_fluxes, plot_mechanism
from prenuc.present.figures.rivals import plot_rivals
from prenuc.present.figures.sizes import plot_distribution, plot_sizes
from prenuc.present.figures.spectra import plot_spectra
from prenuc.present.figures.timeline import plot_protocol
from prenuc.present.figures.views import plot_view
from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.present.figures.drawing import Drawn

SIMULATED = "simulated"  # the first line of the history of what no instrument has seen


@dataclass(frozen=True)
class Kind:
    """One kind of figure.

    Args:
        shows: What is seen, in a line.
        of: Class that it is drawn of; several where it looks a little different for each.
        draws: The function.
        command: That draws it in the shell.
        several: Whether several answers are laid over each other.
    """

    shows: str
    of: tuple[str, ...]
    draws: Callable[..., Drawn]
    command: str
    several: bool = False


FITS = ("Fit", "GlobalFit", "ManyFit")
PLOT, ANALYZE = "prenuc plot FILE --what {}", "prenuc analyze FILE --figures FOLDER"
KINDS: Mapping[str, Kind] = {
    "spectra": Kind(
        "spectra over time, several flasks over each other", ("SpectrumSeries",),
        plot_spectra, PLOT, several=True,
    ),
    "course": Kind(
        "shares, dots and first absorption against time", ("Course",), plot_courses, PLOT,
        several=True,
    ),
    "species": Kind(
        "every species against time, logarithmic", ("Course",), plot_species, PLOT,
        several=True,
    ),
    "sizes": Kind(
        "map of the dots by size and time", ("Course",), plot_sizes, PLOT, several=True,
    ),
    "distribution": Kind(
        "size distribution at chosen times", ("Course",), plot_distribution, PLOT,
        several=True,
    ),
    "fluxes": Kind(
        "what went which way, as the width of arrows", ("Fluxes",), plot_fluxes, PLOT
    ),
    "mechanism": Kind(
        "a mechanism drawn from its reactions", ("Mechanism",), plot_mechanism,
        "prenuc plot MECHANISM --what mechanism",
    ),
    "protocol": Kind(
        "timeline of what is done, with temperatures", ("Protocol",), plot_protocol, PLOT
    ),
    "driving": Kind(
        "affinities and dissipated power in a vessel", ("Driving",), plot_driving,
        "prenuc simulate FILE --report FILE.html",
    ),
    "fit": Kind(
        "trace, fit and residuals; of spectra, the species and their shares", FITS,
        plot_fit, 'prenuc fit FILE "PC -> MSC" --figure FILE.svg',
    ),
    "logarithm": Kind(
        "ln(A∞ − A) against time and the line of first order", ("Fit", "FirstOrderTest"),
        plot_logarithm, "prenuc view FILE --figures FOLDER",
    ),
    "view": Kind(
        "one of the model-free views of spectra", ("Views",), plot_view,
        "prenuc view FILE --figures FOLDER",
    ),
    "picks": Kind(
        "spectra with the first exciton marked on each", ("Analysis",), plot_picks,
        ANALYZE,
    ),
    "bands": Kind(
        "each spectrum near its band, with the fit behind the pick", ("Analysis",),
        plot_bands, ANALYZE,
    ),
    "trend": Kind(
        "first exciton and diameter against time", ("Analysis",), plot_trend, ANALYZE
    ),
    "growth": Kind(
        "diameters against time with the laws of growth", ("Growth",), plot_growth,
        "prenuc growth FILE --figures FOLDER",
    ),
    "emission": Kind(
        "emission spectra with their fits and maxima", ("EmissionAnalysis",),
        plot_emission, "prenuc emission FILE --figures FOLDER",
    ),
    "rivals": Kind(
        "models against the data, where they differ most", ("Comparison",), plot_rivals,
        "prenuc compare FILE --figure FILE.svg",
    ),
    "calibration": Kind(
        "spectra of flasks and what a calibrated mechanism predicts", ("SpectraCalibration",),
        plot_flasks, "prenuc calibrate --data FOLDER --figures FOLDER",
    ),
    "ablations": Kind(
        "bits won and lost without each step of a mechanism", ("Ablations",),
        plot_ablations, "prenuc ablate MECHANISM --figure FILE.svg",
    ),
    "map": Kind(
        "where two models differ, over temperature and dilution", ("Disagreement",),
        plot_disagreement, "prenuc next MATERIAL --step STEP --map FILE.svg",
    ),
}  # fmt: skip


def kinds_table() -> Table:
    """Return every kind of figure: what it shows, of what, and the command that draws it."""
    rows = [
        (name, one.shows, " or ".join(one.of), one.command.format(name))
        for name, one in KINDS.items()
    ]
    heads = ("kind", "shows", "in Python of a", "in the shell")
    return Table(caption="Kinds of figures", headings=heads, rows=tuple(rows))


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
    one, used = KINDS[kind], layout or Layout()
    _check(kind, answers, names)
    if not one.several:
        return one.draws(answers[0], used, **options)
    called = dict(zip(names or _names(answers), answers, strict=True))
    return one.draws(_sources(called) if kind == "spectra" else called, used, **options)


def _check(kind: str, answers: Sequence[Any], names: Sequence[str]) -> None:
    """Refuse answers that a kind is not of.

    Raises:
        InputError: They are of another class, too many, or not all named.
    """
    one = KINDS[kind]
    wrong = [name for answer in answers if (name := type(answer).__name__) not in one.of]
    if wrong or not answers or (len(answers) > 1 and not one.several):
        given = listed(wrong) if wrong else f"{len(answers)} answers"
        raise InputError(f"the figure '{kind}' is not of {given}", f"Give a {' or '.join(one.of)}")
    if names and len(names) != len(answers):
        raise InputError(f"{len(names)} names for {len(answers)} answers", "Name each once")


def _sources(called: Mapping[str, Any]) -> list[Source]:
    """Return spectra by name with whether an instrument has seen them."""
    return [
        Source(name, series, measured=SIMULATED not in series.history[:1])
        for name, series in called.items()
    ]


def _names(answers: Sequence[Any]) -> list[str]:
    """Return what answers are called, numbered where two are called the same."""
    own = [_name(answer) for answer in answers]
    return [
        f"{name} ({own[: place + 1].count(name)})" if own.count(name) > 1 else name
        for place, name in enumerate(own)
    ]


def _name(answer: Any) -> str:
    known = getattr(answer, "metadata", None)  # of spectra
    if known is not None:
        return str(known.get("recipe") or known.get("file") or answer.signal)
    return str(answer.name)
