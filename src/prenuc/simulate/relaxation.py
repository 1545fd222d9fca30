"""How fast a pair of components relaxes towards its equilibrium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.simulate.kernels.network import compile_network

if TYPE_CHECKING:
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulate.solution import Measurement


def relaxation_rate(mechanism: Mechanism, measurement: Measurement, pair: tuple[str, str]) -> float:
    """Return the rate constant (1/s) with which two components exchange, as a fit would see it.

    It is the faster eigenvalue of the pair's block of the Jacobian: k₊ + k₋ for A ⇌ B, whatever
    slow losses there are beside.

    Args:
        mechanism: What could happen.
        measurement: The vessel's composition and temperature.
        pair: Two components, such as ("PC-311", "MSC-311").

    Raises:
        InputError: The mechanism has no component of that name.
    """
    names = tuple(mechanism.components)
    unknown = [name for name in pair if name not in names]
    if unknown:
        raise InputError([unknown_name("component", name, names) for name in unknown])
    network = compile_network(mechanism, names)
    concentration = measurement.concentration[: len(names)]
    jacobian = network.jacobian(concentration, network.constants(measurement.temperature))
    place = [names.index(name) for name in pair]
    return float(-np.min(np.linalg.eigvals(jacobian[np.ix_(place, place)]).real))
