"""Each published panel as a figure: simulated spectra, traces named as in the paper."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from prenuc.facts.catalogue import entries, get
from prenuc.present.plot import plot_spectra, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

    from prenuc.infer.measures import Bench
    from prenuc.infer.reproduce import Row

LETTERS_A_LINE = 92


def plot_panels(
    rows: Sequence[Row], bench: Bench, folder: Path, *, every_recipe: bool = False
) -> list[Path]:
    """Draw every recipe that the rows were checked on, and return the files.

    Args:
        rows: Checked rows.
        bench: The bench they were run on; nothing is run again.
        folder: Where the figures go, one SVG a recipe.
        every_recipe: Draw the recipes that no row asks for too, in the order of the catalogue.
    """
    silent = {row.check.recipe for row in rows if row.trouble}
    asked = dict.fromkeys(row.check.recipe for row in rows)
    recipes = list(entries("recipes") if every_recipe else asked)
    return [
        save(_panel(name, rows, bench), folder / f"{name}.svg")
        for name in recipes
        if name not in silent
    ]


def _panel(recipe: str, rows: Sequence[Row], bench: Bench) -> Figure:
    run, spectra = bench.run(recipe)
    panel = get("recipes", recipe).panel
    figure = plot_spectra(spectra, title=f"Figure {panel}, simulated: {recipe}")
    figure.supxlabel(caption(recipe, rows, run.mechanism.name), fontsize=6.5, x=0.02, ha="left")
    return figure


def caption(recipe: str, rows: Sequence[Row], mechanism: str) -> str:
    """Return what is simulated, what was calibrated on the panel, and what misses."""
    own = [row for row in rows if row.check.recipe == recipe]
    informed = sorted({row.check.observation for row in own if row.role == "calibrated"})
    missed = [row.check.id for row in own if row.verdict == "miss"]
    passed = len(own) - len(missed)
    sentences = [f"Simulated with {mechanism}; {passed} of {len(own)} statements hold."]
    if missed:
        sentences.append(f"Missed: {', '.join(missed)}.")
    if informed:
        sentences.append(f"Constants were informed by: {', '.join(informed)}.")
    else:
        sentences.append("No constant was informed by this panel.")
    sentences.append("What the recipe does not print is assumed; see the report.")
    return textwrap.fill(" ".join(sentences), LETTERS_A_LINE)
