"""Semiconductors: lattice, volumes, and the published sizing and extinction curves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from prenuc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.facts.document import Node
    from prenuc.facts.value import Value

MADE_ON = ("maximum", "centre", "unknown")
PHOTON_ENERGY_NM = 1239.841984  # eV nm; h c / e from the 2019 SI
SPHERE_PER_EDGE = (math.sqrt(2.0) * math.pi) ** (-1.0 / 3.0)  # from π D³/6 = L³/(6 √2)


@dataclass(frozen=True)
class SizingCurve:
    """A published relation between first absorption and diameter, monotone over its range.

    Four forms are in use: a ``polynomial`` gives the diameter (nm) as Σ cᵢ λⁱ with λ in nm; a
    ``gap_power`` gives the first transition energy (eV) as gap + prefactor · D^(−exponent), with
    D in nm; an ``edge_power`` gives it as gap + prefactor · L^(−exponent), with L the edge of a
    tetrahedron in Å, and the diameter is then that of the sphere of equal volume; a
    ``gap_rational`` gives it as gap + 1 / (a D² + b D + c), with D in nm.

    Args:
        id: Short name, such as "yu2003-CdS".
        form: "polynomial", "gap_power", "edge_power" or "gap_rational".
        coefficients: c0, c1, … or gap, prefactor and exponent.
        low: Shortest wavelength for which the curve is used.
        high: Longest wavelength for which the curve is used.
        extinction_form: "power" (ε = prefactor · D^exponent, per particle), "jasieniak" or "none".
        extinction: The constants of that form, by name.
        source: Where the curve is published.
        made_on: Which wavelength it was made on: "maximum" of the spectrum as it is, "centre" of
            the first band without its background, or "unknown".
        checked: Against which printed pairs of wavelength and diameter, and how they agree;
            "unchecked" where none were at hand.
        spread: Standard deviation of a size, as a fraction, where it is known.
        note: Its known limits.
    """

    id: str
    form: str
    coefficients: Mapping[str, Value]
    low: Value
    high: Value
    extinction_form: str
    extinction: Mapping[str, Value]
    source: str
    made_on: str
    checked: str
    spread: Value | None = None
    note: str = ""

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one curve of a material file."""
        span = node.child("wavelength_range")
        diameters = node.child("diameter_range")
        diameters.value("low"), diameters.value("high")
        extinction = node.child("extinction")
        form = node.text("formula_kind")
        if form == "polynomial":
            listed = [c.as_value(f"c{i}") for i, c in enumerate(node.children("coefficients"))]
            coefficients = {f"c{power}": value for power, value in enumerate(listed)}
        else:
            coefficients = node.values("coefficients")
        extinction_form = extinction.text("kind")
        names = [str(name) for name in extinction.data if name != "kind"]
        made_on = node.text("made_on")
        if made_on not in MADE_ON:
            node.problem(f"'{made_on}' is no wavelength", "made_on", f"Use {', '.join(MADE_ON)}")
        return node.entry(
            cls,
            form=form,
            coefficients=coefficients,
            low=span.value("low"),
            high=span.value("high"),
            extinction_form=extinction_form,
            extinction={name: extinction.value(name) for name in names},
            made_on=made_on,
        )

    def in_range(self, wavelength: float) -> bool:
        """Say whether a first absorption (nm) lies in the range of the curve."""
        return self.low.quantity.number <= wavelength <= self.high.quantity.number

    def diameter(self, wavelength: float) -> float:
        """Return the diameter (nm) at a first absorption (nm).

        Raises:
            InputError: The wavelength lies outside the curve's range.
        """
        if not self.in_range(wavelength):
            span = f"{self.low.quantity.number:g}-{self.high.quantity.number:g} nm"
            what = f"{wavelength:g} nm lies outside the range of {self.id} ({span})"
            raise InputError(what, "Use another curve; none is extrapolated")
        return self._diameter(wavelength)

    def _diameter(self, wavelength: float) -> float:
        number = {name: value.quantity.number for name, value in self.coefficients.items()}
        if self.form in {"gap_power", "edge_power"}:
            energy = PHOTON_ENERGY_NM / wavelength
            size = float(
                ((energy - number["gap"]) / number["prefactor"]) ** (-1 / number["exponent"])
            )
            return size if self.form == "gap_power" else 0.1 * size * SPHERE_PER_EDGE
        if self.form == "gap_rational":
            wanted = 1.0 / (PHOTON_ENERGY_NM / wavelength - number["gap"])
            a, b, c = number["a"], number["b"], number["c"] - wanted
            return (-b + math.sqrt(b * b - 4.0 * a * c)) / (2.0 * a)
        return math.fsum(c * wavelength ** int(name[1:]) for name, c in number.items())


@dataclass(frozen=True)
class Material:
    """A semiconductor ME.

    Args:
        id: Formula, such as "CdS".
        name: Full name.
        metal: Metal moiety.
        chalcogen: Chalcogen moiety.
        values: Lattice constant, molar volume, unit volume, band gap, by name.
        curves: Published sizing curves, the preferred one first.
    """

    id: str
    name: str
    metal: str
    chalcogen: str
    values: Mapping[str, Value]
    curves: tuple[SizingCurve, ...]

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read one material file."""
        node.text("structure", default="")
        node.text("note", default="")
        names = ("lattice_constant", "molar_volume", "unit_volume", "band_gap")
        return node.entry(
            cls,
            values={name: node.value(name) for name in names},
            curves=tuple(SizingCurve.read(curve) for curve in node.children("sizing_curves")),
        )

    def diameter(self, units: float) -> float:
        """Return the diameter (nm) of a sphere of ``units`` formula units."""
        volume = units * self.values["unit_volume"].quantity.to("nm^3")
        return float((6.0 * volume / math.pi) ** (1.0 / 3.0))
