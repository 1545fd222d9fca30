"""Fits as labelled arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

    from prenuc.arrays import Array
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace


def trace_dataset(trace: Trace, fitted: Array, scheme: str) -> xr.Dataset:
    """Return signal, fit and residual against time.

    Args:
        trace: The data.
        fitted: Shape (m,).
        scheme: What was fitted.
    """
    import xarray as xr

    columns = {"signal": trace.value, "fit": fitted, "residual": trace.value - fitted}
    return xr.Dataset(
        {name: ("time", values) for name, values in columns.items()},
        coords={"time": ("time", trace.time, {"units": trace.time_unit})},
        attrs={"scheme": scheme, "history": "; ".join(trace.history)},
    )


def matrix_dataset(
    series: SpectrumSeries,
    species: Sequence[str],
    concentrations: Array,
    spectra: Array,
    fitted: Array,
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
