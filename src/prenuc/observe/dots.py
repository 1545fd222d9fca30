r"""Sizes of quantum dots, and what they absorb.

Dots of diameter D have their first absorption at E₁(D) with extinction ε₁(D) (a published sizing
curve), a homogeneous line of standard deviation σ, and a step for the higher transitions Δ above,

.. math:: ε(E; D) = ε_1 \Big[\exp\Big(-\frac{(E - E_1)^2}{2σ^2}\Big)
          + \frac{2}{1 + e^{-(E - E_1 - Δ)/(2σ)}}\Big]                                    \qquad (1)

**Size classes** are summed, A = ℓ Σ f_n ε(E; D_n): the first absorption of the population is as
wide as its sizes make it. The first :data:`OWN_LINES` classes have a line each. Larger ones are
laid on a grid of energies, :data:`FINENESS` per σ, each shared among its six neighbours as
Lagrange's polynomial through them says,

.. math:: ε(E; D) ≈ \sum_{k=-2}^{3} w_k(t)\, ε(E; D_{j+k}), \qquad
          w_k(t) = \prod_{l \ne k} \frac{t - l}{k - l}  \quad (2)

which is off by less than 15 (225/64) / 720 / FINENESS⁶ = 3e-8 of the height of a line. The sum
stays linear in the concentration of every class, and is one matrix product for all spectra.

**Moments** know a mean size and a spread only. Then E₁ is that of a dot of mean volume, and the
line a Gaussian of σ² + (dE₁/d ln D · spread)² with its area kept: the coarse option's picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from prenuc.arrays import product
from prenuc.errors import InputError
from prenuc.facts.catalogue import entries, get
from prenuc.facts.material import PHOTON_ENERGY_NM, Material

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array, Indices
    from prenuc.facts.species import Species
    from prenuc.facts.value import Value
    from prenuc.mechanism.population import QuantumDotMoments
    from prenuc.simulation.solution import Measurement, Run


SMALLEST_POPULATION = 1e-12  # mol/m³ of dots; below it a mean size is rounding
FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))
OWN_LINES = 256  # classes
FINENESS = 12  # steps of the grid of energies per σ
NODES = range(-2, 4)  # grid points that a class is shared among, from the one below it
CURVE_STEPS = 4000  # between the ends of a sizing curve: 0.04 to 0.06 nm


@dataclass(frozen=True)
class DotLine:
    """The homogeneous absorption of a material's dots.

    Args:
        sigma: Standard deviation of the first absorption in eV.
        step: Onset of the higher transitions above the first absorption, in eV.
        prefactor: Extinction of a dot of 1 nm, L/(mol cm).
        exponent: How it grows with the diameter.
        diameters: Of the sizing curve, ascending, in nm, shape (m,).
        energies: First absorption there in eV, shape (m,).
    """

    sigma: float
    step: float
    prefactor: float
    exponent: float
    diameters: Array
    energies: Array

    @classmethod
    def of(cls, material_id: str) -> DotLine:
        """Return that of a material of the catalogue, by its preferred sizing curve.

        Where that has no extinction law, the one assumed for the dots as a species counts.
        """
        material: Material = get("materials", material_id)
        species = next(
            s for s in entries("species").values() if s.kind == "QD" and s.material == material.id
        )
        curve = material.curves[0]
        law = curve.extinction or {
            "prefactor": _value(species, "extinction_of_1_nm"),
            "exponent": _value(species, "extinction_power"),
        }
        ends = curve.low.quantity.number, curve.high.quantity.number
        nm = np.linspace(*ends, CURVE_STEPS + 1)
        return cls(
            sigma=_value(species, "line_width").quantity.to("eV") / FWHM_PER_SIGMA,
            step=_value(species, "higher_transitions").quantity.to("eV"),
            prefactor=law["prefactor"].quantity.number,
            exponent=law["exponent"].quantity.number,
            diameters=np.array([curve.diameter(float(one)) for one in nm]),
            energies=PHOTON_ENERGY_NM / nm,
        )

    def first(self, diameter: Array) -> Array:
        """Return the first absorption in eV, held at the curve's ends, same shape."""
        return np.interp(diameter, self.diameters, self.energies)

    def per_dot(self, diameter: Array) -> Array:
        """Return the extinction at the first absorption in L/(mol cm), same shape."""
        extinction: Array = self.prefactor * diameter**self.exponent
        return extinction

    def shape(self, above: Array) -> Array:
        """Return ε/ε₁ of equation (1) at energies above the first absorption, same shape."""
        line = np.exp(-0.5 * (above / self.sigma) ** 2)
        shape: Array = line + _step((above - self.step) / (2.0 * self.sigma))
        return shape


