r"""A scheme read and integrated a second time, for the referee alone.

Shares no code with :mod:`prenuc.infer.schemes.scheme` and its closed forms: steps are read from the
text, and :math:`\dot c = \sum_r (ν_{r}^{right} − ν_{r}^{left})\, k_r \prod_i c_i^{ν_{ri}^{left}}`
is integrated by LSODA (Petzold 1983, SIAM J. Sci. Stat. Comput. 4, 136).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array

RTOL, ATOL = 1e-11, 1e-14
_ARROW = re.compile(r"\s*(<->|<=>|⇌|->|→)\s*|\s+-(\d+)->\s+")


@dataclass(frozen=True)
class RateEquations:
    """Rate equations of a scheme.

    Args:
        scheme: The scheme as written.
        species: Names, those that are hidden in a row of steps last.
        looks: Which species each looks like.
        steps: Amounts used up, amounts made, powers in the rate law, number of the rate constant.
        lagged: Whether the last parameter is a lag.
        exponentials: Count of free exponentials in place of steps, and whether a constant follows.
    """

    scheme: str
    species: tuple[str, ...]
    looks: tuple[int, ...]
    steps: tuple[tuple[dict[int, float], dict[int, float], dict[int, float], int], ...]
    lagged: bool = False
    exponentials: tuple[int, bool] | None = None

    @classmethod
    def of(cls, scheme: str) -> RateEquations:
        """Read a scheme that the package knows already."""
        text = re.sub(r"\s+(after|with)\s+(a\s+)?lag\s*$", "", scheme)
        lagged = text != scheme
        if text.startswith("exp"):
            parts = [part.strip() for part in text.split("+")]
            free = (parts.count("exp"), "constant" in parts)
            return cls(scheme, (), (), (), lagged, free)
        text = "A -> B" if text in {"first-order", "first order"} else text
        ordered = re.search(r"\s+of order\s+([\d./]+)\s*$", text)
        power = float(Fraction(ordered[1])) if ordered else None
        body = text[: ordered.start()] if ordered else text
        species, looks, steps = _read(body, power)
        return cls(scheme, tuple(species), tuple(looks), tuple(steps), lagged)

    def concentrations(self, time: Array, values: Sequence[float]) -> Array:
        """Return amounts that can be seen, shape (m, species)."""
        lag = values[-1] if self.lagged else 0.0
        late = time if self.exponentials else np.maximum(time - lag, 0.0)
        if self.exponentials:
            count, constant = self.exponentials
            decay = np.exp(-np.outer(late, values[:count]))
            return np.column_stack((decay, np.ones(len(time)))) if constant else decay
        hidden = self._integrate(late, values)
        seen = np.zeros((len(time), max(self.looks) + 1))
        for column, look in zip(hidden.T, self.looks, strict=True):
            seen[:, look] += column
        return seen

    def _start(self, values: Sequence[float]) -> Array:
        """Return amounts at time 0: of the first species, and of a second where it is asked for."""
        y = np.zeros(len(self.species))
        y[0] = 1.0
        if len(self.steps) == 1 and len(self.steps[0][0]) == 2:
            made = self.steps[0][1]
            if made == {1: 2.0}:  # autocatalysis: a share of the product is there
                y[0], y[1] = 1.0 - values[1], values[1]
            elif set(self.steps[0][0].values()) == {1.0} and len(self.species) == 3:
                y[1] = values[1]
        return y

    def _integrate(self, time: Array, values: Sequence[float]) -> Array:
        from scipy.integrate import solve_ivp

        count = len(self.species)
        powers = np.zeros((len(self.steps), count))
        change = np.zeros((len(self.steps), count))
        for row, (left, right, law, _) in enumerate(self.steps):
            for place, number in law.items():
                powers[row, place] = number
            for side, sign in ((left, -1.0), (right, 1.0)):
                for place, number in side.items():
                    change[row, place] += sign * number
        k = np.array([values[step[3]] for step in self.steps])

        def slope(_: float, y: Array) -> Array:
            found: Array = (k * np.prod(np.maximum(y, 0.0) ** powers, axis=1)) @ change
            return found

        def used_up(_: float, y: Array) -> float:
            return float(y[0]) - ATOL  # which only orders below one reach; nothing happens then

        begin = self._start(values)
        when, back = np.unique(np.append(time, 0.0), return_inverse=True)
        if when[-1] == 0.0:
            return np.tile(begin, (len(time), 1))
        span = (0.0, float(when[-1]))
        used_up.terminal = True  # type: ignore[attr-defined]
        ends = used_up if min(min(law.values()) for _, _, law, _ in self.steps) < 1.0 else None
        run = solve_ivp(slope, span, begin, "LSODA", when, events=ends, rtol=RTOL, atol=ATOL)
        seen = run.y.T
        if len(seen) < len(when):
            seen = np.vstack((seen, np.tile(run.y_events[0][-1], (len(when) - len(seen), 1))))
        found: Array = seen[back[: len(time)]]
        return found


def _read(
    body: str, power: float | None
) -> tuple[
    list[str], list[int], list[tuple[dict[int, float], dict[int, float], dict[int, float], int]]
]:
    """Return species, what they look like, and steps."""
    pieces = [_ARROW.split(part.strip()) for part in re.split(r"[,;]", body)]
    sides = [[_side(text) for text in piece[::3]] for piece in pieces]
    species = list(dict.fromkeys(n for part in sides for side in part for n in side))
    looks, steps, rate = list(range(len(species))), [], 0
    for part, piece in zip(sides, pieces, strict=True):
        for i, (left, right) in enumerate(pairwise(part)):
            arrow, count = piece[1 + 3 * i], int(piece[2 + 3 * i] or 1)
            begin = {species.index(n): x for n, x in left.items()}
            end = {species.index(n): x for n, x in right.items()}
            for _ in range(count - 1):
                species.append(f"{next(iter(left))} {len(species)}")
                looks.append(looks[next(iter(begin))])
                between = {len(species) - 1: 1.0}
                steps.append((begin, between, begin, rate))
                begin = between
            law = begin if power is None else {next(iter(begin)): power}
            steps.append((begin, end, law, rate))
            rate += 1
            if arrow in {"<->", "<=>", "⇌"}:
                steps.append((end, begin, end, rate))
                rate += 1
    return species, looks, steps


def _side(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for term in re.split(r"\s+\+\s+", text.strip()):
        number, name = re.fullmatch(r"(?:(\d+(?:\.\d+)?)\s*\*?\s*)?(\S+)", term.strip()).groups()  # type: ignore[union-attr]
        found[name] = found.get(name, 0.0) + float(number or 1.0)
    return found
