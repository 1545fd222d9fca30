"""What a phrase such as "80 % of S is consumed" means for a network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, unknown_name
from prenuc.quantities import NUMBER
from prenuc.simulation.stretch import Until

if TYPE_CHECKING:
    from prenuc.arrays import Array
    from prenuc.simulation.kernels.network import Network

RESTS = 1e-6  # share by which nothing changes in as long a time again


def event(until: str, network: Network, start: Array) -> Until:
    """Return the event that a phrase describes.

    Args:
        until: "80 % of S is consumed" or "steady state".
        network: Whose components it names.
        start: What is there at time 0 in mol/m³, shape (n,).

    Raises:
        InputError: It is no event, or one that cannot come.
    """
    weights = np.zeros(len(network.names))
    if until.strip() == "steady state":
        return Until(weights, steady=RESTS)
    found = re.fullmatch(rf"\s*({NUMBER})\s*%\s+of\s+(.+?)\s+(?:is\s+)?consumed\s*", until)
    if not found:
        what = f"'{until}' is no event"
        raise InputError(what, "Write '80 % of S is consumed' or 'steady state'")
    fraction, name = float(found[1].replace("−", "-")) / 100.0, found[2]
    if name not in network.names:
        raise InputError(unknown_name("component", name, network.names))
    if not 0 < fraction < 1:
        raise InputError(f"{found[1]} % consumed", "Give more than 0 and less than 100")
    if not start[network.names.index(name)] > 0:
        what = f"'{name}' starts with nothing, so that no share of it can be consumed"
        raise InputError(what, "Name a component that is there at the start")
    place = network.names.index(name)
    weights[place] = 1.0
    return Until(weights, level=(1.0 - fraction) * start[place])
