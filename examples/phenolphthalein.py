"""A published series, calibrated: phenolphthalein fading in alkali of four concentrations.

Get the measurements (their repository names no licence, so none is here)::

    git clone https://github.com/Hackuarium/simple-spectro

and run ``python examples/phenolphthalein.py
simple-spectro/experiments/kinetic/phenolphthalein/20190419 flasks``. It writes the spectra, the
protocol, the mechanism and ``flasks.yaml`` into ``flasks``; then::

    prenuc calibrate --mechanism flasks/fading.yaml --data flasks --figures flasks

In each file stand time in ms, what the detector counts behind a red, a green and a blue diode, and
the temperature in hundredths of a degree; the first row is the blank. Volumes are those of the
README beside the files, dye was dropped in with a pipette and is not known well, and at the red
diode, where the dye hardly absorbs, absorbance wanders by 1.5 to 3 mAU: so much is a reading off.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import prenuc as pn
from prenuc.writing import write_text

CHANNELS = {"R": 625.0, "G": 525.0, "B": 465.0}  # nm; nominal, nothing depends on them
HYDROXIDE = {1: 1.2, 2: 0.9, 3: 0.6, 4: 0.3}  # mmol of experiment 1 to 4, in 4 mL
TEMPERATURES = ("RT", "40")  # as the files are named; of those at 10 degC one is missing
BENT = frozenset({"exp1-40"})  # begins at 1.7, where a diode's width bends the law: misfit 15 mAU
NOISE = 0.003  # absorbance
MECHANISM = """# The dye's dianion takes up hydroxide and fades; there is a way back.
units: {time: min, concentration: mmol/L, energy: kJ/mol}
species: {phenolphthalein: {}, NaOH: {}, faded: {}, H2O: {}}
reactions:
  - {equation: phenolphthalein + NaOH -> faded, k: 0.001}
  - {equation: faded -> phenolphthalein + NaOH, k: 0.01}
"""
PROTOCOL = """protocol:
  - charge flask with 1.2 mmol NaOH, 0.19 umol phenolphthalein and 4 mL H2O at 25 degC
  - measure flask at 1 min, 2 min
"""


def series_of(path: Path) -> tuple[pn.SpectrumSeries, float]:
    """Return the absorbance of a file and its mean temperature in °C."""
    time, *counts, temperature = np.loadtxt(path, skiprows=1).T
    read = np.array(counts)
    absorbance = np.log10(read[:, :1] / read[:, 1:]).T
    order = np.argsort([*CHANNELS.values()])
    nm = np.array([*CHANNELS.values()])[order]
    minutes = (time[1:] - time[0]) / 6e4
    return pn.SpectrumSeries(nm, minutes, absorbance[:, order]), float(temperature[1:].mean()) / 100


def _with_energies(mechanism: str) -> str:
    """Return it with activation energies, which one temperature would leave open."""
    there = mechanism.replace("k: 0.001", "k: {at: 25 degC, value: 0.001, Ea: 50}")
    return there.replace("k: 0.01}", "k: {at: 25 degC, value: 0.01, Ea: 80}}")


def main() -> None:
    """Write a folder that ``prenuc calibrate`` reads."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("measurements", type=Path)
    options.add_argument("to", type=Path)
    options.add_argument("--at", nargs="+", choices=TEMPERATURES, default=["RT"])
    given = options.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    lines = ["absorbing: [phenolphthalein]", "amounts: unknown", f"noise: {NOISE}", "flasks:"]
    for when in given.at:
        for number, millimoles in HYDROXIDE.items():
            path = given.measurements / f"exp{number}-{when}.txt"
            if path.stem in BENT:
                continue
            series, celsius = series_of(path)
            name = f"exp{number}-{when}.csv"
            pn.convert(series, "csv", given.to / name)
            change = f"charge flask: NaOH = {millimoles} mmol; charge flask = {celsius:.1f} degC"
            lines.append(f"  - {{spectra: {name}, protocol: batch.yaml, change: '{change}'}}")
    several = MECHANISM if len(given.at) == 1 else _with_energies(MECHANISM)
    write_text(given.to / "fading.yaml", several)
    write_text(given.to / "batch.yaml", PROTOCOL)
    write_text(given.to / "flasks.yaml", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
