"""What is fitted: data sets, what was done to each, and the parameters that they share.

Each :class:`DataSet` says what was different: temperature, doses, starting concentration, dilution,
a lag that is known. How parameters follow from that is said by laws (:mod:`prenuc.infer.laws`). One
trace is the case of one data set with one wavelength.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import FitError, Problem, unknown_name
from prenuc.infer.kinetics import Network
from prenuc.infer.laws import AbstractLaw, Arrhenius, DosePower, Own, Shared
from prenuc.infer.noise import rotate
from prenuc.infer.nonlinear import Exponentials
from prenuc.infer.profiles import AbstractKinetics, Clock, Lagged, Variable
from prenuc.infer.stack import Member, Stack
from prenuc.observe.series import SpectrumSeries, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Laws = Mapping[str, AbstractLaw | tuple[AbstractLaw, ...]]

LARGEST = 1e100  # beyond it squares overflow
NEW = 1e-6  # a column is new if this share of it lies outside the others


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


@dataclass(frozen=True)
class Question:
    """What is to be fitted to what.

    Args:
        sets: The data sets, labelled.
        kinetics: The scheme.
        stack: Their columns, not yet weighted.
        data: The rotated spectra of each, shape (m, n) (:func:`prenuc.infer.noise.rotate`).
        known: The rotated known spectra, shape (rows, n).
        whole: Whether all species absorb.
    """

    sets: tuple[DataSet, ...]
    kinetics: AbstractKinetics
    stack: Stack
    data: tuple[Array, ...]
    known: Array
    whole: bool

    @property
    def clock(self) -> Clock:
        """What the times of all data sets allow one to see."""
        return clock_of(self.sets)

    @property
    def alone(self) -> bool:
        """Whether there is one data set, of which nothing is known."""
        return len(self.sets) == 1 and not len(self.known) and not self.stack.shift


def question(
    data: Sequence[DataSet],
    kinetics: AbstractKinetics,
    *,
    absorbing: Sequence[int] | None = None,
    laws: Laws | None = None,
    shift: int = 0,
    shared_spectra: bool = True,
    known: Mapping[str, Array] | None = None,
) -> Question:
    """Return data sets with one scheme, stacked.

    Args:
        data: The data sets.
        kinetics: The scheme.
        absorbing: Which species absorb, by their place in the scheme; all if None.
        laws: By parameter, how it follows from temperature and doses; shared by all if not named.
        shift: Order of the polynomial by which the product's band moves as it grows; 0 if it
            stands still.
        shared_spectra: Whether species have the same spectra in all data sets.
        known: Spectra of species that are known, by name, shape (n,).

    Raises:
        FitError: The data sets cannot be fitted together; all problems at once.
    """
    sets = tuple(replace(one, label=one.label or f"set {i + 1}") for i, one in enumerate(data))
    check_sets(sets, kinetics, shared=shared_spectra)
    fitted, rows = _fitted(kinetics, sets, laws or {})
    picks = _picks(kinetics, sets, absorbing)
    whole = absorbing is None or len({*absorbing}) == len(kinetics.species)
    members = tuple(
        _member(kinetics, one, rows, index, len(fitted), picks) for index, one in enumerate(sets)
    )
    absorbers = [kinetics.species[pick] for pick in picks]
    held = np.array([[name == s for s in absorbers] for name in known or {}], dtype=float)
    if len(held):
        if not shared_spectra:
            what = "known spectra need spectra that all data sets share"
            raise FitError(Problem(what, "Leave out shared_spectra=False"))
        held = np.hstack((held, np.zeros((len(held), shift))))
    if len(members) == 1 and whole:
        members = (_plain(members[0]),)
    ones = np.ones(sum(len(member.time) for member in members) + len(held))
    stack = Stack(kinetics.scheme, members, tuple(fitted), shared_spectra, shift, held, ones)
    asked = Question(
        sets, kinetics, stack, (), _known(kinetics, known or {}, sets[0].series), whole
    )
    spectra = [filled(one.series.time, one.series.absorbance) for one in sets]
    return replace(asked, data=tuple(rotate(leveled(one, asked)) for one in spectra))


def leveled(spectra: Array, asked: Question) -> Array:
    """Return spectra, shape (m, n), less their mean where it lies within the fit.

    A constant spectrum does where all species absorb; less is then lost to rounding.
    """
    inside = asked.alone and asked.whole and asked.kinetics.closed and spectra.shape[1] > 1
    return spectra - spectra.mean(axis=0) if inside else spectra


def filled(time: Array, spectra: Array) -> Array:
    """Return spectra, shape (m, n), with readings that are missing interpolated in time."""
    seen = np.isfinite(spectra)
    if np.all(seen):
        return spectra
    found = spectra.copy()
    for j in np.flatnonzero(~np.all(seen, axis=0)):
        there = seen[:, j]
        found[:, j] = np.interp(time, time[there], spectra[there, j])
    return found


def check_sets(sets: Sequence[DataSet], kinetics: AbstractKinetics, *, shared: bool) -> None:
    """Refuse data sets that cannot be fitted, all problems at once.

    Raises:
        FitError: Says which, and how to mend it.
    """
    if not sets:
        raise FitError(Problem("there are no data sets", "Give DataSet(data=…)"))
    first = sets[0].series
    problems = [problem for one in sets for problem in _unusable(one, kinetics, len(sets) > 1)]
    for one in sets:
        series = one.series
        if series.time_unit != first.time_unit:
            what = f"times are in {series.time_unit}, those of '{sets[0].label}' in "
            problems.append(Problem(what + first.time_unit, "Convert them", where=one.label))
        if shared and not np.array_equal(series.wavelength, first.wavelength):
            what = f"the wavelengths differ from those of '{sets[0].label}'"
            mend = "Interpolate them, or fit with shared_spectra=False"
            problems.append(Problem(what, mend, where=one.label))
    labels = [one.label for one in sets]
    if len({*labels}) < len(labels):
        problems.append(Problem("two data sets have the same label", "Rename one of them"))
    if problems:
        raise FitError(problems)


def _unusable(one: DataSet, kinetics: AbstractKinetics, several: bool) -> list[Problem]:
    """Return what is wrong with one data set."""
    series, trace = one.series, isinstance(one.data, Trace)
    what, where = ("points", "the trace") if trace else ("spectra", "the spectra")
    labels = [f"point {i + 1}" if trace else f"the spectrum '{n}'" for i, n in
              enumerate(series.labels)]  # fmt: skip
    found = []
    lost = ~np.isfinite(series.time)
    if np.any(lost):
        first = labels[int(np.flatnonzero(lost)[0])]
        found.append(Problem(f"{first} has no time", "Give it one, or leave it out"))
    elif np.any(np.diff(series.time) <= 0):
        late = labels[int(np.flatnonzero(np.diff(series.time) <= 0)[0]) + 1]
        told = f"the times of {where} do not ascend at {late}"
        found.append(Problem(told, f"Sort the {what} by time and merge those of equal time"))
    values = series.absorbance[np.isfinite(series.absorbance)]
    if np.any(np.isinf(series.absorbance)):
        row = int(np.argwhere(np.isinf(series.absorbance))[0][0])
        found.append(Problem(f"{labels[row]} holds a value that is infinite", "Remove it"))
    elif values.size and np.max(np.abs(values)) > LARGEST:
        found.append(Problem(f"the signal exceeds {LARGEST:g}", "Check its unit"))
    fewest = len(kinetics.names) + len(kinetics.species) + 1
    if len(series) < fewest or series.absorbance.shape[1] < 1:
        told = f"{len(series)} {what} are too few for '{kinetics.scheme}'"
        found.append(Problem(told, f"Give at least {fewest}"))
    elif trace and values.size and np.ptp(values) == 0:
        found.append(Problem("the signal never changes", "Read it at another wavelength"))
    if not one.initial > 0:
        found.append(Problem("the starting concentration is not above zero"))
    return [replace(problem, where=one.label) for problem in found] if several else found


def clock_of(sets: Sequence[DataSet]) -> Clock:
    """Return the longest span and the shortest gap of all data sets."""
    clocks = [Clock.of(one.series.time) for one in sets]
    span, gap = max(clock.span for clock in clocks), min(clock.gap for clock in clocks)
    return Clock(span, gap, sets[0].series.time_unit)


def _picks(
    kinetics: AbstractKinetics, sets: Sequence[DataSet], absorbing: Sequence[int] | None
) -> tuple[int, ...]:
    """Return the species whose columns are used.

    Of a single signal those that can be told apart, the last and the first species before others.
    """
    count = len(kinetics.species)
    chosen = range(count) if absorbing is None else sorted({*absorbing})
    alone = len(sets) == 1 and isinstance(sets[0].data, Trace)
    if not alone or isinstance(kinetics, Exponentials):
        return tuple(chosen)
    ends = [place for place in (0, count - 1) if place in chosen]
    order = [*ends, *(place for place in chosen if place not in ends)]
    time = sets[0].series.time
    middle = Clock.of(time, sets[0].series.time_unit)
    u = np.array([0.6 * sum(v.grid) - 0.1 * v.grid[0] for v in kinetics.variables(middle)])
    columns, _ = kinetics.concentrations(time, kinetics.decode(u)[0])
    kept: list[int] = []
    for pick in order:
        others, column = columns[:, kept], columns[:, pick]
        rest = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        if np.linalg.norm(rest) > NEW * np.linalg.norm(column):
            kept.append(pick)
    return tuple(kept)


def _fitted(
    kinetics: AbstractKinetics, sets: Sequence[DataSet], laws: Laws
) -> tuple[list[Variable], dict[str, Array]]:
    """Return what is fitted, and for each parameter of the scheme X, shape (sets, fitted)."""
    for name in laws:
        if name not in kinetics.names:
            raise FitError(unknown_name("parameter", name, kinetics.names))
    fitted: list[Variable] = []
    pieces: dict[str, tuple[int, Array]] = {}
    for variable in kinetics.variables(clock_of(sets)):
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
    rows: Mapping[str, Array],
    index: int,
    count: int,
    picks: tuple[int, ...],
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
        if name == "lag" and not exponent[p]:
            exponent[p] = bool(np.any((rows[name] != 0) & (rows[name] != 1)))
            if one.lag is not None:
                matrix[p], origin[p], exponent[p] = 0.0, one.lag, False
    if one.lag is not None and "lag" not in kinetics.names:
        time = time - one.lag
    return Member(kinetics, time, weight, origin, matrix, exponent, one.background, picks)


def _plain(member: Member) -> Member:
    """Return one data set without what changes nothing where all species absorb.

    A constant lies within columns that add up to one; and sums of exponentials with free
    amplitudes span the same curves from any origin of time.
    """
    kinetics, time = member.kinetics, member.time
    if isinstance(kinetics, Network) and all(step.count == 1 for step in kinetics.steps):
        time = time - max(float(time[0]), 0.0)
    return replace(member, time=time, background=member.background and not kinetics.closed)


def _known(kinetics: AbstractKinetics, known: Mapping[str, Array], series: SpectrumSeries) -> Array:
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
