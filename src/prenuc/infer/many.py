"""Fit one scheme to many data sets at once, with parameters shared among them.

Each :class:`DataSet` says what was different: temperature, doses, starting concentration, dilution,
a lag that is known. How parameters follow from that is said by laws (:mod:`prenuc.infer.laws`); how
the fit is done stands in :mod:`prenuc.infer.stack` and :mod:`prenuc.infer.joint`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem, unknown_name
from prenuc.infer.joint import solve
from prenuc.infer.kinetics import Network
from prenuc.infer.laws import AbstractLaw, Arrhenius, DosePower, Own, Shared
from prenuc.infer.many_fit import ManyFit, answer
from prenuc.infer.noise import rotate
from prenuc.infer.profiles import AbstractKinetics, Clock, Lagged, Variable
from prenuc.infer.scheme import parse
from prenuc.infer.stack import Member, Stack
from prenuc.infer.starts import check_start
from prenuc.observe.series import SpectrumSeries, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Laws = Mapping[str, AbstractLaw | tuple[AbstractLaw, ...]]

__all__ = [
    "AbstractLaw",
    "Arrhenius",
    "DataSet",
    "Dilution",
    "DosePower",
    "ManyFit",
    "Own",
    "Shared",
    "fit_many",
]


@dataclass(frozen=True)
class Dilution:
    """What is measured was diluted.

    Args:
        factor: Volume after over volume before; above 1.
        at: Time of the dilution, in the data's unit; None if every sample was diluted.
    """

    factor: float
    at: float | None = None


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Spectra or a trace, and what was done.

    Args:
        data: The measurement.
        label: Its name; made from its place when empty.
        temperature: Such as "60 degC".
        dose: Amounts of what was added, by name, in one unit for all data sets.
        initial: Starting concentration of the first species, in one unit for all data sets; rate
            constants of higher order come in its inverse.
        dilution: A dilution, or several.
        lag: The lag where it is known, in the data's unit of time.
        background: Whether a static background of unknown shape lies under it.
    """

    data: SpectrumSeries | Trace
    label: str = ""
    temperature: str = ""
    dose: Mapping[str, float] = field(default_factory=dict)
    initial: float = 1.0
    dilution: Dilution | Sequence[Dilution] = ()
    lag: float | None = None
    background: bool = True

    @property
    def series(self) -> SpectrumSeries:
        """The data as spectra; a trace has one wavelength."""
        if isinstance(self.data, SpectrumSeries):
            return self.data
        trace = self.data
        return SpectrumSeries(
            np.zeros(1), trace.time, trace.value[:, None], (), trace.time_unit, trace.name
        )


def fit_many(
    data: Sequence[DataSet],
    scheme: str,
    *,
    laws: Laws | None = None,
    shift: int = 0,
    shared_spectra: bool = True,
    known: Mapping[str, NDArray[np.float64]] | None = None,
    start: Mapping[str, float] | None = None,
) -> ManyFit:
    """Fit one scheme to many data sets.

    Args:
        data: The data sets.
        scheme: What happens (:mod:`prenuc.infer.scheme`).
        laws: By parameter, how it follows from temperature and doses; shared by all if not named.
        shift: Order of the polynomial by which the product's band moves as it grows; 0 if it
            stands still, 2 for a move of up to half its width.
        shared_spectra: Whether species have the same spectra in all data sets.
        known: Spectra of species that are known, by name, shape (n,).
        start: Starting values by name; none are needed.

    Raises:
        FitError: The data sets cannot be fitted together; all problems at once.
    """
    sets = [replace(one, label=one.label or f"set {i + 1}") for i, one in enumerate(data)]
    _check(sets, shared_spectra)
    kinetics = parse(scheme, sets[0].series.time_unit)
    fitted, rows = _fitted(kinetics, sets, laws or {})
    check_start(start or {}, [variable.name for variable in fitted])
    spectra = _known(kinetics, known or {}, sets[0].series)
    members = tuple(
        _member(kinetics, one, rows, index, len(fitted)) for index, one in enumerate(sets)
    )
    held = np.array([[name == s for s in kinetics.species] for name in known or {}], dtype=float)
    total = sum(len(member.time) for member in members) + len(held)
    if not shared_spectra and len(held):
        what = "known spectra need spectra that all data sets share"
        raise FitError(Problem(what, "Leave out shared_spectra=False"))
    held = np.hstack((held, np.zeros((len(held), shift)))) if len(held) else held
    stack = Stack(
        kinetics.scheme, members, tuple(fitted), shared_spectra, shift, held, np.ones(total)
    )
    found = solve(stack, [rotate(one.series.absorbance) for one in sets], spectra, start or {})
    return answer(found, kinetics, sets)


