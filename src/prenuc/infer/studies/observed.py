"""Which published observations does each model reproduce, beside a control that does nothing?

A count of rows is no weight of evidence: many come from one spectrum, most of the two-pathway
model's constants were set with them in view, and the rivals' were not
(docs/reference/models-and-observations.md).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from prenuc.errors import MechanismError, unknown_name
from prenuc.infer.calibration.parallel import work
from prenuc.infer.experiments.control import IDLE, nothing_happens
from prenuc.infer.studies.calibrate import rows_of
from prenuc.mechanism.named import MODELS
from prenuc.mechanism.two_pathway import MODEL
from prenuc.simulation.choice import for_recipe, rival_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.infer.experiments.reproduce import Row


@dataclass(frozen=True)
class Record:
    """How one model does on the published observations.

    Args:
        model: Such as "droplets", or "nothing happens" for the control.
        rows: Rows about which it speaks.
        passes: Rows that it passes.
        held_out: Rows of held-out figures that it speaks about.
        held_out_passes: How many of those it passes.
        telling: Rows that it speaks about and the control misses.
        telling_passes: How many of those it passes: the fairest of these numbers.
    """

    model: str
    rows: int
    passes: int
    held_out: int
    held_out_passes: int
    telling: int
    telling_passes: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def compare_on_observations(
    material: str = "CdS",
    *,
    models: Sequence[str] = (),
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Record]:
    """Return how each model does on the published observations of a material, best first.

    Args:
        material: Such as "CdS".
        models: Kinds such as "droplets"; all when empty.
        workers: Processes to work with.
        progress: Called with the finished share.

    Raises:
        MechanismError: There is no such model.
    """
    unknown = [name for name in models if name not in MODELS]
    if unknown:
        raise MechanismError([unknown_name("model", name, MODELS) for name in unknown])
    names = [MODEL, *(name for name in models or MODELS if name != MODEL), IDLE]
    found = work(partial(_rows, material), names, workers=workers, progress=progress)
    rows = dict(zip(names, found, strict=True))
    records = [_record(name, rows[name], rows[MODEL], rows[IDLE]) for name in names]
    asked = [r for r in records if r.rows and (not models or r.model in {*models, IDLE})]
    return sorted(asked, key=lambda r: -r.telling_passes)


def _rows(material: str, model: str) -> list[Row]:
    choose = {MODEL: for_recipe, IDLE: nothing_happens}.get(model, partial(rival_for, model))
    return rows_of(material, choose)


def _record(name: str, rows: Sequence[Row], ours: Sequence[Row], idle: Sequence[Row]) -> Record:
    held = {row.check.id for row in ours if row.role == "held-out"}
    empty = {row.check.id for row in idle if row.verdict == "pass"}
    said = [row for row in rows if row.counted]
    passed = [row for row in said if row.verdict == "pass"]
    return Record(
        model=name,
        rows=len(said),
        passes=len(passed),
        held_out=sum(row.check.id in held for row in said),
        held_out_passes=sum(row.check.id in held for row in passed),
        telling=sum(row.check.id not in empty for row in said),
        telling_passes=sum(row.check.id not in empty for row in passed),
    )
