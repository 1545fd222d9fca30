"""How far an answer may be off where constants are extrapolated or taken from a family.

Every rate constant in doubt is taken at the slow and at the fast end of what it may be, all at
once: the interval of an amount reaches over both runs and the run itself. It says how far the doubt
goes and is no confidence interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.quantities import Quantity
from prenuc.simulation.run import simulate

if TYPE_CHECKING:
    from prenuc.simulation.solution import Run


def amounts_within(run: Run) -> list[dict[str, tuple[float, float]]]:
    """Return between which amounts each component may lie, for every measurement of a run.

    Args:
        run: As :func:`prenuc.simulate` returned it.

    Returns:
        Lowest and highest amount in mmol/L of its basis by component; [] where no constant is in
        doubt (``run.scope.doubt``).

    Raises:
        SimulationError: The integrator gave up on one of the two runs.
    """
    doubt, known = run.scope.doubt, run.mechanism.constants
    if not doubt:
        return []
    runs = [run]
    for sign in (-1.0, 1.0):
        moved = {
            name: Quantity(known[name].quantity.number * within**sign, known[name].quantity.unit)
            for name, within in doubt.items()
        }
        mechanism = run.mechanism.with_constants(moved)
        inert = run.stats.get("inert", ())
        runs.append(simulate(mechanism, run.protocol, inert=inert, extrapolate=True))
    return [
        {name: (min(of), max(of)) for name, of in _together(*map(run.amounts, alike)).items()}
        for alike in zip(*(one.measurements for one in runs), strict=True)
    ]


def _together(*amounts: dict[str, float]) -> dict[str, list[float]]:
    return {name: [one[name] for one in amounts] for name in amounts[0]}
