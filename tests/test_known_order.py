"""Order of convergence, seen from outside: how the error falls as the step is shortened.

Rodas5P is of order 5, and so is its dense output (a polynomial of order 4 across one step):
Steinebach 2023, BIT Numerical Mathematics 63, 27. With error control the number of steps stands
for 1/h.
"""

from __future__ import annotations

import numpy as np
import pytest

from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.reaction import mass_action
from prenuc.simulation.evolve import evolve
from prenuc.simulation.solvers import Rodas

TOLERANCES = 10.0 ** -np.arange(7.0, 11.1, 0.5)
AT = {"A": 1.0, "B": 2.0}
END = 20.0


def predator_and_prey(energy=0.0):
    """A → 2 A, A + B → 2 B, B →: Lotka 1920, J. Am. Chem. Soc. 42, 1595; smooth, not stiff."""
    steps = (({"A": 1}, {"A": 1}), ({"A": 1, "B": 1}, {"A": -1, "B": 1}), ({"B": 1}, {"B": -1}))
    reactions = tuple(
        Reaction(f"R{i}", net, Arrhenius(1.0, 320.0, energy * (1 + i)), mass_action(left))
        for i, (left, net) in enumerate(steps)
    )
    return Mechanism("Lotka", {name: Component(name) for name in AT}, reactions)


def observed(times, temperature=320.0, energy=0.0):
    """Return the slope of log error against log steps."""
    model = predator_and_prey(energy)

    def run(rtol):
        return evolve(
            model, times, start=AT, temperature=temperature, solver=Rodas(rtol=rtol, atol=1e-14)
        )

    exact = run(3e-14).concentration
    runs = [run(rtol) for rtol in TOLERANCES]
    errors = [np.max(np.abs(run.concentration - exact)) for run in runs]
    return -np.polyfit(np.log([run.stats["steps"] for run in runs]), np.log(errors), 1)[0]


def test_the_method_is_of_order_five():
    assert observed([0.0, END]) == pytest.approx(5.0, abs=0.2)


def test_the_solution_between_steps_is_as_good():
    assert observed(np.linspace(0.0, END, 38)) == pytest.approx(5.0, abs=0.2)


def test_a_ramp_does_not_lower_the_order():
    assert observed([0.0, END], (310.0, 330.0), 20e3) == pytest.approx(5.0, abs=0.2)


def test_a_thousandth_of_the_tolerance_costs_four_times_the_steps():
    """(10³)^(1/5) = 3.98."""
    steps = [
        evolve(predator_and_prey(), [0.0, END], start=AT, solver=Rodas(rtol, 1e-14)).stats["steps"]
        for rtol in (1e-8, 1e-11)
    ]
    assert steps[1] / steps[0] == pytest.approx(1e3**0.2, rel=0.05)
