"""Each published panel as a figure: simulated spectra, traces named as in the paper."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.catalogue import entries, get
from prenuc.present.figures.style import name_axes, new_figure, styled, time_bar, time_colours

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from prenuc.arrays import Array, Mask
    from prenuc.infer.experiments.performed import Experiments
    from prenuc.infer.experiments.reproduce import Row
    from prenuc.observe.series import SpectrumSeries
    from prenuc.simulation.solution import Run

LETTERS_A_LINE = 100
MOST_LABELS = 10  # spectra with a label each; more are coloured by time
FEW = 6  # labels that find room inside the axes
MOST_SPECTRA = 30  # drawn; of a longer series every n-th
BLUE_END = {"CdS": 285.0, "CdSe": 345.0, "CdTe": 330.0, "CdTeSe": 335.0}  # nm, left of all bands
OPTICALLY_THICK = 4.0  # absorbance that no spectrometer reads
ENOUGH_DOTS = 0.02  # share of the chalcogen from which their band is spoken of


def plot_panels(
    rows: Sequence[Row], runs: Experiments, *, every_recipe: bool = False
) -> Iterator[tuple[str, Figure]]:
    """Draw every recipe that the rows were checked on, one after the other: its name and figure.

    Args:
        rows: Checked rows.
        runs: What they were run by; nothing is run again.
        every_recipe: Draw the recipes that no row asks for too, in the order of the catalogue.
    """
    silent = {row.check.recipe for row in rows if row.trouble}
    asked = entries("recipes") if every_recipe else {row.check.recipe: None for row in rows}
    for name in asked:
        if name not in silent:
            yield name, _panel(name, rows, runs)


def caption(recipe: str, rows: Sequence[Row], run: Run, spectra: SpectrumSeries) -> str:
    """Return what is simulated, what was calibrated on the panel, what is assumed and what misses.

    Args:
        recipe: A recipe of the catalogue.
        rows: Checked rows, of this recipe and others.
        run: The run that is drawn.
        spectra: Its spectra.
    """
    own = [row for row in rows if row.check.recipe == recipe]
    informed = sorted({row.check.observation for row in own if row.informed})
    missed = [row.check.id for row in own if row.verdict == "miss"]
    sentences = [f"Simulated with {run.mechanism.name}, without noise."]
    if own:
        counted = sum(row.counted for row in own)
        sentences.append(f"{counted - len(missed)} of {counted} statements hold.")
    else:
        sentences.append("No statement about this recipe can be checked.")
    if missed:
        sentences.append(f"Missed: {', '.join(missed)}.")
    sentences += _widths(run, spectra)
    if informed:
        sentences.append(f"Calibrated: constants were informed by {', '.join(informed)}.")
    else:
        sentences.append("Calibrated: no constant was informed by this panel.")
    assumed = [entry.name for entry in run.protocol.assumptions]
    if assumed:
        sentences.append(f"Assumed: the other constants, and {', '.join(assumed)}.")
    if len(spectra) > MOST_SPECTRA:
        sentences.append(f"Of {len(spectra)} spectra one in {_step(len(spectra))} is drawn.")
    if _top(spectra.absorbance[:, _window(spectra, run.mechanism.material)]) > OPTICALLY_THICK:
        sentences.append("No dilution is printed; a spectrometer could not read this absorbance.")
    return " ".join(sentences)


def _widths(run: Run, spectra: SpectrumSeries) -> list[str]:
    """Return position and half width of the first absorption wherever dots hold the most."""
    from prenuc.observe.features import first_exciton

    found = []
    for index, measurement in enumerate(run.measurements):
        shares = run.fractions(measurement)
        dots, others = shares.get("QD", 0.0), [shares[n] for n in shares if "MSC" in n]
        if dots < ENOUGH_DOTS or dots < max(others, default=0.0):
            continue
        one = first_exciton(spectra.wavelength, spectra.absorbance[index])
        if one.status == "peak":
            found.append(f"{measurement.label}: {one.position_nm:.0f} nm, {one.hwhm_nm:.0f} nm")
    if not found:
        return []
    what = "First absorption of dots and its half width at half maximum, which the paper does not"
    return [f"{what} print: {'; '.join(found)}."]


def _step(count: int) -> int:
    return math.ceil(count / MOST_SPECTRA)


@styled
def _panel(recipe: str, rows: Sequence[Row], runs: Experiments) -> Figure:
    run, spectra = runs.run(recipe)
    text = textwrap.fill(caption(recipe, rows, run, spectra), LETTERS_A_LINE)
    entry = get("recipes", recipe)
    title = textwrap.fill(f"Figure {entry.panel}, simulated: {entry.name}", 78).replace(
        "degC", "°C"
    )
    figure, axes = new_figure(5.6, 3.5 + 0.11 * len(text.splitlines()))
    _draw(axes, figure, run, spectra)
    name_axes(axes, "wavelength / nm", "absorbance", title, 8.5)
    figure.supxlabel(text, fontsize=6.5, x=0.02, ha="left")
    return figure


def _draw(axes: Axes, figure: Figure, run: Run, spectra: SpectrumSeries) -> None:
    count = len(spectra)
    shown = range(0, count, _step(count)) if count > MOST_SPECTRA else range(count)
    colours = time_colours(len(shown))
    window = _window(spectra, run.mechanism.material)
    names = labels(run)
    for i, colour in zip(shown, colours, strict=True):
        label = names[i] if count <= MOST_LABELS else None
        hidden = i > 0 and _alike(spectra.absorbance[i], spectra.absorbance[i - 1])
        axes.plot(
            spectra.wavelength[window],
            spectra.absorbance[i][window],
            color=colour,
            lw=1.0,
            ls="--" if label and hidden else "-",
            label=label,
        )
    if count <= MOST_LABELS:
        if count > FEW:  # beside the axes
            axes.legend(fontsize=7.5, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        else:
            axes.legend(fontsize=7.5)
    else:
        time_bar(figure, axes, spectra.time, f"time in {names[0]} / {spectra.time_unit}")
    top = _top(spectra.absorbance[:, window])
    axes.set_ylim(-0.04 * top, 1.2 * top)
    axes.set_xlim(float(spectra.wavelength[window][0]), float(spectra.wavelength[window][-1]))


def labels(run: Run) -> list[str]:
    """Return a name for each spectrum: the trace as in the paper, what it is, when it was taken."""
    taken = _temperatures(run)
    several = len({round(value) for value in taken.values()}) > 1
    found = []
    for measurement in run.measurements:
        vessel = measurement.vessel
        name = vessel.replace("-", " ")
        if several and vessel in taken:
            name += f", taken at {taken[vessel]:.0f} °C"
        times = sum(other.vessel == vessel for other in run.measurements)
        if times <= MOST_LABELS and (times > 1 or measurement.time > 0):
            name += ", " + (measurement.label.partition(" at ")[2] if measurement.time else "fresh")
        found.append(name)
    return found


def _temperatures(run: Run) -> dict[str, float]:
    """Return the temperature (°C) of the flask when each vessel was filled from it."""
    from prenuc.protocol.operations import Evolve, Transfer

    now, found = math.nan, {}
    for operation in run.protocol.plan:
        if isinstance(operation, Evolve) and operation.vessel == "flask":
            now = operation.end - 273.15
        elif isinstance(operation, Transfer) and operation.target and operation.vessel == "flask":
            found[operation.target] = now
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _alike(one: Array, other: Array) -> bool:
    """Say whether one curve hides the other."""
    return bool(np.max(np.abs(one - other)) < 0.01 * np.max(np.abs(one)))


def _window(spectra: SpectrumSeries, material: str) -> Mask:
    """Return the wavelengths from left of all bands to where the last signal has died away."""
    wavelength = spectra.wavelength
    inside = wavelength >= BLUE_END.get(material, float(wavelength[0]))
    signal = np.where(inside, np.max(np.abs(spectra.absorbance), axis=0), 0.0)
    height = min(_top(spectra.absorbance[:, inside]), float(np.max(signal)))
    alive = np.flatnonzero(signal > 0.02 * height)
    last = float(wavelength[alive[-1]]) + 25.0 if alive.size else float(wavelength[-1])
    return np.asarray(inside & (wavelength <= last))


def _top(absorbance: Array) -> float:
    """Return the highest peak of spectra, or their highest point if there is none."""
    middle = absorbance[:, 1:-1]
    peak = (middle > absorbance[:, :-2]) & (middle >= absorbance[:, 2:]) & (middle > 1e-4)
    return float(np.max(middle[peak])) if np.any(peak) else float(np.max(absorbance))
