"""A mechanism that stands trial: its spectra species by species, at other rate constants.

What can move is every rate and equilibrium constant of the mechanism, each with the prior of
:mod:`prenuc.infer.calibration.priors`. A mechanism that was put together from reactions, such as
that of a user's own file, has no constants of ours and stands as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.calibration.priors import PRIOR_FACTOR, Free
from prenuc.infer.calibration.varied import QUICK, kind_of
from prenuc.mechanism.constants import multiplied
from prenuc.observe.absorption import uv_vis
from prenuc.simulation.run import simulate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Measurement, Run

DOTS = "dots"


@dataclass(frozen=True)
class Part:
    """What one absorber contributes to the spectra of a run.

    Args:
        absorbance: Its share, shape (measurements, wavelengths).
        course: Its concentration in mol/m³, shape (measurements,); None for dots, whose spectrum
            changes as they grow.
    """

    absorbance: Array
    course: Array | None = None


def parts(run: Run, wavelength: Array) -> dict[str, Part]:
    """Return the spectra of a run taken apart by absorber: species of the catalogue, and dots.

    Args:
        run: A finished simulation.
        wavelength: Wavelengths in nm, shape (n,).
    """
    columns: dict[str, list[int]] = {}
    for index, name in enumerate(run.names):
        component = run.mechanism.components.get(name)
        if component is not None and component.species:
            columns.setdefault(component.species, []).append(index)
    found = {}
    for species, held in columns.items():
        course = np.array([np.maximum(m.concentration[held], 0.0).sum() for m in run.measurements])
        found[species] = Part(np.outer(course, _molar(run, held[0], wavelength)), course)
    if run.mechanism.dots is not None:
        every = [index for held in columns.values() for index in held]
        found[DOTS] = Part(_shown(run, [_without(m, every) for m in run.measurements], wavelength))
    return found


def _shown(run: Run, measurements: Sequence[Measurement], wavelength: Array) -> Array:
    return uv_vis(replace(run, measurements=tuple(measurements)), wavelength=wavelength).absorbance


def _molar(run: Run, index: int, wavelength: Array) -> Array:
    """Return the absorbance of 1 mol/m³ of a component, shape (n,)."""
    nothing = replace(run.measurements[0], concentration=np.zeros(len(run.names)))
    alone = replace(nothing, concentration=np.eye(len(run.names))[index])
    empty, full = _shown(run, [nothing, alone], wavelength)
    molar: Array = full - empty
    return molar


def _without(measurement: Measurement, columns: Sequence[int]) -> Measurement:
    left = measurement.concentration.copy()
    left[list(columns)] = 0.0
    return replace(measurement, concentration=left)


@dataclass(frozen=True)
class Candidate:
    """A mechanism and what may move in it.

    Args:
        mechanism: With its own constants.
    """

    mechanism: Mechanism

    @property
    def name(self) -> str:
        """Such as "two-pathway/CdS"."""
        return self.mechanism.name

    @cached_property
    def free(self) -> tuple[Free, ...]:
        """The constants that may move, in the order of the parameter file."""
        if self.mechanism.rule is None:
            return ()
        return tuple(
            Free.of(self.name, name, value)
            for name, value in self.mechanism.parameters.items()
            if kind_of(name) in {"rate", "equilibrium"}
            and value.status in PRIOR_FACTOR
            and value.quantity.number > 0
        )

    def shown(
        self, protocol: Protocol, wavelength: Array, factors: Mapping[str, float] | None = None
    ) -> dict[str, Part]:
        """Return what a protocol would show of every absorber.

        Args:
            protocol: What is done.
            wavelength: Wavelengths in nm, shape (n,).
            factors: Factor of each constant that moves, by name.

        Raises:
            SimulationError: The integrator gave up.
        """
        new = multiplied(self.mechanism.constants, factors or {})
        mechanism = self.mechanism.with_constants(new) if new else self.mechanism
        return parts(simulate(mechanism, protocol, solver=QUICK), wavelength)
