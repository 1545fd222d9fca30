"""How fast the growth of a component dies away."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.simulation.compiling import network_of

if TYPE_CHECKING:
    from prenuc.arrays import Array, Mask
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.solution import Measurement

TURNS = 20  # of Newton's method, from a composition that is nearly in balance


def relaxation_rate(mechanism: Mechanism, measurement: Measurement, product: str) -> float:
    """Return the eigenvalue (1/s) by which a component approaches its plateau.

    With v = dc/dt and J = ∂v/∂c, −(J v)/v is minus the logarithmic slope of the component's growth;
    late in a first-order transformation it is close to the one eigenvalue of −J that is left, and
    that eigenvalue is returned: k₊ + k₋ for A ⇌ B. The sizes of dots are held. NaN where nothing of
    the component forms or vanishes, which approaches nothing.

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
    k = network.constants(measurement.temperature)
    concentration = _settled(network, measurement.concentration[: len(names)], k)
    _weigh(k, network.classes, measurement)
    change = network.change(concentration, k)
    jacobian, moving = network.jacobian(concentration, k), network.flat.mass > 0
    place, change = int(np.sum(moving[: names.index(product)])), change[moving]
    if not change[place]:
        return math.nan
    jacobian = _followed(jacobian, moving)
    slope = -(jacobian @ change)[place] / change[place]
    rates = -np.linalg.eigvals(jacobian).real
    return float(rates[np.argmin(np.abs(rates - slope))])


def _settled(network: Network, concentration: Array, k: Array) -> Array:
    """Return concentrations with ligands in balance; the surface of dots is held."""
    own = np.setdiff1d(network.flat.settled, network.classes.surface)
    found = concentration.copy()
    for _ in range(TURNS if own.size else 0):
        off = network.change(found, k)[own]
        found[own] -= np.linalg.solve(network.jacobian(found, k)[np.ix_(own, own)], off)
    return found


def _followed(jacobian: Array, moving: Mask) -> Array:
    """Return ∂v/∂c where components without mass follow at once, of the other components."""
    followers = ~moving
    if not followers.any():
        return jacobian
    here, there = np.ix_(moving, moving), np.ix_(followers, followers)
    by = np.linalg.solve(jacobian[there], jacobian[np.ix_(followers, moving)])
    followed: Array = jacobian[here] - jacobian[np.ix_(moving, followers)] @ by
    return followed


def _weigh(k: Array, pop: ClassArrays, measurement: Measurement) -> None:
    """Multiply the constants of channels, which are for a dot of α or β = 1, by Σ α f or Σ β f."""
    for place, group in enumerate(pop.channel):
        ladder = pop.ladder[group]
        curved = pop.capillarity[ladder] / measurement.temperature
        if pop.cover[ladder] >= 0:
            held = measurement.concentration[pop.cover[ladder]]
            curved -= pop.sites[ladder] * np.log(held)
        own = measurement.dots[ladder :: len(pop.capillarity)]
        joins = pop.first + place < pop.detaching
        size = pop.alpha[group] if joins else pop.below[group] * np.exp(curved * pop.edge)
        k[pop.first + place] *= size @ own
