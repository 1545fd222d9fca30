"""What a sweep varied, and what its flasks led to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.present.tables.table import Table

if TYPE_CHECKING:
    from prenuc.sweeps.swept import Swept


def factors_table(found: Swept) -> Table:
    """Return what varied.

    Args:
        found: What a sweep led to.
    """
    values = {name: [*dict.fromkeys(column)] for name, column in found.factors.items()}
    return Table(
        caption="What varied",
        headings=("factor", "values", "first", "last"),
        rows=tuple((name, str(len(of)), of[0], of[-1]) for name, of in values.items()),
    )


def flasks_table(found: Swept, most: int) -> Table:
    """Return a row for each flask, the largest number by which they are ranked first.

    Args:
        found: What a sweep led to.
        most: Rows at most.
    """
    ranked = np.argsort(-found.numbers[found.rank], kind="stable")[:most].tolist()
    named = (_named(name, found.units[name]) for name in found.numbers)
    return Table(
        headings=(*found.varied, *named, "failed because"),
        rows=tuple(
            (
                *(found.factors[name][i] for name in found.varied),
                *(_number(float(column[i])) for column in found.numbers.values()),
                found.reasons[i],
            )
            for i in ranked
        ),
    )


def _named(name: str, unit: str) -> str:
    return name if unit == "1" else f"{name} / ({unit})"


def _number(number: float) -> str:
    return f"{number:.4g}" if np.isfinite(number) else "–"
