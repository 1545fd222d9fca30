r"""What a fluorimeter would show of a run: photons emitted for each photon absorbed, per nm.

.. math:: I(λ) = \sum_i a_i Φ_i S_i(λ), \qquad
          S_i = \frac{1}{σ_i\sqrt{2π}} \exp\Big(-\frac{(λ - λ_i)^2}{2σ_i^2}\Big)

with the share a of the light that a species absorbs, its quantum yield Φ and its one band of
emission, λ and width as the catalogue has them (``prenuc show dMSC-393``).

**Who absorbs.** Far above its first absorption, CdSe absorbs alike whatever its size: at 350 nm the
cross-section of a dot is proportional to its volume (Leatherdale et al. 2002, J. Phys. Chem. B 106,
7619). So a is the share of the chalcogen atoms, of all in clusters, PCs and dots that begin to
absorb to the red of the excitation. The edges of :mod:`prenuc.observe.absorption` are not asked:
they have the shape of an edge near it, and go on rising where nobody has looked.

**What is left out.** Emission that is absorbed again, the weaker light deeper in the cuvette,
energy that passes from one cluster to another, emission from traps, and that of quantum dots, which
take their share of the light and stay dark.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError
from prenuc.facts.catalogue import get
from prenuc.observe.absorption import WAVELENGTHS, chalcogen_atoms
from prenuc.observe.dots import FWHM_PER_SIGMA
from prenuc.observe.samples import Sample, series_of
from prenuc.quantities import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.facts.species import Species
    from prenuc.observe.series import SpectrumSeries
    from prenuc.simulation.solution import Measurement, Run

LEFT_OUT = (
    "light is absorbed alike by every chalcogen atom in what absorbs at the excitation (assumed)",
    "reabsorption, inner filter, energy transfer, traps and emission of dots are not computed",
)


def emission(
    run: Run,
    *,
    excitation: str,
    vessel: str | None = None,
    wavelength: Array | None = None,
) -> SpectrumSeries:
    """Return the emission spectra of every measurement of a run.

    Args:
        run: A finished simulation.
        excitation: Wavelength of the light that is absorbed, such as "350 nm".
        vessel: Only the measurements of this vessel; all when None.
        wavelength: Wavelengths in nm, ascending; 285 to 700 nm in steps of 1 nm when None.

    Raises:
        InputError: The run measured nothing, an unknown vessel, an excitation that is no length, or
            a species that emits and has no width or quantum yield.
    """
    measurements = run.of(vessel)
    if not measurements:
        raise InputError("the protocol measures nothing; add 'measure cuvette at 0 min'")
    excited = parse(excitation).to("nm")
    nm = np.array(WAVELENGTHS if wavelength is None else wavelength, dtype=float)
    light, species = _absorbed(run, measurements, excited)
    lines = [_line(one, nm) for one in species]
    return series_of(
        [Sample.of(measurement) for measurement in measurements],
        nm,
        light @ np.array(lines).reshape(len(species), len(nm)),
        signal="photoluminescence",
        metadata={"recipe": run.protocol.name, "mechanism": run.mechanism.name},
        history=("simulated", *run.assumptions, f"excitation at {excited:g} nm", *LEFT_OUT),
    )


def _absorbed(
    run: Run, measurements: Sequence[Measurement], excited: float
) -> tuple[Array, list[Species]]:
    """Return the share of the light that each species absorbs, (measurements, s), and these.

    Args:
        run: A finished simulation.
        measurements: Some of its measurements.
        excited: Wavelength of the excitation, nm.
    """
    components = run.mechanism.components
    species, places, atoms = [], [], []
    for place, name in enumerate(run.names):
        component = components.get(name)
        if component is None or not component.species:
            continue
        one: Species = get("species", component.species)
        if _reddest(one) > excited:
            species.append(one)
            places.append(place)
            atoms.append(chalcogen_atoms(component))
    held = np.array([measurement.concentration for measurement in measurements])
    found = np.maximum(held[:, places], 0.0) * np.array(atoms)
    dots = [run.names.index(name) for name in _units_in_dots(run)]
    total = found.sum(axis=1) + np.maximum(held[:, dots], 0.0).sum(axis=1)
    return found / np.where(total > 0.0, total, 1.0)[:, None], species


def _units_in_dots(run: Run) -> list[str]:
    """Return the components that count the units in dots."""
    ladders = run.mechanism.populations
    if ladders:
        return [ladder.moments.units for ladder in ladders]
    return [] if run.mechanism.dots is None else [run.mechanism.dots.units]


def _reddest(species: Species) -> float:
    """Return where a species begins to absorb, coming from the red, in nm; 0 for nowhere."""
    bands = [band.position.quantity.to("nm") for band in species.bands]
    edge = species.values.get("edge_position")
    return max([*bands, *([] if edge is None else [edge.quantity.to("nm")])], default=0.0)


def _line(species: Species, nm: Array) -> Array:
    """Return what a species emits for each photon that it absorbs, per nm, shape (wavelengths,)."""
    if "emission" not in species.values:
        return np.zeros_like(nm)
    missing = [name for name in ("emission_width", "quantum_yield") if name not in species.values]
    if missing:
        raise InputError(f"species '{species.id}' emits and has no '{missing[0]}'")
    centre, width, photons = (
        species.values[name].quantity.to(unit)
        for name, unit in (("emission", "nm"), ("emission_width", "nm"), ("quantum_yield", "1"))
    )
    sigma = width / FWHM_PER_SIGMA
    line: Array = np.exp(-0.5 * ((nm - centre) / sigma) ** 2)
    return photons / (sigma * math.sqrt(2.0 * math.pi)) * line
