"""Figure of growth: diameters against time with every law that was fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.present.figures.drawing import Drawn, finished
from prenuc.present.figures.overlay import told_apart
from prenuc.present.figures.page_size import Layout, laid_out
from prenuc.present.figures.style import name_axes

if TYPE_CHECKING:
    from prenuc.infer.selection.growth_laws import Growth


@laid_out
def plot_growth(found: Growth, layout: Layout) -> Drawn:
    """Return a figure of diameters and of the laws that were fitted, the best one thick.

    Args:
        found: Diameters and laws.
        layout: Size, fonts and title.
    """
    figure, ((axes,),) = layout.grid(1, 1, height=6.5)
    axes.plot(found.time_s, found.diameter_nm, "o", ms=4, color="black", label="diameters")
    laws = [name for name in found.curves if name != "none"]
    for place, name in enumerate(laws):
        look = told_apart(place)
        look["lw"] = 2.2 if name == found.comparison.best else look["lw"]
        axes.plot(found.time_s, found.curves[name], label=name, **look)
    name_axes(axes, "time / s", "diameter / nm")
    layout.head(figure, [axes])
    ends = f"{found.diameter_nm[0]:.3g} to {found.diameter_nm[-1]:.3g} nm"
    span = f"{found.time_s[0]:g} to {found.time_s[-1]:g} s"
    told = f"Diameters, {ends} from {span}, with {', '.join(laws)}. {found.comparison.verdict}"
    return finished(figure, told, found.comparison.warnings)
