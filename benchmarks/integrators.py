"""Which integrator serves the two kinetic panels and Robertson's network best.

Run ``.venv/bin/python benchmarks/integrators.py``; it prints the tables of
``docs/decisions/0005-integrator.md``. Times depend on the machine, everything else does not.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.integrate import OdeSolver

from prenuc.errors import SimulationError
from prenuc.facts.catalogue import recipe
from prenuc.mechanism import Moments, read_mechanism, two_pathway
from prenuc.observe.absorption import uv_vis
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.evolve import evolve
from prenuc.simulation.run import simulate
from prenuc.simulation.solvers import SOLVERS, AbstractSolver, Cvode

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.solution import Run
    from prenuc.simulation.stretch import Stretch
    from prenuc.simulation.stretch import Trajectory as Found

# recipe, material, wavelength that is followed, component that grows
PANELS = {
    "2a-b": ("cds-msc-311-in-toluene", "CdS", "311 nm", "MSC-311"),
    "2c-d": ("cdte-dmsc-371-in-toluene-ota", "CdTe", "371 nm", "dMSC-371"),
}
TOLERANCES = (1e-6, 1e-8, 1e-10)
TIGHT = Cvode(rtol=1e-12, atol=1e-18)
REPEATS = 3
ROBERTSON = """
units: {time: s, concentration: mol/L, energy: kJ/mol}
species: {A: {initial: 1.0}, B: {}, C: {}}
reactions:
  - {equation: "A -> B", k: 0.04}
  - {equation: "2 B -> B + C", k: 3.0e7}
  - {equation: "B + C -> A + C", k: 1.0e4}
"""
ROBERTSON_TIMES = [0.0, 0.4, 4.0, 40.0, 400.0, 4e3, 4e4, 4e5, 4e6, 4e7]


@dataclass(frozen=True)
class Counted(AbstractSolver):
    """Counts what another solver does: accepted steps and evaluations of rates and Jacobian."""

    inner: AbstractSolver = field(default_factory=Cvode)
    counts: dict[str, int] = field(default_factory=dict)

    def integrate(self, stretch: Stretch) -> Found:
        """Integrate once, counting; CVODE's own steps show only when one time is asked for."""
        if isinstance(self.inner, Cvode):
            stretch = replace(stretch, network=_CountedNetwork(stretch.network, self.counts))
            found = self.inner.integrate(stretch)
            last = replace(stretch, times=stretch.times[-1:], network=stretch.network.inner)
            self.counts["steps"] = (
                self.counts.get("steps", 0) + self.inner.integrate(last).steps - 1
            )
            return found
        step = OdeSolver.step

        def counted(solver: OdeSolver) -> str | None:
            self.counts["steps"] = self.counts.get("steps", 0) + 1
            return step(solver)

        OdeSolver.step = counted
        try:
            network = _CountedNetwork(stretch.network, self.counts)
            return self.inner.integrate(replace(stretch, network=network))
        finally:
            OdeSolver.step = step


class _CountedNetwork:
    """A network that counts how often it is asked."""

    def __init__(self, inner: object, counts: dict[str, int]) -> None:
        self.inner, self.counts = inner, counts

    def __getattr__(self, name: str) -> object:
        if name in {"change", "jacobian"}:
            self.counts[name] = self.counts.get(name, 0) + 1
        return getattr(self.inner, name)


def cpu(run: Callable[[], object]) -> float:
    """Return the shortest processor time of a few calls, in s."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return min(times)


def conservation(run: Run) -> float:
    """Return the largest relative error of any moiety in any vessel."""
    return max(
        error
        for name, errors in run.conservation.items()
        if name != "ledger"
        for error in errors.values()
    )


def panel(name: str) -> list[str]:
    """Return the rows of one kinetic panel."""
    published, material, at, grows = PANELS[name]
    protocol = Protocol.from_recipe(recipe(published))
    mechanism = two_pathway(f"{material}@0.1", dots=Moments())  # that libraries can hold
    tight = simulate(mechanism, protocol, solver=TIGHT)
    signal = uv_vis(tight).trace(at).value
    msc = tight.concentration(grows)
    rows = []
    for solver in SOLVERS.values():
        for rtol in TOLERANCES:
            chosen = solver(rtol=rtol, atol=rtol * 1e-6)
            counted = Counted(rtol=chosen.rtol, atol=chosen.atol, inner=chosen)
            run = simulate(mechanism, protocol, solver=counted)
            seconds = cpu(lambda s=chosen: simulate(mechanism, protocol, solver=s))
            optical = np.max(np.abs(uv_vis(run).trace(at).value - signal))
            amount = np.max(np.abs(run.concentration(grows) - msc)) / np.max(msc)
            rows.append(
                f"| {name} | {solver.name} | {rtol:.0e} | {seconds:.2f} | {counted.counts['steps']}"
                f" | {counted.counts['change']} | {counted.counts.get('jacobian', 0)}"
                f" | {conservation(run):.0e} | {amount:.0e} | {optical:.0e} |"
            )
    return rows


def robertson() -> list[str]:
    """Return the rows of Robertson's network to t = 4e7 s."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "robertson.yaml"
        path.write_text(ROBERTSON, encoding="utf-8")
        mechanism: Mechanism = read_mechanism(path)
    tight = evolve(mechanism, ROBERTSON_TIMES, solver=TIGHT).concentration
    rows = []
    for solver in SOLVERS.values():
        for rtol in TOLERANCES:
            chosen = solver(rtol=rtol, atol=rtol * 1e-6)
            counted = Counted(rtol=chosen.rtol, atol=chosen.atol, inner=chosen)
            try:
                found = evolve(mechanism, ROBERTSON_TIMES, solver=counted).concentration
            except SimulationError as error:
                rows.append(f"| Robertson | {solver.name} | {rtol:.0e} | gave up: {error} |")
                continue
            seconds = cpu(
                lambda s=chosen: evolve(mechanism, ROBERTSON_TIMES, solver=s).concentration
            )
            with np.errstate(divide="ignore", invalid="ignore"):
                worst = np.nanmax(np.abs(found[1:] / tight[1:] - 1.0))
            drift = np.max(np.abs(found.sum(axis=1) - 1.0))
            rows.append(
                f"| Robertson | {solver.name} | {rtol:.0e} | {seconds:.2f}"
                f" | {counted.counts['steps']} | {counted.counts['change']}"
                f" | {counted.counts.get('jacobian', 0)} | {drift:.0e} | {worst:.0e} | |"
            )
    return rows


def main() -> None:
    """Print the table."""
    print(
        "| run | solver | rtol | CPU / s | steps | rates | Jacobians | conservation"
        " | MSC, or worst species | absorbance |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in PANELS:
        print(*panel(name), sep="\n", flush=True)
    print(*robertson(), sep="\n")


if __name__ == "__main__":
    main()
