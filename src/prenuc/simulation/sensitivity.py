"""Which numbers of a mechanism a parameter moves, and by how much.

A parameter is a constant by name. The mechanism is written with a little less and with a little
more of it (:meth:`Mechanism.with_constants`), and the difference of the compiled arrays, rate
constants by their logarithms, says what it does; so any number that a mechanism is built from can
be a parameter, as long as it does not change which reactions there are. The tangents of the
solution follow from it exactly (``native/tangents.hpp``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, MechanismError, Problem
from prenuc.mechanism.constants import no_constant
from prenuc.simulation.compiling import network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prenuc.arrays import Array, Indices
    from prenuc.mechanism.mechanism import Mechanism
    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.seeds import Seeds

STEP = 1e-5  # of a parameter; the arrays are smooth in it, so the error is of order 1e-10


@dataclass(frozen=True)
class _Sides:
    """A mechanism with a little less and a little more of a constant.

    Args:
        below: The mechanism with less of it.
        above: The mechanism with more of it.
        span: The difference of the constant between them, in SI.
    """

    below: Mechanism
    above: Mechanism
    span: float


def _sides(mechanism: Mechanism, name: str) -> _Sides:
    """Return both sides of a constant; one that is zero is moved by :data:`STEP` of its unit."""
    value = mechanism.constants[name]
    number = value.quantity.number
    move = STEP * abs(number) or STEP
    less, more = (
        replace(value, quantity=replace(value.quantity, number=number + step, digits=""))
        for step in (-move, move)
    )
    below, above = (mechanism.with_constants({name: end}) for end in (less, more))
    return _Sides(below, above, more.si - less.si)


@dataclass(frozen=True)
class Prepared:
    """Parameters of a compiled mechanism, for many runs.

    Args:
        parameters: Their names.
        seeds: What each does to the arrays.
        start: What each does to the mechanism's own start in mol/m³ per unit, shape (n, P).
    """

    parameters: tuple[str, ...]
    seeds: Seeds
    start: Array


def prepared(network: Network, parameters: Sequence[str] | Prepared) -> Prepared:
    """Return parameters ready for runs of a network.

    Tangents are per unit of a constant in SI.

    Args:
        network: A compiled mechanism.
        parameters: Names of its constants.

    Raises:
        InputError: There is no such constant, or it changes the reactions or the class of a
            nucleus; all at once.
    """
    if isinstance(parameters, Prepared):
        return parameters
    mechanism = network.mechanism
    known = mechanism.constants
    unknown = [no_constant(name, known) for name in parameters if name not in known]
    if unknown:
        raise MechanismError(unknown)
    sides = {name: _sides(mechanism, name) for name in parameters}
    start = np.zeros((len(network.names), len(sides)))
    for column, one in enumerate(sides.values()):
        for row, name in enumerate(network.names):
            more, less = one.above.initial.get(name, 0.0), one.below.initial.get(name, 0.0)
            start[row, column] = (more - less) / one.span
    return Prepared(tuple(sides), _seeds(network, sides), start)


@dataclass(frozen=True)
class Tangents:
    """Tangents at the start of a stretch, and what moves them on.

    Args:
        seeds: What every parameter does to the arrays.
        components: Of every component, mol/m³ per unit of the parameter, shape (n, P).
        dots: Of size classes, likewise, shape (classes or fewer, P); those beyond have none.
    """

    seeds: Seeds
    components: Array
    dots: Array


def _seeds(network: Network, sides: Mapping[str, _Sides]) -> Seeds:
    """Return what every parameter does to the arrays of a network.

    Raises:
        InputError: A parameter changes the reactions or the class of a nucleus.
    """
    ends = [
        (network_of(one.below, network.names), network_of(one.above, network.names))
        for one in sides.values()
    ]
    problems = [
        Problem(
            f"'{name}' changes the reactions or the class of a nucleus",
            "Leave it out of the sensitivities",
        )
        for name, pair in zip(sides, ends, strict=True)
        if not all(_same_shape(network, end) for end in pair)
    ]
    if problems:
        raise InputError(problems)
    return _entries(network, ends, np.array([one.span for one in sides.values()]))


def _entries(network: Network, ends: Sequence[tuple[Network, Network]], spans: Array) -> Seeds:
    """Return the differences between the two ends of every parameter as lists of what moves."""
    from prenuc.simulation.kernels.seeds import CONSTANT, Seeds

    def slope(of: Callable[[Network], Array | float]) -> Array:
        columns = [
            (np.asarray(of(above)) - np.asarray(of(below))) / span
            for span, (below, above) in zip(spans, ends, strict=True)
        ]
        none = np.zeros((*np.shape(of(network)), 0))
        return np.ascontiguousarray(np.stack(columns, axis=-1)) if columns else none

    def listed(*slopes: Array) -> tuple[Indices, ...]:
        moved = np.any([slope != 0 for slope in slopes], axis=0)
        return tuple(index.astype(np.int64) for index in np.nonzero(moved))

    constant = slope(lambda n: np.where(np.isfinite(n.constant), n.constant, 0.0))
    energy, anchor = slope(lambda n: n.energy), slope(lambda n: n.anchor)
    scale, number = slope(_pool_logarithms), slope(lambda n: n.flat.number)
    order, barrier = slope(lambda n: n.flat.order), slope(lambda n: n.flat.barrier)
    reaction, by = listed(constant, energy, anchor)
    factor, factor_by = listed(scale, order, barrier)
    place, number_by = listed(number)
    owner = np.repeat(np.arange(len(constant)), np.diff(network.flat.factors))
    changing = np.repeat(np.arange(len(constant)), np.diff(network.flat.changes))
    of_constants, of_factors = np.zeros(len(reaction)), np.zeros(len(factor))
    moved, parameter = np.concatenate((reaction, owner[factor])), np.concatenate((by, factor_by))
    inside = np.flatnonzero(changing < network.classes.first)
    pushing, pushes = np.nonzero(moved[:, None] == changing[inside])  # views of one array
    return Seeds(
        reaction=moved,
        factor=np.concatenate((np.full(len(reaction), CONSTANT), factor)),
        parameter=parameter,
        constant=np.concatenate((constant[reaction, by], of_factors)),
        energy=np.concatenate((energy[reaction, by], of_factors)),
        anchor=np.concatenate((anchor[reaction, by], of_factors)),
        scale=np.concatenate((of_constants, scale[factor, factor_by])),
        order=np.concatenate((of_constants, order[factor, factor_by])),
        barrier=np.concatenate((of_constants, barrier[factor, factor_by])),
        pushed=network.flat.changed[inside[pushes]] * len(spans) + parameter[pushing],
        pushing=np.ascontiguousarray(pushing),
        push=network.flat.number[inside[pushes]],
        number=place,
        number_reaction=changing[place],
        number_parameter=number_by,
        number_value=number[place, number_by],
        share=slope(lambda n: n.classes.share),
        capillarity=slope(lambda n: n.classes.capillarity),
    )


def _pool_logarithms(network: Network) -> Array:
    """Return ln of the first weight of every pool; its scale moves all of them alike."""
    flat = network.flat
    logarithms: Array = np.log(np.abs(flat.weight[flat.pools[:-1]]))
    return logarithms


def _same_shape(one: Network, other: Network) -> bool:
    """Return whether two networks differ in numbers alone, and in those that tangents know."""
    a, b = one.flat, other.flat
    alike = ("factors", "kind", "pools", "member", "changes", "changed", "largest")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in alike) and (
        _same_classes(one.classes, other.classes)
    )


def _same_classes(one: ClassArrays, other: ClassArrays) -> bool:
    alike = ("units", "alpha", "lower", "sources", "group")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in alike)
