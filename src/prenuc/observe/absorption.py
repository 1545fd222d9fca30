r"""What the UV-vis spectrometer would show of a run.

Beer and Lambert: A(λ) = ℓ Σᵢ cᵢ εᵢ(λ), decadic, with concentrations per chalcogen atom.

**MSC and PC.** Bands are Gaussians in photon energy; a PC or MSC also absorbs below an edge,

.. math:: ε(λ) = ε_b \sum_b w_b \exp\Big(-4 \ln 2 \frac{(E - E_b)^2}{Γ_b^2}\Big)
          + \frac{ε_e}{\ln 2} \ln\big(1 + e^{-(λ - λ_e)/w_e}\big)

The edge falls off exponentially to the red and rises linearly to the blue; it is convex, so it
never looks like a band.

**Quantum dots.** A published sizing curve gives the first absorption E₁(D) of dots of one size and
its extinction ε₁(D) per particle. Dots of n units have one homogeneous line, and a smooth step that
stands for all higher transitions; a population shows the sum over its sizes, so the width of its
first absorption is that of its distribution (:mod:`prenuc.observe.dots`).

The numbers are values of the catalogue (``prenuc show MSC-311``). Solvents and precursors are
taken as transparent above :data:`SHORTEST`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from prenuc.arrays import product
from prenuc.errors import InputError, Problem
from prenuc.facts.catalogue import chalcogens, get
from prenuc.facts.material import PHOTON_ENERGY_NM
from prenuc.observe.dots import dots_absorb
from prenuc.observe.samples import Sample, series_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.facts.species import Species
    from prenuc.facts.value import Value
    from prenuc.mechanism.mechanism import Component
    from prenuc.observe.series import SpectrumSeries
    from prenuc.simulation.solution import Measurement, Run

SHORTEST, LONGEST = 285.0, 700.0  # nm; toluene absorbs below 285 nm
WAVELENGTHS = np.arange(SHORTEST, LONGEST + 0.5)  # nm, where no others are asked for


def uv_vis(
    run: Run,
    *,
    vessel: str | None = None,
    wavelength: Array | None = None,
    noise: float = 0.0,
    offset: float = 0.0,
    seed: int | None = None,
) -> SpectrumSeries:
    """Return the absorption spectra of every measurement of a run.

    Args:
        run: A finished simulation.
        vessel: Only the measurements of this vessel; all when None.
        wavelength: Wavelengths in nm, ascending; 285 to 700 nm in steps of 1 nm when None.
        noise: Standard deviation of white noise, in absorbance.
        offset: Standard deviation of an offset of each whole spectrum, in absorbance.
        seed: Seed of the noise; required when there is any.

    Raises:
        InputError: The run measured nothing, noise without a seed, or an unknown vessel.
    """
    measurements = run.of(vessel)
    if not measurements:
        raise InputError("the protocol measures nothing; add 'measure cuvette at 0 min'")
    _check_noise(noise, offset, seed)
    nm = np.array(WAVELENGTHS if wavelength is None else wavelength, dtype=float)
    _, history = path_length(run)
    clean = absorbances([run], nm, measurements)
    variance = np.full_like(clean, noise**2 + offset**2) if noise or offset else None
    if variance is not None:
        clean = _noisy(clean, noise, offset, seed)
        history.append(f"noise {noise:g}, offset of each spectrum {offset:g}, seed {seed}")
    return series_of(
        [Sample.of(measurement) for measurement in measurements],
        nm,
        clean,
        variance=variance,
        metadata={"recipe": run.protocol.name, "mechanism": run.mechanism.name},
        history=tuple(history),
    )


def _check_noise(noise: float, offset: float, seed: int | None) -> None:
    problems = []
    if not (noise >= 0 and offset >= 0):
        mend = "Give a standard deviation of zero or more"
        problems.append(Problem("a noise below zero", mend))
    if seed is not None and seed < 0:
        problems.append(Problem(f"a seed of {seed}", "Give a whole number of zero or more"))
    if (noise or offset) and seed is None:
        what = "noise needs a seed, so that the same call gives the same spectra"
        problems.append(Problem(what, "Give a seed"))
    if problems:
        raise InputError(problems)


def _noisy(clean: Array, noise: float, offset: float, seed: int | None) -> Array:
    generator = np.random.default_rng(seed)
    if noise:
        clean = clean + generator.normal(0.0, noise, clean.shape)
    if offset:
        clean = clean + generator.normal(0.0, offset, (len(clean), 1))
    return clean


def path_length(run: Run) -> tuple[float, list[str]]:
    """Return the path length in cm and what was assumed about it and the protocol.

    Raises:
        InputError: It is not above zero.
    """
    length = run.protocol.assumption("path length")
    history = ["simulated", *run.assumptions]
    if length is None:
        return 1.0, [*history, "path length: 1 cm (assumed)"]
    centimetres = length.to("cm")
    if not centimetres > 0:
        raise InputError(f"a path length of {length}", "Give a length above zero")
    return centimetres, history


def absorbances(runs: Sequence[Run], nm: Array, of: Sequence[Measurement] | None = None) -> Array:
    """Return the spectra of runs, one below the other, shape (measurements, wavelengths).

    A spectrum is the same to the last bit, whatever stands beside it.

    Args:
        runs: Finished simulations with the same components, material and size classes.
        nm: Wavelengths, ascending, shape (wavelengths,).
        of: The measurements; all of all runs when None.

    Raises:
        InputError: A path length is not above zero.
    """
    run = runs[0]
    measurements = [one for each in runs for one in each.measurements] if of is None else of
    total = np.zeros((len(measurements), len(nm)))
    if nm.size == 0:
        return total
    total += _species_absorb(run, measurements, nm)
    if run.mechanism.dots is not None:
        total += dots_absorb(run, measurements, run.mechanism.dots, nm)
    counts = [len(one.measurements) for one in runs] if of is None else [len(of)]
    lengths: Array = np.repeat([path_length(one)[0] for one in runs], counts)
    return total * lengths[:, None]


def _species_absorb(run: Run, measurements: Sequence[Measurement], nm: Array) -> Array:
    """Return the absorbance of MSC and PC per cm of path, shape (measurements, wavelengths)."""
    places, molar = molar_of(run, nm)
    if not places:
        return np.zeros((len(measurements), len(nm)))
    c = np.array([measurement.concentration for measurement in measurements])
    return product(np.maximum(c[:, places], 0.0), molar) * 1e-3  # mol/m³ to mol/L


def molar_of(run: Run, nm: Array) -> tuple[list[int], Array]:
    """Return the places of what has a spectrum, and its molar absorption, (s, wavelengths).

    Args:
        run: A finished simulation.
        nm: Wavelengths, shape (wavelengths,).
    """
    components, key = run.mechanism.components, nm.tobytes()
    species = [
        (place, components[name].species)
        for place, name in enumerate(run.names)
        if name in components and components[name].species
    ]
    atoms = [chalcogen_atoms(components[run.names[place]]) for place, _ in species]
    molar = [n * _extinction(name, key) for n, (_, name) in zip(atoms, species, strict=True)]
    return [place for place, _ in species], np.array(molar).reshape(len(species), len(nm))


def chalcogen_atoms(component: Component) -> float:
    """Return the chalcogen atoms of a component, which its extinction counts; 1 if unknown.

    Args:
        component: A component of a mechanism.
    """
    parts = component.composition or {}
    found = sum(n for part, n in parts.items() if part in chalcogens())
    return found or 1.0


@cache
def _extinction(species_id: str, wavelength: bytes) -> Array:
    """Return the molar absorption of a PC or MSC in L/(mol cm) per chalcogen atom."""
    species: Species = get("species", species_id)
    nm = np.frombuffer(wavelength)
    molar = np.zeros_like(nm)
    if species.bands:
        peak = _number(species, "extinction", "L/mol/cm")
        energy = PHOTON_ENERGY_NM / nm
        for band in species.bands:
            centre, width = band.position.quantity.to("nm"), band.width.quantity.to("nm")
            gamma = PHOTON_ENERGY_NM / (centre - width / 2) - PHOTON_ENERGY_NM / (
                centre + width / 2
            )
            line = (energy - PHOTON_ENERGY_NM / centre) / gamma
            molar += peak * band.weight.si * np.exp(-4.0 * math.log(2.0) * line**2)
    if "edge_extinction" in species.values:
        edge, width = _number(species, "edge_position", "nm"), _number(species, "edge_width", "nm")
        rise = np.logaddexp(0.0, -(nm - edge) / width) / math.log(2.0)
        molar += _number(species, "edge_extinction", "L/mol/cm") * rise
    return molar


def _number(species: Species, name: str, unit: str) -> float:
    if name not in species.values:
        raise InputError(f"species '{species.id}' has no '{name}', which its spectrum needs")
    value: Value = species.values[name]
    return value.quantity.to(unit)
