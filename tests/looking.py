"""Looks at a figure as the renderer sees it: texts that overlap, are cut off, or too small."""

from __future__ import annotations

from itertools import combinations

from prenuc.present.figures.style import style

SMALLEST = 7.0  # points


def texts(figure):
    """Return every text that is seen, with its box in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    every = [one for axes in figure.axes for one in (axes, *axes.child_axes)]
    hidden = {one for axes in every for one in not_drawn(axes)}
    shown = {one: one.get_window_extent(renderer) for one in found if one not in hidden}
    return {one: box for one, box in shown.items() if box.width > 0}


def not_drawn(axes):
    """Yield labels of ticks that lie beyond the axes, and all of axes that are off."""
    for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        low, high = sorted(ends)
        for tick in (*axis.majorTicks, *axis.minorTicks):
            if not (axes.axison and low <= tick.get_loc() <= high):
                yield from (tick.label1, tick.label2)


def faults(figure, smallest=SMALLEST):
    """Return what is wrong with the texts of a figure, a line each."""
    with style():
        found = texts(figure)
    width, height = figure.get_size_inches() * figure.dpi
    wrong = []
    for one, box in found.items():
        if one.get_fontsize() < smallest:
            wrong.append(f"{one.get_text()!r} has {one.get_fontsize():g} points")
        if min(box.x0, box.y0) < -1 or box.x1 > width + 1 or box.y1 > height + 1:
            wrong.append(f"{one.get_text()!r} is cut off")
    for (one, box), (other, there) in combinations(found.items(), 2):
        apart = (
            box.x1 <= there.x0 + 1 or there.x1 <= box.x0 + 1
            or box.y1 <= there.y0 + 1 or there.y1 <= box.y0 + 1
        )  # fmt: skip
        if not apart:
            wrong.append(f"{one.get_text()!r} and {other.get_text()!r} overlap")
    return wrong
