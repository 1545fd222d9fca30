"""A figure for a journal: its width, its fonts, its panels, and a word for what is cut off."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from prenuc.errors import InputError
from prenuc.present.figures.style import name_lines, named_handles, new_figure, style
from prenuc.present.tables.arrows import arrows
from prenuc.quantities import NUMBER, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from prenuc.present.figures.drawing import Drawn

Given = ParamSpec("Given")
TEXTS = (
    *("font.size", "axes.titlesize", "axes.labelsize", "figure.titlesize"),
    *("xtick.labelsize", "ytick.labelsize", "legend.fontsize"),
)
# cm, one and two columns of a journal, for the narrowest of those that print this chemistry: ACS
# 8.47 and 17.78 cm, Nature 8.9 and 18.3 cm; RSC has 8.3 and 17.1 cm, and letters of 7 points.
SINGLE, DOUBLE = 8.4, 17.0
NARROWEST = 3.9  # cm of a panel with its labels, at the usual font
NARROW_PAIR = 12.0  # cm, below which two panels stand one below the other
SMALLEST, LARGEST = 5.0, 24.0  # points
CM = 1 / 2.54  # inches
LETTER = 0.52  # width of a letter over its size
POINT_CM = 2.54 / 72  # cm of a point
BESIDE = 10  # letters that a line of the legend, and the gap to the next, take
LINE = 1.6  # height of a line of the legend over the size of its letters
USUAL_HEAD, MOST_HEAD = 1.0, 0.5  # cm that are always there; of the height, beyond which no room is
SHORTEST = 8  # letters of a line
UNBROKEN = 0.85  # of a line, for a word that is longer than it
MARGIN = 0.05  # of the height, free above and below the data


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How large a figure is, and what part of the data it shows.

    Args:
        width: In cm; a column for one panel, both for more, when None.
        height: In cm; so that panels are a little wider than high when None.
        font: Size of all text in points.
        title: Above all.
        across: What is drawn along the abscissa, in its unit; all when None.
        up: What is drawn along the ordinate; all when None.

    Raises:
        InputError: A size that no page has, or a range that holds nothing.
    """

    width: float | None = None
    height: float | None = None
    font: float = 8.0
    title: str = ""
    across: tuple[float, float] | None = None
    up: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not SMALLEST <= self.font <= LARGEST:
            mend = f"Give {SMALLEST:g} to {LARGEST:g} points"
            raise InputError(f"a font of {self.font:g} points", mend)
        for size in (self.width, self.height):
            if size is not None and not 3.0 <= size <= 100.0:
                raise InputError(f"a figure of {size:.3g} cm", "Give 3 to 100 cm")
        for ends in (self.across, self.up):
            if ends is not None and not ends[0] < ends[1]:
                what = f"a range from {ends[0]:g} to {ends[1]:g} holds nothing"
                raise InputError(what, "Give the lower end first")

    @classmethod
    def sized(cls, text: str | None, **rest: Any) -> Layout:
        """Return a layout of a written size.

        Args:
            text: Such as "8.5 cm" or "17.5 x 12 cm"; None for the usual.
            rest: The other fields.

        Raises:
            InputError: It cannot be read, or no page has it.
        """
        if text is None:
            return cls(**rest)
        match = re.fullmatch(rf"\s*({NUMBER})\s*(?:[x×]\s*({NUMBER})\s*)?([a-z]+)\s*", text)
        if match is None:
            raise InputError(f"'{text}' is no size of a figure", 'Write "8.5 cm" or "17 x 12 cm"')
        width, height, unit = match.groups()
        ends = (None if n is None else parse(f"{n} {unit}").require("cm") for n in (width, height))
        across, up = (None if end is None else end.to("cm") for end in ends)
        return cls(width=across, height=up, **rest)

    def titled(self, title: str) -> Layout:
        """Return the same with a title, where it has none.

        Args:
            title: Above all.
        """
        return self if self.title else replace(self, title=title)

    @property
    def small(self) -> float:
        """Size of what is beside the point, in points: a little smaller, and never below 7."""
        return min(self.font, max(self.font - 1.0, 7.0))

    def grid(
        self, rows: int, columns: int, *, height: float, wide: bool = False, **rest: Any
    ) -> tuple[Figure, Any]:
        """Return a figure and an array of axes, rows by columns.

        Args:
            rows: Of axes.
            columns: Of axes.
            height: In cm, where none is asked for.
            wide: Whether it fills both columns of a page, where no width is asked for.
            rest: What matplotlib's ``subplots`` takes besides.
        """
        width = self.width or (DOUBLE if wide else SINGLE)
        tall = self.height or height
        return new_figure(width * CM, tall * CM, rows, columns, squeeze=False, **rest)

    def pair(self, height: float) -> tuple[Figure, Axes, Axes]:
        """Return a figure and two axes, side by side where there is room, else one below the other.

        Args:
            height: In cm, side by side.
        """
        if (self.width or DOUBLE) < NARROW_PAIR:
            figure, ((one,), (other,)) = self.grid(2, 1, height=2.0 * height - 1.0)
        else:
            figure, ((one, other),) = self.grid(1, 2, height=height, wide=True)
        return figure, one, other

    def columns(self, panels: int) -> int:
        """Return how many panels stand side by side.

        Args:
            panels: How many there are.
        """
        width = self.width or (SINGLE if panels == 1 else DOUBLE)
        narrowest = NARROWEST * max(self.font / 8.0, 1.0)
        most = max(1, int(width / narrowest))
        rows = -(-panels // min(most, 3 if panels <= 6 else 4))
        return -(-panels // rows)

    def axes(
        self, panels: int, *, share_x: bool = True, share_y: bool = True
    ) -> tuple[Figure, list[Axes]]:
        """Return a figure and the axes of its panels, row by row; those beyond are empty.

        Args:
            panels: How many.
            share_x: Whether all have one abscissa.
            share_y: Whether all have one ordinate.
        """
        columns = self.columns(panels)
        rows = -(-panels // columns)
        width = self.width or (SINGLE if panels == 1 else DOUBLE)
        height = self.height or min(rows * width / columns * 0.78 + 1.0, 24.0)
        figure, grid = new_figure(
            width * CM, height * CM, rows, columns, squeeze=False, sharex=share_x, sharey=share_y
        )
        for unused in grid.ravel()[panels:]:
            unused.set_axis_off()
        return figure, [*grid.ravel()]

    def wrapped(self, text: str, panels: int, *, share: float = 1.0) -> str:
        """Return a text in lines that a panel has room for.

        Args:
            text: It.
            panels: How many panels there are.
            share: Of the panel's width.
        """
        width = (self.width or (SINGLE if panels == 1 else DOUBLE)) * share
        return self.over(width, self.columns(panels), text)

    def over(self, width: float, columns: int, text: str) -> str:
        """Return a text in lines that one of several columns has room for.

        Args:
            width: Of all columns in cm.
            columns: How many there are.
            text: It.
        """
        letters = int((width / columns - 1.1) / (self.font * LETTER * POINT_CM))
        if any(len(word) > letters for word in text.split()):  # as often wide letters as any
            letters = int(UNBROKEN * letters)
        return "\n".join(textwrap.wrap(text, max(letters, SHORTEST)))

    def name_outer(self, grid: Sequence[Axes], panels: int, x: str, y: str) -> None:
        """Write what axes show beside the first and below the last panel of each row and column.

        Args:
            grid: Axes.
            panels: How many of them are used.
            x: What stands along them.
            y: What stands up them.
        """
        columns = self.columns(panels)
        for place, axes in enumerate(grid[:panels]):
            axes.set_ylabel(y if place % columns == 0 else "")
            if place + columns >= panels:
                axes.set_xlabel(x)
                axes.tick_params(labelbottom=True)

    def fit_heights(
        self, grid: Sequence[Axes], what: str, ceiling: float | None = None
    ) -> list[str]:
        """Fit the ordinate to what is seen along the abscissa; return what is cut off.

        Args:
            grid: Axes that share both.
            what: What the ordinate is.
            ceiling: Where it ends if none is asked for; above all data when None.
        """
        seen = np.concatenate([_seen(axes) for axes in grid])
        if not seen.size:
            raise InputError("nothing lies in the range that is drawn", "Give another --range")
        low, high = float(seen.min()), float(seen.max())
        room = MARGIN * (((ceiling or high) - low) or 1.0)
        ends = self.up or (low - room, ceiling or high + room)
        grid[0].set_ylim(*ends)
        if ends[0] <= low and high <= ends[1]:
            return []
        return [f"the range cuts data off: {what} goes from {low:.3g} to {high:.3g}"]

    def head(self, figure: Figure, grid: Sequence[Axes] = (), looks: Sequence[Line2D] = ()) -> None:
        """Write the title, and below it name what is drawn, each once, above all panels.

        Args:
            figure: Where.
            grid: Axes with named lines; none where these are named inside.
            looks: Named lines that each stand for many.

        Raises:
            InputError: There is no room for both names and panels.
        """
        named: dict[str, Any] = {str(one.get_label()): one for one in looks}
        for axes in grid:
            for handle, name in named_handles(axes):
                named.setdefault(name, handle)
        letters = int(figure.get_figwidth() / CM / (self.font * LETTER * POINT_CM))
        title = textwrap.fill(arrows(self.title), letters)
        line = self.font * LINE * POINT_CM
        if self.height is None:
            figure.set_figheight(figure.get_figheight() + _lines_of_titles(figure) * line * CM)
        if len(named) < 2:
            self._make_room(figure, (title.count("\n") + 1) * line)
            figure.suptitle(title, x=0.01, ha="left")
            return
        names = [textwrap.fill(arrows(name), max(letters - BESIDE, 12)) for name in named]
        widest = max(len(line) for name in names for line in name.split("\n"))
        columns = max(1, letters // (widest + BESIDE))
        lines = sum(name.count("\n") + 1 for name in names) / columns + title.count("\n") + 1
        self._make_room(figure, lines * line)
        how: Any = {"loc": "outside upper left", "ncols": min(columns, len(names))}
        how |= {"title": title or None, "alignment": "left", "title_fontsize": self.font}
        name_lines(figure, [*named.values()], names, **how)

    def _make_room(self, figure: Figure, head: float) -> None:
        """Make a figure higher by what its head needs, in cm, where no height is asked for.

        Raises:
            InputError: The height that is asked for has no room for panels.
        """
        if self.height is None:
            figure.set_figheight(figure.get_figheight() + max(head - USUAL_HEAD, 0.0) * CM)
        elif head > MOST_HEAD * self.height:
            what = f"the legend needs {head:.2g} of {self.height:.3g} cm"
            raise InputError(what, "Give a larger --size, a smaller --font, or fewer flasks")


def _lines_of_titles(figure: Figure) -> int:
    """Return how many lines the titles of all rows of panels take beyond one each."""
    lines: dict[int, int] = {}
    for axes in figure.axes:
        spec = axes.get_subplotspec()
        if spec is not None:
            row, more = spec.rowspan.start, axes.get_title("left").count("\n")
            lines[row] = max(lines.get(row, 0), more)
    return sum(lines.values())


def _wrap_names(figure: Figure) -> None:
    """Break the names of axes that are longer than these."""
    for axes in figure.axes:
        box = axes.get_position()
        along = box.width * figure.get_figwidth(), box.height * figure.get_figheight()
        for axis, length in zip((axes.xaxis, axes.yaxis), along, strict=True):
            name = axis.label
            letters = int(length / CM / (float(name.get_fontsize()) * LETTER * POINT_CM))
            if max(map(len, name.get_text().split("\n"))) > letters:
                name.set_text(textwrap.fill(name.get_text(), max(letters, SHORTEST)))


def _seen(axes: Axes) -> Any:
    """Return all ordinates of lines at abscissas that are drawn."""
    low, high = axes.get_xlim()
    found = [np.zeros(0)]
    for line in axes.get_lines():
        x, y = (np.asarray(part, dtype=float) for part in line.get_data())
        found.append(y[(x >= low) & (x <= high) & np.isfinite(y)])
    return np.concatenate(found)


def laid_out(plot: Callable[Given, Drawn]) -> Callable[Given, Drawn]:
    """Draw with the style of all figures, and with all text in the size that a layout asks for.

    Raises:
        InputError: matplotlib is not installed.
    """

    @wraps(plot)
    def draw(*given: Given.args, **named: Given.kwargs) -> Drawn:
        (layout,) = (one for one in (*given, *named.values()) if isinstance(one, Layout))
        with style():
            import matplotlib as mpl

            size: Any = dict.fromkeys(TEXTS, layout.font)
            with mpl.rc_context(size):
                made = plot(*given, **named)
                _wrap_names(made.figure)
                return made

    return draw
