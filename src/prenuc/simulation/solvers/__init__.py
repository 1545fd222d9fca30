"""Integrators behind one interface; a choice of integrator is an object.

``simulate(mechanism, protocol, solver=Cvode(rtol=1e-8))``. A solver sees one stretch between two
events. Why ours serves by default: ``docs/decisions/0015-own-engine.md``. Libraries are second
opinions.
"""

from __future__ import annotations

from prenuc.errors import InputError, unknown_name
from prenuc.simulation.solvers.libraries import Cvode, ScipyBdf, ScipyRadau
from prenuc.simulation.solvers.rodas import Rodas
from prenuc.simulation.solvers.solver import AbstractSolver

__all__ = ["SOLVERS", "AbstractSolver", "Cvode", "Rodas", "ScipyBdf", "ScipyRadau", "solver_named"]

SOLVERS: dict[str, type[AbstractSolver]] = {s.name: s for s in (Rodas, Cvode, ScipyBdf, ScipyRadau)}


def solver_named(name: str) -> type[AbstractSolver]:
    """Return a solver class by its command-line name.

    Raises:
        InputError: There is none of that name.
    """
    if name not in SOLVERS:
        raise InputError(unknown_name("solver", name, SOLVERS))
    return SOLVERS[name]
