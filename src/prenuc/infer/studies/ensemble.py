"""Many parameter sets that explain the observations equally well, and what they disagree on.

The printed numbers do not fix one set. A *member* of an ensemble is a set whose χ² is not
distinguishable from the best (within the 95 % quantile of a χ² with as many degrees of freedom as
constants are free) and with which every calibrated row that the best set passes passes too. Members
are the ends of the searches, then seeded steps of a random walk through what data and priors allow
(Metropolis, its steps shaped by the normal approximation), thinned.

Members stand in ``data/ensembles/MATERIAL.yaml``, those of a frozen set in ``MATERIAL@0.1.yaml``: a
list of ``{id, values: {parameter set: {name: value}}}``, each value with unit, source and status.
They replace numbers only; what informed a constant stays with the parameter set. ``prenuc calibrate
MATERIAL --ensemble FILE`` writes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from prenuc.errors import InputError, Problem
from prenuc.facts.catalogue import entries, read_files
from prenuc.infer.calibration.parallel import work
from prenuc.infer.calibration.search import LIMIT
from prenuc.infer.calibration.varied import QUICK, Changed, ask
from prenuc.infer.experiments.performed import Experiments
from prenuc.infer.studies.calibrate import rows_of
from prenuc.mechanism.two_pathway import MODEL
from prenuc.simulation.choice import for_recipe, named_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.facts.check import Check
    from prenuc.facts.document import Node
    from prenuc.facts.value import Value
    from prenuc.infer.calibration.search import Task
    from prenuc.infer.calibration.varied import Name
    from prenuc.infer.experiments.performed import Choose
    from prenuc.infer.experiments.reproduce import Row
    from prenuc.infer.studies.calibrate import Calibration

SIZE, WALKS = 12, 4  # members; independent walks
THIN, MOST = 8, 80  # steps between members of a walk; steps of a walk at most
STRIDE = 0.4  # of a walk's steps, in units of the normal approximation


@dataclass(frozen=True)
class EnsembleMember:
    """One set of an ensemble.

    Args:
        id: Such as "CdS-3".
        values: The constants that differ from the package's own, by parameter set and name.
    """

    id: str
    values: Mapping[str, Mapping[str, Value]]

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one entry of an ensemble file."""
        member = cls(
            id=node.text("id"),
            values={
                which: {name: value.as_value(name) for name, value in one.items()}
                for which, one in node.child("values").items()
            },
        )
        node.finish("a member of an ensemble")
        return member

    @property
    def change(self) -> dict[Name, float]:
        """The numbers, by parameter set and name."""
        return {
            (which, name): value.quantity.number
            for which, values in self.values.items()
            for name, value in values.items()
        }


def members(material: str) -> list[EnsembleMember]:
    """Return the ensemble that the package ships for a material.

    Args:
        material: Such as "CdS@0.1", of the frozen set.

    Raises:
        InputError: There is none.
    """
    folder = resources.files("prenuc") / "data" / "ensembles"
    path = folder / f"{material}.yaml"
    if not path.is_file():
        there = folder.iterdir() if folder.is_dir() else ()
        known = sorted(item.name.removesuffix(".yaml") for item in there)
        what = f"no ensemble is shipped for '{material}', only for: {', '.join(known) or 'none'}"
        raise InputError(Problem(what, "Make one with 'prenuc calibrate … --ensemble FILE'"))
    return list(read_files([path], EnsembleMember.read, "a member of an ensemble").values())


def draw(
    found: Calibration,
    *,
    size: int = SIZE,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[dict[Name, float]]:
    """Return sets that cannot be told from the best one; fewer than asked where few were met.

    Args:
        found: A finished calibration.
        size: Sets wanted.
        workers: Processes to work with.
        progress: Called with the finished share.
    """
    from scipy.stats import chi2

    task, best = found.task, found.starts[0]
    passed = {row.check.id for row in found.after if row.verdict == "pass"}
    musts = [check for check in task.checks if check.id in passed]
    limit = best.cost + float(chi2.ppf(0.95, len(task.free)))
    points = [s.u for s in found.starts if s.cost <= limit and _passes(task, musts, s.u)]
    shape = np.asarray(np.linalg.cholesky(found.covariance), dtype=np.float64)
    each = max(0, -(-(size - len(points)) // WALKS))
    walk = partial(_walk, task, musts, limit, best.u, shape, each)
    parts = work(walk, list(range(WALKS)), workers=workers, progress=progress)
    points += [point for part in parts for point in part]
    return [task.change(point) for point in points[:size]]


def _passes(task: Task, musts: Sequence[Check], u: Array) -> bool:
    numbers = task.at(u)
    return all(check.passes(numbers[check.id]) for check in musts)


def _walk(
    task: Task,
    musts: Sequence[Check],
    limit: float,
    start: Array,
    shape: Array,
    wanted: int,
    seed: int,
) -> list[Array]:
    """Return points of a Metropolis walk within the limit and with every row passing."""
    generator = np.random.default_rng(seed)
    kept: list[Array] = []
    here, cost = start, task.chi2(start)
    for step in range(1, MOST + 1):
        there = here + STRIDE * shape @ generator.standard_normal(len(here))
        chance = generator.uniform()
        if np.max(np.abs(there)) <= LIMIT:
            new = task.chi2(there)
            allowed = new <= limit and _passes(task, musts, there)
            if allowed and np.log(chance) < (cost - new) / 2.0:
                here, cost = there, new
        if step % THIN == 0 and not any(here is one for one in (start, *kept)):
            kept.append(here)
        if len(kept) == wanted:
            break
    return kept


@dataclass(frozen=True)
class Prediction:
    """What an ensemble says about one row.

    Args:
        row: The row with the package's own number.
        numbers: The number of each member.
    """

    row: Row
    numbers: tuple[float, ...]

    @property
    def spread(self) -> tuple[float, float, float]:
        """Smallest, middle and largest number of the members that have one."""
        there = [x for x in self.numbers if np.isfinite(x)] or [float("nan")]
        return min(there), float(np.median(there)), max(there)

    @property
    def share(self) -> float:
        """The share of the members that pass."""
        return sum(self.row.check.passes(x) for x in self.numbers) / len(self.numbers)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        low, middle, high = self.spread
        more = {"min": low, "median": middle, "max": high, "share_that_passes": self.share}
        return {**self.row.as_dict(), **more}


def predict(
    material: str,
    *,
    ensemble: Sequence[Mapping[Name, float]] | None = None,
    choose: Choose | None = None,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Prediction]:
    """Return what an ensemble says about every row of a material.

    Args:
        material: Such as "CdS"; "CdS@0.1" asks the frozen set.
        ensemble: Sets of constants; those that the package ships when None.
        choose: Chooses the mechanism of a recipe, a function of a module with several workers; the
            two-pathway model when None.
        workers: Processes to work with.
        progress: Called with the finished share.
    """
    sets = [m.change for m in members(material)] if ensemble is None else list(ensemble)
    frozen = f"{MODEL}/{material}"
    if choose is None:
        choose = partial(named_for, frozen) if frozen in entries("frozen") else for_recipe
    rows = rows_of(material.partition("@")[0], choose)
    checks = [row.check for row in rows]
    numbers = work(partial(_numbers, choose, checks), sets, workers=workers, progress=progress)
    return [Prediction(row, tuple(n[row.check.id] for n in numbers)) for row in rows]


def _numbers(choose: Choose, checks: list[Check], change: Mapping[Name, float]) -> dict[str, float]:
    return ask(checks, Experiments(Changed(choose, change), solver=QUICK))
