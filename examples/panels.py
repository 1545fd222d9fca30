"""Every recipe as a figure, and the page that shows them; called by ``tables.py``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from pages import head_of

from prenuc.facts.catalogue import get
from prenuc.present.figures.panels import caption, plot_panels
from prenuc.present.files.figures import save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prenuc.facts.recipe import Recipe
    from prenuc.infer.experiments.performed import Experiments
    from prenuc.infer.experiments.reproduce import Row


def asked(recipe: Recipe, rows: Sequence[Row]) -> list[str]:
    """Return the panel whose rows ask for a recipe; nothing, which is all panels, where none do."""
    panels = [row.check.panel for row in rows if row.check.recipe == recipe.id]
    own = [panel for panel in panels if recipe.panel.startswith(panel)]
    return [max(own, key=len)] if own else panels[:1]


def page(rows: Sequence[Row], runs: Experiments, figures: Path) -> str:
    """Draw every recipe and return the page that shows them."""
    sections = []
    for name, made in plot_panels(rows, runs, every_recipe=True):
        save(made.figure, figures / f"{name}.svg", " ".join((made.told, *made.notes)))
        recipe = get("recipes", name)
        run, spectra = runs.run(name)
        command = shlex.join(["prenuc", "reproduce", *asked(recipe, rows), "--figures", "figures"])
        sections.append(
            f"## Figure {recipe.panel}: {name}\n\n{recipe.name}.\n\n"
            f"```{{image}} ../figures/panels/{name}.svg\n"
            f":alt: {made.told}\n:width: 560px\n```\n\n"
            f"*{caption(name, rows, run, spectra)}*\n\n"
            f"`{command}` draws it.\n"
        )
    return f"""{head_of("panels.md", "tables.py", "tables")}# The panels, simulated

Every recipe of the catalogue, run with the two-pathway model and its own constants; the paper's
figures are not shown. Traces have the paper's numbers; a sample without a number has none there.
Below each stands the command that draws it, and `tests/test_pictures.py` does what stands there;
`prenuc show RECIPE` prints what was assumed and why. What holds and what misses, row by row:
[](models-and-observations.md).

{chr(10).join(sections)}"""
