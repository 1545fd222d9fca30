"""The page on Figure S2, worked out: which discs have the printed radii of gyration."""

from __future__ import annotations

import math

import numpy as np
from pages import head_of, markdown

from prenuc.facts.catalogue import get
from prenuc.observe.scattering import disc_radius, disc_scattering, guinier_radius

LAYERS = (2, 3, 4, 5)  # of CdSe, each half a lattice constant thick
CLUSTERS = {"dMSC-393": "rg_393", "dMSC-460": "rg_460"}
NEAR_ZERO = np.linspace(0.02, 1.3, 65)  # 1/nm


def row(cluster: str, layers: int) -> list[str]:
    """Return what a cluster would be as a disc of so many layers."""
    claim, material = get("claims", "figure-s2-discs"), get("materials", "CdSe")
    gyration = claim.number(CLUSTERS[cluster], "nm")
    thickness = 0.5 * layers * material.values["lattice_constant"].quantity.to("nm")
    radius = disc_radius(gyration, thickness)
    volume = math.pi * radius**2 * thickness
    units = volume / material.values["unit_volume"].quantity.to("nm^3")
    seen = guinier_radius(NEAR_ZERO, disc_scattering(NEAR_ZERO, radius, thickness))
    return [
        cluster,
        f"{gyration:g}",
        str(layers),
        f"{thickness:.2f}",
        f"{radius:.2f}",
        f"{units:.0f}",
        f"{seen:.2f}",
    ]


def sphere(cluster: str) -> list[str]:
    """Return what a cluster would be as a sphere."""
    claim, material = get("claims", "figure-s2-discs"), get("materials", "CdSe")
    gyration = claim.number(CLUSTERS[cluster], "nm")
    radius = math.sqrt(5.0 / 3.0) * gyration
    unit = material.values["unit_volume"].quantity.to("nm^3")
    return [cluster, f"{gyration:g}", f"{radius:.2f}", f"{4 / 3 * math.pi * radius**3 / unit:.0f}"]


def page() -> str:
    """Return the page on Figure S2."""
    discs = ["cluster", "printed Rg / nm", "layers", "thickness / nm", "radius / nm", "CdSe units"]
    return f"""{head_of("figure-s2.md", "tables.py", "tables")}# Figure S2, worked out

CdSe dMSC-393 and dMSC-460 are said to be discs with radii of gyration of 0.92 and 1.14 nm. A disc
of radius R and thickness L has Rg² = R²/2 + L²/12, so R needs an L, and none is printed. Layers of
CdSe are half a lattice constant thick; ligands, which scatter little, are left out. The last column
is the radius of gyration that a Guinier plot of the computed curve gives (`prenuc.disc_scattering`,
`prenuc.guinier_radius`, q Rg below 1.3).

{markdown([*discs, "Rg by Guinier / nm"], [row(c, n) for c in CLUSTERS for n in LAYERS])}
A radius of gyration does not show a shape. Spheres of the same are

{markdown(["cluster", "printed Rg / nm", "radius / nm", "CdSe units"], list(map(sphere, CLUSTERS)))}
What would show it is the curve beyond q Rg = 1.3, which is not printed as numbers.

## What nothing here computes

- **Stacking** to NPL-393 and NPL-460, in seven days of storage or at once with ethanol: no particle
  of the model meets another of its kind, and the position of the peak of the layers is not printed.
- **Heating** of the purified sample (Figure S2f): neither temperatures nor a result are printed.

`prenuc list claims` has the claims as they are printed, `figure-s2-discs` and those beside it.
"""
