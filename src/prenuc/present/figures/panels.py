"""Each published panel as a figure: simulated spectra, traces named as in the paper."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.facts.catalogue import entries, get
from prenuc.present.figures.overlay import Source
from prenuc.present.figures.page_size import Layout
from prenuc.present.figures.spectra import plot_spectra
from prenuc.present.figures.style import ALIVE, BEYOND
from prenuc.units import FREEZING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.experiments.performed import Experiments
    from prenuc.infer.experiments.reproduce import Row
    from prenuc.observe.series import SpectrumSeries
    from prenuc.present.figures.drawing import Drawn
    from prenuc.simulation.solution import Run

MOST_LABELS = 10  # spectra with a label each; more are coloured by time
BLUE_END = {"CdS": 285.0, "CdSe": 345.0, "CdTe": 330.0, "CdTeSe": 335.0}  # nm, left of all bands
OPTICALLY_THICK = 4.0  # absorbance that no spectrometer reads
ENOUGH_DOTS = 0.02  # share of the chalcogen from which their band is spoken of


def plot_panels(
    rows: Sequence[Row], runs: Experiments, *, every_recipe: bool = False
) -> Iterator[tuple[str, Drawn]]:
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
    low, high = _window(spectra, run.mechanism.material)
    seen = (spectra.wavelength >= low) & (spectra.wavelength <= high)
    if _top(spectra.absorbance[:, seen]) > OPTICALLY_THICK:
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


def _panel(recipe: str, rows: Sequence[Row], runs: Experiments) -> Drawn:
    run, spectra = runs.run(recipe)
    entry = get("recipes", recipe)
    title = f"Figure {entry.panel}, simulated: {entry.name}".replace("degC", "°C")
    layout = Layout(title=title, across=_window(spectra, run.mechanism.material))
    made = plot_spectra([Source(recipe, replace(spectra, labels=tuple(labels(run))))], layout)
    return replace(made, notes=(caption(recipe, rows, run, spectra),))


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
            now = operation.end - FREEZING
        elif isinstance(operation, Transfer) and operation.target and operation.vessel == "flask":
            found[operation.target] = now
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _window(spectra: SpectrumSeries, material: str) -> tuple[float, float]:
    """Return the wavelengths from left of all bands to where the last signal has died away."""
    wavelength = spectra.wavelength
    inside = wavelength >= BLUE_END.get(material, float(wavelength[0]))
    signal = np.where(inside, np.max(np.abs(spectra.absorbance), axis=0), 0.0)
    height = min(_top(spectra.absorbance[:, inside]), float(np.max(signal)))
    alive = np.flatnonzero(signal > ALIVE * height)
    last = float(wavelength[alive[-1]]) + BEYOND if alive.size else float(wavelength[-1])
    return float(wavelength[inside][0]), min(last, float(wavelength[-1]))


def _top(absorbance: Array) -> float:
    """Return the highest peak of spectra, or their highest point if there is none."""
    middle = absorbance[:, 1:-1]
    peak = (middle > absorbance[:, :-2]) & (middle >= absorbance[:, 2:]) & (middle > 1e-4)
    return float(np.max(middle[peak])) if np.any(peak) else float(np.max(absorbance))
