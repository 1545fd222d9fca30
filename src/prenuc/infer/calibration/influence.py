"""Which constants move the spectra of a protocol: tangents, weighed by what is believed of each.

The influence of a constant is the largest change of absorbance, at any wavelength and time, that
one standard deviation of its prior makes to first order, as part of the highest absorbance:

    influence = max |∂A/∂ln p| · sd(ln p) / max A

It says where to turn first, and not how far a spectrum moves when a constant is turned far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.calibration.priors import Free, within_prior
from prenuc.observe.absorption import WAVELENGTHS, absorbances
from prenuc.observe.slopes import absorbance_slopes
from prenuc.simulation.run import simulate
from prenuc.simulation.solvers import Rodas

if TYPE_CHECKING:
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol

NM = WAVELENGTHS[::2]  # bands are wider
QUICK = Rodas(rtol=1e-3)  # an order is wanted, and no numbers


def influences(mechanism: Mechanism, protocol: Protocol) -> dict[str, float]:
    """Return how far each constant that has a prior moves the spectra, largest first.

    Args:
        mechanism: What could happen.
        protocol: What is done; what it measures is looked at.

    Raises:
        SimulationError: The integrator gave up.
    """
    constants = mechanism.constants
    names = tuple(name for name, value in constants.items() if within_prior(name, value))
    run = simulate(mechanism, protocol, solver=QUICK, parameters=names, extrapolate=True)
    highest = np.max(absorbances([run], NM, run.measurements), initial=0.0)
    if not (names and highest > 0.0):
        return dict.fromkeys(names, 0.0)
    steepest = np.max(np.abs(absorbance_slopes(run, NM)), axis=(1, 2))
    believed = [abs(constants[name].si) * Free.of("", name, constants[name]).sd for name in names]
    found = dict(zip(names, (steepest * believed / highest).tolist(), strict=True))
    return dict(sorted(found.items(), key=lambda one: -one[1]))
