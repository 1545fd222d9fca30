r"""Sizes of quantum dots, and what they absorb.

Dots of diameter D have their first absorption at E₁(D) with extinction ε₁(D) (a published sizing
curve), a homogeneous line of standard deviation σ, and a step for the higher transitions Δ above,

.. math:: ε(E; D) = ε_1 \Big[\exp\Big(-\frac{(E - E_1)^2}{2σ^2}\Big)
          + \frac{2}{1 + e^{-(E - E_1 - Δ)/(2σ)}}\Big]                                    \qquad (1)

**Size classes** are summed, A = ℓ Σ f_n ε(E; D_n): the first absorption of the population is as
wide as its sizes make it. Classes are laid on a grid of energies, :data:`FINENESS` per σ, each
shared between its two neighbours; what this adds to a line is below 1/(8 · FINENESS²) of its
height. The sum stays linear in the concentration of every class.

**Moments** know a mean size and a spread only. Then E₁ is that of a dot of mean volume, and the
line a Gaussian of σ² + (dE₁/d ln D · spread)² with its area kept: the coarse option's picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.facts.catalogue import entries, get
from prenuc.facts.material import PHOTON_ENERGY_NM

if TYPE_CHECKING:
    from prenuc.arrays import Array, Indices
    from prenuc.facts.material import Material
    from prenuc.mechanism.population import QuantumDotMoments
    from prenuc.simulation.solution import Measurement, Run


SMALLEST_POPULATION = 1e-12  # mol/m³ of dots; below it a mean size is rounding
FWHM_PER_SIGMA = 2.0 * math.sqrt(2.0 * math.log(2.0))
FINENESS = 50  # steps of the grid of energies per σ
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
        """Return that of a material of the catalogue, by its preferred sizing curve."""
        material: Material = get("materials", material_id)
        species = next(
            s for s in entries("species").values() if s.kind == "QD" and s.material == material.id
        )
        numbers = {}
        for name in ("line_width", "higher_transitions"):
            if name not in species.values:
                raise InputError(f"species '{species.id}' has no '{name}'")
            numbers[name] = species.values[name].quantity.to("eV")
        curve = material.curves[0]
        ends = curve.low.quantity.number, curve.high.quantity.number
        nm = np.linspace(*ends, CURVE_STEPS + 1)
        return cls(
            sigma=numbers["line_width"] / FWHM_PER_SIGMA,
            step=numbers["higher_transitions"],
            prefactor=curve.extinction["prefactor"].quantity.number,
            exponent=curve.extinction["exponent"].quantity.number,
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


def dots_absorb(run: Run, measurement: Measurement, dots: QuantumDotMoments, nm: Array) -> Array:
    """Return the absorbance of the dots per cm of path.

    Args:
        run: A finished simulation.
        measurement: One of its measurements.
        dots: Names of the moments.
        nm: Wavelengths, shape (n,).
    """
    population, material = run.mechanism.population, run.mechanism.material
    if population is not None:
        grid = _grid(material, population.smallest, population.largest)
        return grid.lay(measurement.dots) @ _lines(material, grid, tuple(nm)) * 1e-3
    sizes = dot_sizes(run, measurement, dots)
    if sizes is None:
        return np.zeros_like(nm)
    number, diameter, spread = sizes
    line = line_of(material)
    return number * 1e-3 * _gaussian(line, diameter, spread, PHOTON_ENERGY_NM / nm)


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
class Grid:
    """First absorptions of size classes on a grid of energies.

    Args:
        energies: In eV, ascending, shape (g,).
        lower: Grid point below each class, shape (classes,).
        fraction: How far towards the next one it lies, shape (classes,).
        per_dot: ε₁ of each class in L/(mol cm), shape (classes,).
    """

    energies: Array
    lower: Indices
    fraction: Array
    per_dot: Array

    def lay(self, dots: Array) -> Array:
        """Return concentration times ε₁ at every grid point, shape (g,), for (classes,) dots."""
        strength, points = dots * self.per_dot, len(self.energies)
        parts = (self.lower, 1.0 - self.fraction), (self.lower + 1, self.fraction)
        laid: Array = np.sum([np.bincount(at, strength * w, points) for at, w in parts], axis=0)
        return laid


@cache
def _grid(material_id: str, smallest: int, largest: int) -> Grid:
    """Return the grid for all classes of a material."""
    line, material = line_of(material_id), get("materials", material_id)
    diameter = material.diameter(1.0) * np.cbrt(np.arange(smallest, largest + 1.0))
    first, step = line.first(diameter), line.sigma / FINENESS
    place = (first - first.min()) / step
    lower = np.floor(place).astype(np.int64)
    energies = first.min() + step * np.arange(lower.max() + 2)
    return Grid(energies, lower, place - lower, line.per_dot(diameter))


@lru_cache(maxsize=8)  # some megabytes each
def _lines(material_id: str, grid: Grid, nm: tuple[float, ...]) -> Array:
    """Return ε/ε₁ of a line at every grid point, shape (g, wavelengths)."""
    energy = PHOTON_ENERGY_NM / np.array(nm)
    return line_of(material_id).shape(energy - grid.energies[:, None])
