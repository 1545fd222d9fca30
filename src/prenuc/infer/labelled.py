"""Fits as labelled arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from prenuc.observe.series import SpectrumSeries


def matrix_dataset(
    series: SpectrumSeries,
    species: Sequence[str],
    concentrations: NDArray[np.float64],
    spectra: NDArray[np.float64],
    fitted: NDArray[np.float64],
) -> xr.Dataset:
    """Return data, fit, residuals, concentrations and spectra with their axes.

    Args:
        series: The data.
        species: Names of the species.
        concentrations: Shape (m, species).
        spectra: Shape (species, n).
        fitted: Shape (m, n).
    """
    import xarray as xr

    both = ("time", "wavelength")
    return xr.Dataset(
        {
            "data": (both, series.absorbance),
            "fit": (both, fitted),
            "residual": (both, series.absorbance - fitted),
            "concentration": (("time", "species"), concentrations),
            "spectrum": (("species", "wavelength"), spectra),
        },
        coords={
            "time": ("time", series.time, {"units": series.time_unit}),
            "wavelength": ("wavelength", series.wavelength, {"units": "nm"}),
            "species": list(species),
        },
        attrs={"history": "; ".join(series.history)},
    )
