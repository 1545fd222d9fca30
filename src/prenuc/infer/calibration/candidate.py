"""A mechanism that stands trial: its spectra species by species, at other rate constants.

What can move is every rate and equilibrium constant of the mechanism, each with the prior of
:mod:`prenuc.infer.calibration.priors`. A mechanism that was put together from reactions, such as
that of a user's own file, has no constants of ours and stands as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.calibration.ablations import ablation_named
from prenuc.infer.calibration.priors import PRIOR_FACTOR, Free
from prenuc.infer.calibration.varied import QUICK, kind_of
from prenuc.mechanism.constants import multiplied
from prenuc.observe.absorption import uv_vis
from prenuc.observe.slopes import absorbance_slopes
from prenuc.simulation.run import simulate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.protocol.protocol import Protocol
    from prenuc.simulation.solution import Measurement, Run
    from prenuc.simulation.solvers import AbstractSolver

DOTS = "dots"
SEEN = replace(QUICK, rtol=1e-4)  # 1e-5 of absorbance: a tenth of what any spectrometer sees
RATES = frozenset({"rate", "equilibrium"})


@dataclass(frozen=True)
class Part:
    """What one absorber contributes to the spectra of a run.

    Args:
        absorbance: Its share, shape (measurements, wavelengths).
        course: Its concentration in mol/m³, shape (measurements,); None for dots, whose spectrum
            changes as they grow.
        slopes: Derivatives of ``absorbance`` in the logarithms of P constants, shape
            (P, measurements, wavelengths).
        course_slopes: The same of ``course``, shape (P, measurements).
    """

    absorbance: Array
    course: Array | None = None
    slopes: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    course_slopes: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def along(self, places: Sequence[int]) -> Part:
        """Return the same with the slopes of some of the constants."""
        if [*places] == [*range(len(self.slopes))]:
            return self
        which = np.array(places, dtype=np.int64)
        moved = self.course_slopes if self.course is None else self.course_slopes[which]
        return replace(self, slopes=self.slopes[which], course_slopes=moved)


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
        molar, moved = _molar(run, held[0], wavelength), _course_slopes(run, held)
        found[species] = Part(np.outer(course, molar), course, moved[:, :, None] * molar, moved)
    if run.mechanism.dots is not None:
        every = [index for held in columns.values() for index in held]
        rest = replace(run, measurements=tuple(_without(m, every) for m in run.measurements))
        slopes = absorbance_slopes(rest, wavelength) * _sizes(run)[:, None, None]
        found[DOTS] = Part(uv_vis(rest, wavelength=wavelength).absorbance, slopes=slopes)
    return found


def _with_unknown(
    run: Run, known: Mapping[str, Part], names: Sequence[str], wavelength: Array
) -> dict[str, Part]:
    """Return known spectra as they are, without a course, beside components that have only one.

    So :class:`~prenuc.infer.selection.shapes.FreeShapes` keeps the former and fits the latter's.
    """
    found = {name: Part(part.absorbance, slopes=part.slopes) for name, part in known.items()}
    shape = len(run.measurements), len(wavelength)
    for name in names:
        held = [run.names.index(name)]
        course = np.array([np.maximum(m.concentration[held], 0.0).sum() for m in run.measurements])
        slopes = np.zeros((len(run.parameters), *shape))
        found[name] = Part(np.zeros(shape), course, slopes, _course_slopes(run, held))
    return found


def _course_slopes(run: Run, held: Sequence[int]) -> Array:
    """Return derivatives of a sum of components in the logarithms of constants, (P, m)."""
    if not run.parameters:
        return np.zeros((0, len(run.measurements)))
    moved = [m.tangents[held][m.concentration[held] > 0.0].sum(axis=0) for m in run.measurements]
    slopes: Array = np.array(moved).T * _sizes(run)[:, None]
    return slopes


def _sizes(run: Run) -> Array:
    """Return the constants in which a run was followed in SI, shape (P,): p ∂/∂p is ∂/∂ln p."""
    known = run.mechanism.constants
    return np.array([known[name].si for name in run.parameters])


def _molar(run: Run, index: int, wavelength: Array) -> Array:
    """Return the absorbance of 1 mol/m³ of a component, shape (n,)."""
    nothing = replace(run.measurements[0], concentration=np.zeros(len(run.names)))
    alone = replace(nothing, concentration=np.eye(len(run.names))[index])
    only = replace(run, measurements=(nothing, alone))
    empty, full = uv_vis(only, wavelength=wavelength).absorbance
    molar: Array = full - empty
    return molar


def _without(measurement: Measurement, columns: Sequence[int]) -> Measurement:
    left, moved = measurement.concentration.copy(), measurement.tangents.copy()
    left[list(columns)] = 0.0
    if moved.size:
        moved[list(columns)] = 0.0
    return replace(measurement, concentration=left, tangents=moved)


@dataclass(frozen=True)
class Candidate:
    """A mechanism and what may move in it.

    Args:
        mechanism: With its own constants.
        kinds: Of constants that may move; see :func:`~prenuc.infer.calibration.varied.kind_of`.
        absorbing: Components that absorb without a spectrum in the catalogue.
        label: What it is called where the mechanism's own name does not tell it from others.
        only: Names of constants, as "isomerisation.k", or of all of a step, as "isomerisation",
            that may move; every one when empty.
        solver: The integrator.
    """

    mechanism: Mechanism
    kinds: frozenset[str] = RATES
    absorbing: tuple[str, ...] = ()
    label: str = ""
    only: tuple[str, ...] = ()
    solver: AbstractSolver = SEEN

    @classmethod
    def of(cls, model: Mechanism | Candidate) -> Candidate:
        """Return a model that stands trial already, or a mechanism that is to."""
        return model if isinstance(model, Candidate) else cls(model)

    @property
    def name(self) -> str:
        """Such as "two-pathway/CdS"."""
        return self.label or self.mechanism.name

    @cached_property
    def free(self) -> tuple[Free, ...]:
        """The constants that may move, in the order of the parameter file."""
        if self.mechanism.rule is None and not self.mechanism.units:
            return ()  # put together from reactions by hand: nothing keeps its ways back in step
        return tuple(
            Free.of(self.mechanism.name, name, value)
            for name, value in self.mechanism.constants.items()
            if kind_of(name) in self.kinds
            and value.status in PRIOR_FACTOR
            and value.quantity.number != 0
            and (not self.only or not {name, name.rpartition(".")[0]}.isdisjoint(self.only))
        )

    def moved(self, factors: Mapping[str, float]) -> Candidate:
        """Return the same with constants of its mechanism multiplied, written once for many runs.

        Args:
            factors: Factor of each constant that moves, by name.
        """
        new = multiplied(self.mechanism.constants, factors)
        return replace(self, mechanism=self.mechanism.with_constants(new)) if new else self

    def shown(
        self,
        protocol: Protocol,
        wavelength: Array,
        factors: Mapping[str, float] | None = None,
        along: Sequence[str] = (),
    ) -> dict[str, Part]:
        """Return what a protocol would show of every absorber.

        Args:
            protocol: What is done.
            wavelength: Wavelengths in nm, shape (n,).
            factors: Factor of each constant that moves, by name.
            along: Constants in the logarithms of which derivatives are wanted.

        Raises:
            SimulationError: The integrator gave up.
        """
        mechanism = self.moved(factors or {}).mechanism
        run = simulate(mechanism, protocol, solver=self.solver, parameters=along, extrapolate=True)
        known = parts(run, wavelength)
        return _with_unknown(run, known, self.absorbing, wavelength) if self.absorbing else known


def with_and_without(mechanism: Mechanism, step: str) -> tuple[Candidate, Candidate]:
    """Return a mechanism, and the same without a step: the two answers to whether it is needed.

    Args:
        mechanism: As it is.
        step: What the name of the step begins with, such as "Pathway 2".

    Raises:
        MechanismError: It has no such step, or several; the nearest names are given.
    """
    ablation = ablation_named(step, mechanism)
    label = f"{mechanism.name} without {ablation.step}"
    return Candidate(mechanism), Candidate(ablation.without(mechanism), label=label)
