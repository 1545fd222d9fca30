r"""How many dots there are: from the absorbance at a first absorption, by a published extinction.

.. math:: c = \frac{A f}{ε l}, \qquad N = c V N_A, \qquad
          Y = \frac{c V}{n} \frac{π D^3}{6 v}

with absorbance A of a sample that was diluted f times, path l, volume V of what it was taken from,
n the amount of metal in there, D the diameter and v the volume of a formula unit. A belongs to the
wavelength that the extinction ε was measured at. Yield counts dots as spheres of the bulk; what the
error of D and ε makes of it is read from the spread between curves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import InputError, check_above_zero
from prenuc.facts.catalogue import get
from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.quantities import dimension, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.facts.material import Material
    from prenuc.observe.sizing import Size

AVOGADRO = 6.02214076e23  # 1/mol, exact in the 2019 SI


@dataclass(frozen=True, kw_only=True)
class Amount:
    """How many dots there are, by one curve.

    Args:
        curve: The curve.
        concentration: Of particles, before the dilution, mol/L.
        units: Formula units in a dot.
        number: Of dots in the volume; None without one.
        chemical_yield: Part of the metal that is in dots; None without an amount of metal.
    """

    curve: str
    concentration: float
    units: float
    number: float | None = None
    chemical_yield: float | None = None


def amount(
    material: str,
    found: Size,
    absorbance: float,
    *,
    path_cm: float = 1.0,
    dilution: float = 1.0,
    volume_l: float | None = None,
    metal_mol: float | None = None,
) -> Amount | None:
    """Return how many dots there are by one sizing curve; None where it has no extinction.

    Args:
        material: Semiconductor, such as "CdSe".
        found: What the curve says (:func:`prenuc.size`).
        absorbance: At the wavelength of the extinction, ``found.extinction_at_nm``.
        path_cm: Of the cuvette, cm.
        dilution: How many times the sample was diluted.
        volume_l: Of what the sample was taken from, L.
        metal_mol: Metal in that volume, mol.

    Raises:
        InputError: A number is not above zero, or an amount of metal is given without a volume.
    """
    known = {"volume": volume_l, "amount of metal": metal_mol}
    given = {name: number for name, number in known.items() if number is not None}
    check_above_zero({"absorbance": absorbance, "path": path_cm, "dilution": dilution} | given)
    if metal_mol is not None and volume_l is None:
        raise InputError("a yield needs the volume that the metal is in", "Give it, too")
    if found.diameter_nm is None or found.extinction is None:
        return None
    semiconductor: Material = get("materials", material)
    volume = semiconductor.values["unit_volume"].quantity.to("nm^3")
    units = math.pi * found.diameter_nm**3 / 6.0 / volume
    concentration = absorbance * dilution / found.extinction / path_cm
    held = None if volume_l is None else concentration * volume_l
    return Amount(
        curve=found.curve,
        concentration=concentration,
        units=units,
        number=None if held is None else held * AVOGADRO,
        chemical_yield=None if held is None or metal_mol is None else held * units / metal_mol,
    )


def amounts(
    material: str,
    found: Sequence[Size],
    absorbance: float | None,
    *,
    path_length: str = "1 cm",
    dilution: float = 1.0,
    volume: str | None = None,
    metal: str | None = None,
) -> list[Amount]:
    """Return how many dots there are by every curve that can say; none without an absorbance.

    Args:
        material: Semiconductor, such as "CdSe".
        found: What the curves say (:func:`prenuc.size`).
        absorbance: At the first absorption.
        path_length: Of the cuvette, such as "1 cm".
        dilution: How many times the sample was diluted.
        volume: Of what the sample was taken from, such as "20 mL".
        metal: Metal in that volume, such as "0.4 mmol".

    Raises:
        InputError: A number cannot be read or is not above zero; a volume or metal is given without
            an absorbance.
    """
    if absorbance is None:
        if volume is not None or metal is not None:
            what = "a number of dots needs an absorbance"
            raise InputError(what, "Give that at the first absorption (--absorbance)")
        return []
    path_cm = parse(path_length).to("cm")
    volume_l = None if volume is None else parse(volume).to("L")
    metal_mol = None if metal is None else parse(metal).to("mol")
    counted = (
        amount(
            material,
            one,
            absorbance,
            path_cm=path_cm,
            dilution=dilution,
            volume_l=volume_l,
            metal_mol=metal_mol,
        )
        for one in found
    )
    return [one for one in counted if one is not None]


def nanometres(text: str, what: str = "wavelength") -> float:
    """Return a wavelength in nm, which a bare number is taken to be; or that of a photon's energy.

    Args:
        text: Such as "512", "512 nm" or "2.25 eV".
        what: What it is, for messages; energies are those of a "wavelength" alone.

    Raises:
        InputError: It is none.
    """
    try:
        return float(text)
    except ValueError:
        given = parse(text)
    if given.dimension == "[length]":
        return given.to("nm")
    if what == "wavelength" and given.dimension == dimension("eV"):
        energy = given.to("eV")
        if energy > 0:
            return PHOTON_ENERGY_NM / energy
    raise InputError(f"'{text}' is not a {what}", "Write it in nm, such as 512")
