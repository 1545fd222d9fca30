"""Growth that begins late, which a scheme without a lag cannot describe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prenuc.errors import FitError
from prenuc.infer.schemes.growth import delayed
from prenuc.infer.schemes.profiles import Lagged

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.infer.fit.results import Fit, GlobalFit
    from prenuc.infer.schemes.profiles import AbstractKinetics

OWN = {"lag", "a", "a1"}  # parameters of schemes that have a start of their own


def after_lag(
    found: Fit | GlobalFit,
    kinetics: AbstractKinetics,
    refit: Callable[[AbstractKinetics], Fit | GlobalFit],
) -> Fit | GlobalFit:
    """Return the fit after a lag, where only that describes the data; else the one found.

    Args:
        found: A fit whose intervals cannot be believed.
        kinetics: Its scheme.
        refit: Fits the same data with another scheme.
    """
    if OWN & {*kinetics.names, *kinetics.species} or delayed(kinetics):
        return found
    try:
        late = refit(Lagged(f"{found.scheme} after lag", kinetics))
    except FitError:
        return found
    lag = late.params["lag"]
    if not (late.reliable and lag.identifiable and lag.ends[0]):
        return found
    note = (
        f"growth begins at about {lag.value:.3g} {lag.unit}, which '{found.scheme}' cannot "
        f"describe: '{late.scheme}' was fitted"
    )
    return replace(late, warnings=(note, *late.warnings))
