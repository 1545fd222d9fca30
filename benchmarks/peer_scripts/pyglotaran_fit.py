"""Fit chains of first-order steps with pyGlotaran; runs in its environment, not in ours.

The file named on the command line holds ``time``, ``wavelength``, ``data`` (sets, m, n), ``start``
(rate constants) and ``repeats``. The model is a sequential decay over a static background of any
shape, as in its own documentation; the first call warms its compiled functions up.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import xarray as xr
from glotaran.io import load_model, load_parameters
from glotaran.optimization.optimize import optimize
from glotaran.project import Scheme

MODEL = """
default_megacomplex: decay-sequential
megacomplex:
  chain: {{type: decay-sequential, compartments: [{species}], rates: [{rates}]}}
  static: {{type: baseline, dimension: time}}
dataset:
  spectra: {{megacomplex: [chain, static]}}
"""


def fit(
    wavelength: np.ndarray, times: np.ndarray, data: np.ndarray, start: np.ndarray
) -> list[list[float]]:
    """Return rate constants, fastest first, and standard errors."""
    count = range(1, len(start) + 1)
    text = MODEL.format(
        species=", ".join(f"S{i}" for i in count), rates=", ".join(f"k.{i}" for i in count)
    )
    model = load_model(text, format_name="yml_str")
    parameters = load_parameters(f"k: {start.tolist()}", format_name="yml_str")
    table = xr.DataArray(data, coords=[("time", times), ("spectral", wavelength)])
    scheme = Scheme(
        model=model, parameters=parameters, data={"spectra": table.to_dataset(name="data")}
    )
    found = optimize(scheme, verbose=False).optimized_parameters.all()
    pairs = [(float(one.value), float(one.standard_error)) for one in found]
    return [list(column) for column in zip(*sorted(pairs, reverse=True), strict=True)]


def main() -> None:
    """Fit every set, each a few times, and print what was found and the shortest time."""
    given = np.load(sys.argv[1])
    fits, spent = [], []
    for data in given["data"]:
        for _ in range(int(given["repeats"])):
            began = time.process_time()
            k, stderr = fit(given["wavelength"], given["time"], data, given["start"])
            spent.append(time.process_time() - began)
        fits.append({"k": k, "stderr": stderr})
    print(json.dumps({"fits": fits, "cpu": min(spent)}))


main()
