"""How fast the growth of a component dies away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.simulation.compiling import network_of

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.solution import Measurement


def relaxation_rate(mechanism: Mechanism, measurement: Measurement, product: str) -> float:
    """Return the eigenvalue (1/s) by which a component approaches its plateau.

    With v = dc/dt and J = ∂v/∂c, −(J v)/v is minus the logarithmic slope of the component's growth;
    late in a first-order transformation it is close to the one eigenvalue of −J that is left, and
    that eigenvalue is returned: k₊ + k₋ for A ⇌ B. The sizes of dots are held.

    Args:
        mechanism: What could happen.
        measurement: Composition and temperature, late enough for one mode to be left.
        product: A component, such as "MSC-311".

    Raises:
        InputError: The mechanism has no component of that name.
    """
    names = tuple(mechanism.components)
    if product not in names:
        raise InputError(unknown_name("component", product, names))
    network = network_of(mechanism, names)
    concentration = measurement.concentration[: len(names)]
    k = network.constants(measurement.temperature)
    _weigh(k, network.classes, measurement)
    change = network.change(concentration, k)
    place = names.index(product)
    jacobian = network.jacobian(concentration, k)
    slope = -(jacobian @ change)[place] / change[place]
    rates = -np.linalg.eigvals(jacobian).real
    return float(rates[np.argmin(np.abs(rates - slope))])


def _weigh(k: Array, pop: ClassArrays, measurement: Measurement) -> None:
    """Multiply the constants of channels, which are for a dot of α or β = 1, by Σ α f or Σ β f."""
    for place, group in enumerate(pop.channel):
        ladder = pop.ladder[group]
        curved = pop.capillarity[ladder] / measurement.temperature
        own = measurement.dots[ladder :: len(pop.capillarity)]
        joins = pop.first + place < pop.detaching
        size = pop.alpha[group] if joins else pop.below[group] * np.exp(curved * pop.edge)
        k[pop.first + place] *= size @ own
