"""What a report or a saved answer says of models and of steps, as the screen Court shows it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.infer.selection.evidence import Comparison
from prenuc.infer.studies.ablation import MEANING, Ablations
from prenuc.present.app.carried import ABLATIONS, COMPARISON
from prenuc.present.files.summary import summary
from prenuc.present.tables.plain import plain
from prenuc.present.tables.results import ranking_table
from prenuc.present.tables.studies import ablation_lines

if TYPE_CHECKING:
    from prenuc.infer.selection.evidence import Curves

VERDICTS = Comparison, Ablations


def verdict(found: Comparison | Ablations) -> dict[str, Any]:
    """Return a verdict as plain data: question, answer, what it rests on, and what is drawn.

    Args:
        found: Models that were compared, or steps that were taken out.
    """
    short = summary(found)
    assert short is not None  # noqa: S101  both have one
    return {**plain(short), **shown(found)}


@singledispatch
def shown(found: Any) -> dict[str, Any]:
    """Return what is drawn of a verdict, and its table.

    Args:
        found: As for :func:`verdict`.
    """
    raise TypeError(type(found))


@shown.register(Ablations)
def _of_ablations(found: Ablations) -> dict[str, Any]:
    lines = [one for one in ablation_lines(found) if not one.startswith(("lost ", "won "))]
    return {"kind": ABLATIONS, **plain(found), "lines": lines, "words": MEANING}


@shown.register(Comparison)
def _of_comparison(found: Comparison) -> dict[str, Any]:
    left = [one for one in found.ranking if one.model in (found.cannot_tell or (found.best,))]
    constants = [[one.model, name, said] for one in left for name, said in one.constants.items()]
    drawn = None if found.curves is None else _curves(found, found.curves)
    table = plain(ranking_table(found))
    return {"kind": COMPARISON, "table": table, "constants": constants, "drawn": drawn}


def _curves(found: Comparison, curves: Curves) -> dict[str, Any]:
    """Return data and best fits where the models differ most, by time."""
    at, order = curves.telling, np.argsort(curves.time)
    nm, seen = float(curves.wavelength[at]), curves.seen[order, at]
    fitted = {one.model: curves.fitted[one.model][order, at] for one in found.ranking}
    return {
        "time": plain(curves.time[order]),
        "time_label": curves.time_label,
        "signal": curves.signal if np.isnan(nm) else f"{curves.signal} at {nm:g} nm",
        "seen": plain(seen),
        "models": [
            {"name": name, "fitted": plain(one), "left": plain((seen - one) / curves.sd)}
            for name, one in fitted.items()
        ],
    }