def _value(species: Species, name: str) -> Value:
    if name not in species.values:
        raise InputError(f"species '{species.id}' has no '{name}', which its spectrum needs")
    return species.values[name]


def _step(x: Array) -> Array:
    """Return 2/(1 + exp(−x)), without overflow."""
    step: Array = 1.0 + np.tanh(0.5 * x)
    return step


line_of = cache(DotLine.of)


def dot_sizes(
    run: Run, measurement: Measurement, dots: QuantumDotMoments
) -> tuple[float, float, float] | None:
    """Return number density (mol/m³), mean diameter (nm) and relative spread of the dots.

    The mean is that of a dot of mean volume; the spread is the relative standard deviation of
    the diameter. None when there are no dots.

    Args:
        run: A finished simulation.
        measurement: One of its measurements.
        dots: The components that hold the moments of the dots.
    """
    place = {name: i for i, name in enumerate(run.names)}
    number, length, surface, units = (
        float(measurement.concentration[place[name]])
        for name in (dots.number, dots.length, dots.surface, dots.units)
    )
    if number < SMALLEST_POPULATION:
        return None
    material: Material = get("materials", run.mechanism.material)
    mean = length / number
    spread = math.sqrt(max(surface / number - mean**2, 0.0)) / mean
    return number, material.diameter(units / number), spread


def dots_absorb(
    run: Run, measurements: Sequence[Measurement], dots: QuantumDotMoments, nm: Array
) -> Array:
    """Return the absorbance of the dots per cm of path, shape (measurements, wavelengths).

    A measurement absorbs the same to the last bit, whatever stands beside it.

    Args:
        run: A finished simulation, or one of several with the same classes and material.
        measurements: Some of its measurements, or of those others.
        dots: Names of the moments.
        nm: Wavelengths, shape (wavelengths,).
    """
    ladders, material = run.mechanism.populations, run.mechanism.material
    found = np.zeros((len(measurements), len(nm)))
    for place, ladder in enumerate(ladders):
        lines = lines_of(ladder.material or material, ladder.smallest, ladder.largest)
        there = (measurement.dots[: measurement.occupied] for measurement in measurements)
        own = [dots_there[place :: len(ladders)] for dots_there in there]
        found += lines.total(own, nm) * 1e-3
    if not ladders:
        rows = [of_moments(run, measurement, dots, nm) for measurement in measurements]
        found += np.array(rows).reshape(found.shape)
    return found


def of_moments(run: Run, measurement: Measurement, dots: QuantumDotMoments, nm: Array) -> Array:
    """Return the absorbance per cm of path of dots of which moments are known, (wavelengths,).

    Args:
        run: A finished simulation.
        measurement: One of its measurements.
        dots: Names of the moments.
        nm: Wavelengths, shape (wavelengths,).
    """
    sizes = dot_sizes(run, measurement, dots)
    if sizes is None:
        return np.zeros(len(nm))
    number, diameter, spread = sizes
    line, energy = line_of(run.mechanism.material), PHOTON_ENERGY_NM / nm
    return number * 1e-3 * _gaussian(line, diameter, spread, energy)


def _gaussian(line: DotLine, diameter: float, spread: float, energy: Array) -> Array:
    """Return the extinction of a population of which mean and spread are known."""
    near = 1.0 + max(spread, 1e-3)
    first, other = line.first(np.array([diameter, diameter * near]))
    slope = abs(other - first) / (near - 1.0)
    sigma = math.hypot(line.sigma, slope * spread)
    above = energy - first
    peak = line.sigma / sigma * np.exp(-0.5 * (above / sigma) ** 2)
    per_dot = line.per_dot(np.array(diameter))
    extinction: Array = per_dot * (peak + _step((above - line.step) / (2.0 * sigma)))
    return extinction


