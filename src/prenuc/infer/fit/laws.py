r"""How a parameter changes from one data set to the next.

Each is linear in what is fitted, on the scale on which the parameter is searched (u = ln k):

.. math:: \ln k_i = \ln k - \frac{E_a}{R} \Big(\frac{1}{T_i} - \frac{1}{T_{ref}}\Big)
   + n \ln \frac{d_i}{d_{ref}}

======================  ===================================================================
:class:`SharedLaw`         one value for all data sets (the default)
:class:`Own`            a value for each
:class:`ArrheniusLaw`      k at a reference temperature, and Ea in kJ/mol
:class:`DosePower`      k at a reference dose, and the power n
======================  ===================================================================

Arrhenius and DosePower can stand together: ``{"k": (Arrhenius("60 degC"), DosePower("MeOH"))}``. A
lag follows them as 1/k does: it is the shorter the hotter.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, final

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import FitError, Problem, QuantityError, unknown_name
from prenuc.infer.schemes.profiles import Variable
from prenuc.quantities import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.infer.fit.data_set import DataSet
    from prenuc.infer.schemes.profiles import AbstractKinetics, Clock

LARGEST_ENERGY, LARGEST_POWER = 1000.0, 20.0  # kJ/mol; 1


@dataclass(frozen=True)
class AbstractLaw(ABC):
    """A law adds parameters to the one that it rules."""

    @abstractmethod
    def columns(self, name: str, sets: Sequence[DataSet]) -> tuple[list[Variable], Array]:
        """Return further parameters, and what multiplies them in u, shape (sets, parameters)."""


@final
@dataclass(frozen=True)
class SharedLaw(AbstractLaw):
    """One value for all data sets."""

    def columns(self, name: str, sets: Sequence[DataSet]) -> tuple[list[Variable], Array]:
        """Return nothing further."""
        del name
        return [], np.zeros((len(sets), 0))


@final
@dataclass(frozen=True)
class Own(AbstractLaw):
    """A value for each data set."""

    def columns(self, name: str, sets: Sequence[DataSet]) -> tuple[list[Variable], Array]:
        """Return nothing further; the parameter itself is repeated."""
        del name
        return [], np.zeros((len(sets), 0))


@final
@dataclass(frozen=True)
class ArrheniusLaw(AbstractLaw):
    """A rate constant at a reference temperature, and an activation energy in kJ/mol.

    Args:
        at: The reference temperature, such as "60 degC".
    """

    at: str

    def columns(self, name: str, sets: Sequence[DataSet]) -> tuple[list[Variable], Array]:
        """Return Ea and −(1/T − 1/T_ref)/R in mol/kJ."""
        reference = kelvin(self.at)
        if lost := [one.label for one in sets if not one.temperature]:
            what = f"the data set '{lost[0]}' has no temperature, which {name} depends on"
            raise FitError(Problem(what, 'Write DataSet(…, temperature="60 degC")'))
        inverse = np.array([1.0 / kelvin(one.temperature) for one in sets])
        bounds = (-LARGEST_ENERGY, LARGEST_ENERGY)
        energy = Variable(_with("Ea", name), "kJ/mol", False, bounds, (20.0, 140.0), 20.0, 4)
        return [energy], (-1e3 / GAS_CONSTANT * (inverse - 1.0 / reference))[:, None]


@final
@dataclass(frozen=True)
class DosePower(AbstractLaw):
    """A rate constant proportional to a power of a dose.

    Args:
        dose: Name of the dose.
        reference: The dose at which k is reported, in the unit of the doses.
    """

    dose: str
    reference: float = 1.0

    def columns(self, name: str, sets: Sequence[DataSet]) -> tuple[list[Variable], Array]:
        """Return the power n and ln(dose/reference)."""
        if not 0 < self.reference < math.inf:
            what = f"{self.reference:g} is no dose to report {name} at"
            raise FitError(Problem(what, "Give one above zero"))
        for one in sets:
            if self.dose not in one.dose:
                problem = unknown_name("dose", self.dose, one.dose, f"data set '{one.label}'")
                raise FitError(problem)
            if not one.dose[self.dose] > 0:
                what = f"the dose {self.dose} of '{one.label}' is not above zero"
                raise FitError(Problem(what, "A power law needs doses above zero"))
        bounds = (-LARGEST_POWER, LARGEST_POWER)
        power = Variable(_with("n", name), "1", False, bounds, (-1.0, 2.0), 0.5, 4)
        return [power], np.array([[math.log(one.dose[self.dose] / self.reference)] for one in sets])


def _with(symbol: str, name: str) -> str:
    """Return "Ea" for k, "Ea1" for k1, "Ea_lag" for the lag."""
    rest = name.removeprefix("k")
    return f"{symbol}{rest}" if name.startswith("k") else f"{symbol}_{name}"


def kelvin(text: str) -> float:
    """Return a temperature in K.

    Raises:
        QuantityError: It is no temperature, or none above absolute zero.
    """
    found = parse(text).require("K").si
    if found <= 0:
        raise QuantityError(f"{text} is not above absolute zero", "Give a temperature")
    return found


def shared_parameters(
    kinetics: AbstractKinetics,
    sets: Sequence[DataSet],
    laws: Mapping[str, AbstractLaw | tuple[AbstractLaw, ...]],
    clock: Clock,
) -> tuple[list[Variable], dict[str, Array]]:
    """Return what is fitted, and for each parameter of the scheme X, shape (sets, fitted).

    Args:
        kinetics: The scheme.
        sets: The data sets.
        laws: By parameter, how it follows from temperature and doses.
        clock: What the times of all allow one to see.

    Raises:
        FitError: A law rules a parameter that the scheme has not.
    """
    for name in laws:
        if name not in kinetics.names:
            raise FitError(unknown_name("parameter", name, kinetics.names))
    fitted: list[Variable] = []
    pieces: dict[str, tuple[int, Array]] = {}
    for variable in kinetics.variables(clock):
        law = laws.get(variable.name, SharedLaw())
        parts = law if isinstance(law, tuple) else (law,)
        further = [part.columns(variable.name, sets) for part in parts]
        if any(isinstance(part, Own) for part in parts):
            own = [replace(variable, name=f"{variable.name} ({one.label})") for one in sets]
            matrix = np.eye(len(sets))
        else:
            # A lag that follows a law is searched as its logarithm.
            own = [_as_logarithm(variable) if _ruled(parts) else variable]
            matrix = np.ones((len(sets), 1))
        sign = 1.0 if variable.logarithmic else -1.0
        matrix = np.hstack((matrix, *(sign * columns for _, columns in further)))
        pieces[variable.name] = (len(fitted), matrix)
        fitted += [*own, *(v for variables, _ in further for v in variables)]
    rows = {}
    for name, (first, matrix) in pieces.items():
        rows[name] = np.zeros((len(sets), len(fitted)))
        rows[name][:, first : first + matrix.shape[1]] = matrix
    return fitted, rows


def _ruled(parts: tuple[AbstractLaw, ...]) -> bool:
    return any(isinstance(part, ArrheniusLaw | DosePower) for part in parts)


def _as_logarithm(variable: Variable) -> Variable:
    if variable.logarithmic:
        return variable
    high = math.log(variable.bounds[1])
    bounds, grid = (high - 25.0, high), (high - 4.0, high - 0.4)
    return replace(variable, logarithmic=True, bounds=bounds, grid=grid, size=1.0)