def _check(sets: Sequence[DataSet], shared: bool) -> None:
    problems = []
    if not sets:
        raise FitError(Problem("there are no data sets", "Give DataSet(data=…)"))
    first = sets[0].series
    for one in sets:
        series = one.series
        if not (np.all(np.isfinite(series.time)) and np.all(np.isfinite(series.absorbance))):
            problems.append(Problem("a time or a value is not a number", where=one.label))
        elif np.any(np.diff(series.time) <= 0) or len(series) < 6:
            what = "there are fewer than 6 times, or they do not ascend"
            problems.append(Problem(what, where=one.label))
        if series.time_unit != first.time_unit:
            what = f"times are in {series.time_unit}, those of '{sets[0].label}' in "
            problems.append(Problem(what + first.time_unit, "Convert them", where=one.label))
        if shared and not np.array_equal(series.wavelength, first.wavelength):
            what = f"the wavelengths differ from those of '{sets[0].label}'"
            mend = "Interpolate them, or fit with shared_spectra=False"
            problems.append(Problem(what, mend, where=one.label))
        if not one.initial > 0:
            what = "the starting concentration is not above zero"
            problems.append(Problem(what, where=one.label))
    labels = [one.label for one in sets]
    if len({*labels}) < len(labels):
        problems.append(Problem("two data sets have the same label", "Rename one of them"))
    if problems:
        raise FitError(problems)


def _fitted(
    kinetics: AbstractKinetics, sets: Sequence[DataSet], laws: Laws
) -> tuple[list[Variable], dict[str, NDArray[np.float64]]]:
    """Return what is fitted, and for each parameter of the scheme X, shape (sets, fitted)."""
    for name in laws:
        if name not in kinetics.names:
            raise FitError(unknown_name("parameter", name, kinetics.names))
    times = [one.series.time for one in sets]
    gap = min(Clock.of(time).gap for time in times)
    clock = Clock(max(Clock.of(time).span for time in times), gap, sets[0].series.time_unit)
    fitted: list[Variable] = []
    pieces: dict[str, tuple[int, NDArray[np.float64]]] = {}
    for variable in kinetics.variables(clock):
        law = laws.get(variable.name, Shared())
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
    return any(isinstance(part, Arrhenius | DosePower) for part in parts)


def _as_logarithm(variable: Variable) -> Variable:
    if variable.logarithmic:
        return variable
    high = math.log(variable.bounds[1])
    bounds, grid = (high - 25.0, high), (high - 4.0, high - 0.4)
    return replace(variable, logarithmic=True, bounds=bounds, grid=grid, size=1.0)


def _member(
    kinetics: AbstractKinetics,
    one: DataSet,
    rows: Mapping[str, NDArray[np.float64]],
    index: int,
    count: int,
) -> Member:
    """Return one data set of the stack."""
    time, weight = one.series.time, np.full(len(one.series), one.initial)
    dilutions = (one.dilution,) if isinstance(one.dilution, Dilution) else tuple(one.dilution)
    inner = kinetics.inner if isinstance(kinetics, Lagged) else kinetics
    for dilution in dilutions:
        if dilution.at is not None and not isinstance(inner, Network):
            what = "a dilution on the way changes the rates of all but first-order steps"
            mend = "Split the data at the dilution, or fit up to it"
            raise FitError(Problem(what, mend, where=one.label))
        late = True if dilution.at is None else time >= dilution.at
        weight = np.where(late, weight / dilution.factor, weight)
    origin, matrix = np.zeros(len(kinetics.names)), np.zeros((len(kinetics.names), count))
    exponent = kinetics.logarithmic.copy()
    for p, (name, order) in enumerate(zip(kinetics.names, kinetics.orders, strict=True)):
        matrix[p] = rows[name][index]
        origin[p] = order * math.log(one.initial)
        if name == "lag":
            exponent[p] = bool(np.any((rows[name] != 0) & (rows[name] != 1)))
            if one.lag is not None:
                matrix[p], origin[p], exponent[p] = 0.0, one.lag, False
    if one.lag is not None and "lag" not in kinetics.names:
        time = time - one.lag
    return Member(kinetics, time, weight, origin, matrix, exponent, one.background)


def _known(
    kinetics: AbstractKinetics, known: Mapping[str, NDArray[np.float64]], series: SpectrumSeries
) -> NDArray[np.float64]:
    """Return the rotated known spectra, shape (rows, n)."""
    for name, spectrum in known.items():
        if name not in kinetics.species:
            raise FitError(unknown_name("species", name, kinetics.species))
        if np.shape(spectrum) != series.wavelength.shape:
            what = f"the known spectrum of {name} has {np.size(spectrum)} values"
            raise FitError(Problem(what, f"Give {len(series.wavelength)}, as the data have"))
    if not known:
        return np.zeros((0, len(series.wavelength)))
    return rotate(np.array(list(known.values()), dtype=float))
