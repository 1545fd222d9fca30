"""Figure of growth: diameters against time with every law that was fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.present.figures.style import DATA, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from prenuc.infer.selection.growth_laws import Growth


@styled
def plot_growth(found: Growth, *, title: str = "") -> Figure:
    """Return a figure of diameters and of the laws that were fitted, the best one thick.

    Args:
        found: Diameters and laws.
        title: Title, such as the name of the file.
    """
    figure, axes = new_figure(5.2, 3.4)
    axes.plot(found.time_s, found.diameter_nm, "o", ms=4, color=DATA, label="diameters")
    shown = [name for name in found.curves if name != "none"]
    for name, colour in zip(shown, ("C0", "C1", "C2", "C3"), strict=True):
        width = 2.0 if name == found.comparison.best else 0.9
        axes.plot(found.time_s, found.curves[name], color=colour, lw=width, label=name)
    axes.set_xlabel("time / s")
    axes.set_ylabel("diameter / nm")
    axes.set_title(title, loc="left", fontsize=9)
    axes.legend(fontsize=8, loc="lower right")
    return figure
