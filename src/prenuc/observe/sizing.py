"""Diameter and extinction from a first absorption, by every published curve, or why there is none.

A sizing curve belongs to quantum dots of one material between two wavelengths. It is not used

1. outside its range: nothing is extrapolated (the CdTe polynomial is negative at 371 nm),
2. on the line of a magic-size cluster: an MSC is one molecule, and what a curve for dots says
   about it is no measurement of its size. A line is taken for that of an MSC when it lies closer
   than :data:`TOLERANCE_NM` to a catalogued one and is as sharp; where the width is not known, the
   curve cannot decide and says so.

A curve was made on the maximum of spectra as they are, or on the centre of the first band without
its background, which lies up to 20 nm to the red of it; where its paper could not be asked, both
diameters are worth a look.

Extinction coefficients are decadic, in L/mol/cm per mole of particles, at the first absorption
unless the curve names another wavelength:

    power       ε = prefactor (D / 1 nm)^exponent
    jasieniak   ε = (offset + prefactor exp(-E / energy)) · reference_hwhm / hwhm

with E = 1240 eV nm / λ, as in the code that the second one was taken from, and hwhm the half width
at half maximum on the red side (eV); without one, the reference width is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.facts.catalogue import entries, get
from prenuc.facts.material import PHOTON_ENERGY_NM, Material, SizingCurve

if TYPE_CHECKING:
    from prenuc.facts.species import Species

TOLERANCE_NM = 2.0  # how far apart two readings of one line lie in the literature
SHARP = 1.25  # a line up to this many times as wide as a catalogued one is as sharp
JASIENIAK_ENERGY_NM = 1240.0  # eV nm, see above
LONGEST = 1e6  # nm; no wavelength of an electronic transition


@dataclass(frozen=True, kw_only=True)
class Size:
    """What one published curve says about one wavelength.

    Args:
        curve: Identifier of the curve, such as "yu2003-CdSe".
        diameter_nm: Diameter, nm; None where the curve must not be used.
        extinction: Molar extinction coefficient per particle, L/mol/cm, decadic, at the first
            absorption; None where there is no diameter or no published law.
        in_range: Whether the wavelength lies in the range of the curve.
        source: Where the curve is published.
        reason: Why there is no diameter; empty when there is one.
        made_on: What the curve was made on: the "maximum" of the spectrum, the "centre" of the band
            without its background, or "unknown".
        checked: Against which printed pairs the curve was checked, or "unchecked".
        spread_nm: Standard deviation of the diameter by the curve, nm; None where none is printed.
        extinction_at_nm: Wavelength at which the extinction holds, nm.
    """

    curve: str
    diameter_nm: float | None
    extinction: float | None
    in_range: bool
    source: str
    reason: str = ""
    made_on: str = "unknown"
    checked: str = "unchecked"
    spread_nm: float | None = None
    extinction_at_nm: float | None = None


@dataclass(frozen=True, kw_only=True)
class ClusterLine:
    """The catalogued absorption of one magic-size cluster.

    Args:
        species: Its identifier, such as "MSC-311".
        material: Semiconductor, such as "CdS".
        positions: Wavelengths of its bands, nm, ascending; two for a doublet.
        readings: Other printed positions of the band of longest wavelength, nm.
        hwhm_nm: Half width at half maximum of the band of longest wavelength, nm.
        source: Where it is described.
    """

    species: str
    material: str
    positions: tuple[float, ...]
    readings: tuple[float, ...]
    hwhm_nm: float
    source: str

    def at(self, wavelength: float, tolerance: float = TOLERANCE_NM) -> bool:
        """Say whether a first absorption (nm) lies at this line, or at another reading of it."""
        # Of a doublet, the line of lower energy is the first absorption.
        known = (self.positions[-1], *self.readings)
        return any(abs(wavelength - position) < tolerance for position in known)

    def as_sharp(self, hwhm: float) -> bool:
        """Say whether a band of this half width at half maximum (nm) is as sharp as the line."""
        return hwhm <= SHARP * self.hwhm_nm


def msc_lines(material: str | None = None) -> list[ClusterLine]:
    """Return the catalogued lines of magic-size clusters.

    Args:
        material: Only those of this semiconductor; all when None.
    """
    species: list[Species] = [s for s in entries("species").values() if s.kind == "MSC" and s.bands]
    return [_line(one) for one in species if material in {None, one.material}]


def _line(species: Species) -> ClusterLine:
    bands = sorted(species.bands, key=lambda band: band.position.quantity.to("nm"))
    positions = tuple(band.position.quantity.to("nm") for band in bands)
    readings = (reading.quantity.to("nm") for reading in species.readings)

    def of_first(reading: float) -> bool:  # a doublet's readings are of both of its lines
        return min(positions, key=lambda at: abs(at - reading)) == positions[-1]

    return ClusterLine(
        species=species.id,
        material=species.material,
        positions=positions,
        readings=tuple(filter(of_first, readings)),
        hwhm_nm=bands[-1].width.quantity.to("nm") / 2,
        source=species.source,
    )


def size(
    material: str, wavelength_nm: float, *, hwhm_nm: float | None = None, force: bool = False
) -> list[Size]:
    """Return what every published curve of a material says about a first absorption.

    Args:
        material: Semiconductor, such as "CdSe".
        wavelength_nm: First excitonic absorption, nm.
        hwhm_nm: Its half width at half maximum on the red side, nm, when it was measured.
        force: Size the line even where it may be that of a magic-size cluster. Nothing makes a
            curve answer outside its range.

    Returns:
        One answer per curve, the preferred curve first; where there is no diameter, the reason.

    Raises:
        InputError: The material is not in the catalogue, or a number is no wavelength.
    """
    for name, number in (("wavelength", wavelength_nm), ("half width", hwhm_nm)):
        if number is not None and not 0 < number < LONGEST:
            raise InputError(f"a {name} of {number:g} nm is none", "Give a number in nm")
    found: Material = get("materials", material)
    cluster = "" if force else _cluster(found.id, wavelength_nm, hwhm_nm)
    return [_by_curve(curve, wavelength_nm, hwhm_nm, cluster) for curve in found.curves]


def _cluster(material: str, wavelength: float, hwhm: float | None) -> str:
    """Return why a line may be that of a magic-size cluster; empty when it is not."""
    at = [line for line in msc_lines(material) if line.at(wavelength)]
    if hwhm is not None:
        at = [line for line in at if line.as_sharp(hwhm)]
    if not at:
        return ""
    names = " or ".join(line.species for line in at)
    says = "a sizing curve of quantum dots says nothing about a magic-size cluster"
    if hwhm is not None:
        return f"a line this sharp is that of {names}: {says}"
    unknown = "and without the width of the line nobody can tell them apart"
    return f"this is also the line of {names}: {says}, {unknown}"


def _by_curve(curve: SizingCurve, wavelength: float, hwhm: float | None, cluster: str) -> Size:
    in_range = curve.in_range(wavelength)
    beyond = "" if in_range else _beyond(curve, wavelength)
    reason = "; ".join(filter(None, (beyond, cluster)))
    diameter = None if reason else curve.diameter(wavelength)
    spread = None if curve.spread is None else curve.spread.quantity.to("1")
    at = curve.extinction.get("wavelength")
    return Size(
        curve=curve.id,
        diameter_nm=diameter,
        extinction=None if diameter is None else _extinction(curve, diameter, wavelength, hwhm),
        in_range=in_range,
        source=curve.source,
        reason=reason,
        made_on=curve.made_on,
        checked=curve.checked,
        spread_nm=None if spread is None or diameter is None else spread * diameter,
        extinction_at_nm=wavelength if at is None else at.quantity.to("nm"),
    )


def _beyond(curve: SizingCurve, wavelength: float) -> str:
    """Return why a curve is not used at a wavelength (nm) outside its range."""
    low, high = curve.low.quantity.to("nm"), curve.high.quantity.to("nm")
    why = f"outside {low:g}-{high:g} nm, the range of {curve.id}"
    if curve.form == "polynomial":
        powers = [value.quantity.number for value in curve.coefficients.values()]
        if np.polynomial.polynomial.polyval(wavelength, powers) < 0:
            why += ", whose formula gives a negative diameter there"
    return why


def _extinction(
    curve: SizingCurve, diameter: float, wavelength: float, hwhm: float | None
) -> float | None:
    """Return ε in L/mol/cm per particle, or None where no law is published."""
    number = {name: value.quantity.number for name, value in curve.extinction.items()}
    if curve.extinction_form == "power":
        return float(number["prefactor"] * diameter ** number["exponent"])
    if curve.extinction_form != "jasieniak":
        return None
    energy = JASIENIAK_ENERGY_NM / wavelength
    reference = number["reference_hwhm"]
    width = reference if hwhm is None else _half_width_ev(wavelength, hwhm)
    molar = number["offset"] + number["prefactor"] * math.exp(-energy / number["energy"])
    return float(molar * reference / width)


def _half_width_ev(wavelength: float, hwhm: float) -> float:
    """Return the half width on the red side in eV from one in nm."""
    return PHOTON_ENERGY_NM / wavelength - PHOTON_ENERGY_NM / (wavelength + hwhm)
