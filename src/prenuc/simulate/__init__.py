"""Let it happen: integrate between events, record, keep the books."""

from prenuc.simulate.run import run_network, simulate
from prenuc.simulate.solution import Run
from prenuc.simulate.solver import AbstractSolver, Cvode, ScipyBdf, ScipyRadau

__all__ = ["AbstractSolver", "Cvode", "Run", "ScipyBdf", "ScipyRadau", "run_network", "simulate"]