@dataclass(frozen=True, eq=False)
class _Lines:
    """The lines of all size classes of a material.

    Args:
        line: The line of one size.
        first: First absorption of each class in eV, falling with the size, shape (classes,).
        per_dot: ε₁ of each class in L/(mol cm), shape (classes,).
        energies: Grid of first absorptions in eV, ascending, shape (g,).
    """

    line: DotLine
    first: Array
    per_dot: Array
    energies: Array

    def total(self, f: Sequence[Array] | Array, nm: Array) -> Array:
        """Return Σ f_n ε(E; D_n), (m, nm), for m times dots in classes, (classes or fewer,)."""
        key, per_dot = nm.tobytes(), self.per_dot[:OWN_LINES]
        own = np.zeros((len(f), len(per_dot)))
        for row, one in zip(own, f, strict=True):
            some = one[:OWN_LINES]
            row[: len(some)] = some * per_dot[: len(some)]
        found = product(own, _at(self, OWN_LINES, key)[: own.shape[1]])
        if any(len(one) > OWN_LINES for one in f):
            laid = np.array([self.laid(one[OWN_LINES:]) for one in f])
            found += product(laid, _at(self, 0, key))
        return found

    @cached_property
    def _shares(self) -> tuple[Indices, Indices, Array]:
        """Where places on the grid begin, the grid points below them, and ε₁ w_k of each class."""
        place = (self.first[OWN_LINES:] - self.energies[0]) * FINENESS / self.line.sigma
        lower = place.astype(np.int64)
        starts = np.flatnonzero(np.diff(lower, prepend=-1))  # neighbours in size share a place
        shares = np.stack(_six_points(place - lower)) * self.per_dot[OWN_LINES:]
        return starts, lower[starts], shares

    def laid(self, f: Array) -> Array:
        """Return ε₁ f of classes above the first, some of them, on the grid by eq. (2), (g,)."""
        starts, lower, shares = self._shares
        found, filled = np.zeros(len(self.energies)), np.flatnonzero(f != 0.0)
        if filled.size == 0:
            return found
        places = int(np.searchsorted(starts, filled[-1], side="right"))
        end = starts[places] if places < len(starts) else shares.shape[1]  # all of its place
        whole = np.concatenate((f[:end], np.zeros(max(end - len(f), 0))))
        sums = np.add.reduceat(shares[:, :end] * whole, starts[:places], axis=1)
        for k, one in zip(NODES, sums, strict=True):
            found[lower[:places] + k] += one
        return found


def _six_points(t: Array) -> list[Array]:
    """Return w_k(t) of equation (2) for every node, same shape each."""
    return [
        np.prod([(t - other) / (k - other) for other in NODES if other != k], axis=0) for k in NODES
    ]


@cache
def lines_of(material_id: str, smallest: int, largest: int) -> _Lines:
    """Return the lines of all classes of a material.

    Args:
        material_id: A material of the catalogue.
        smallest: Units in the smallest dot.
        largest: Units in the largest dot.
    """
    line, material = line_of(material_id), get("materials", material_id)
    diameter = material.diameter(1.0) * np.cbrt(np.arange(smallest, largest + 1.0))
    first, step = line.first(diameter), line.sigma / FINENESS
    steps = np.arange(NODES.start, (first.max() - first.min()) / step + NODES.stop)
    return _Lines(line, first, line.per_dot(diameter), first.min() + step * steps)


@lru_cache(maxsize=16)  # up to a megabyte or two each
def _at(lines: _Lines, classes: int, nm: bytes) -> Array:
    """Return ε/ε₁ of the lines of the first classes, or of the grid when 0, shape (lines, nm)."""
    first = lines.first[:classes] if classes else lines.energies
    return lines.line.shape(PHOTON_ENERGY_NM / np.frombuffer(nm) - first[:, None])
