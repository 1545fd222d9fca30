"""The engine in C++: integration, tangents, and doors for tests of its inside.

``entries.hpp`` is where to begin reading; each file there holds one thing, with the equations of
``docs/story/engine.md``. ``module.cpp`` takes the tuples of ``kernels/`` from Python.
"""

from __future__ import annotations

from prenuc.errors import Problem, SimulationError

try:
    from prenuc.simulation.native._engine import (
        instructions,
        integrate,
        integrate_followed,
        solve_linear,
        stages_both_ways,
        step_ends,
    )
except ImportError as error:
    what = f"the compiled engine is missing ({error})"
    mend = "Install a wheel, or a C++17 compiler (Debian: apt install g++) and prenuc anew"
    raise SimulationError(str(Problem(what, mend))) from error

__all__ = [
    "instructions",
    "integrate",
    "integrate_followed",
    "solve_linear",
    "stages_both_ways",
    "step_ends",
]
