"""Let it happen: integrate between events, record, keep the books."""

from prenuc.simulation.run import simulate
from prenuc.simulation.solution import Run
from prenuc.simulation.solvers import AbstractSolver, Cvode, ScipyBdf, ScipyRadau

__all__ = ["AbstractSolver", "Cvode", "Run", "ScipyBdf", "ScipyRadau", "simulate"]
