"""Which numbers of a mechanism a parameter moves, and by how much.

A parameter is a constant by name. The mechanism is written with a little less and with a little
more of it (:meth:`Mechanism.with_constants`), and the difference of the compiled arrays, rate
constants by their logarithms, says what it does; so any number that a mechanism is built from can
be a parameter, as long as it does not change which reactions there are. A nucleus of a whole number
of units lies between two ways of sharing it among classes; there the difference is one-sided, to
larger nuclei. The tangents of the solution follow from it exactly (``native/tangents.hpp``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.errors import InputError, MechanismError, Problem
from prenuc.mechanism.constants import no_constant
from prenuc.simulation.compiling import network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prenuc.arrays import Array, Indices
    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.network import Network
    from prenuc.simulation.kernels.seeds import Seeds

STEP = 1e-5  # of a parameter; the arrays are smooth in it, so the error is of order 1e-10
ONE_SIDED = 1e-2  # of that step, where one side is another mechanism: the error is of order 1e-7


@dataclass(frozen=True)
class _Sides:
    """A compiled mechanism with a little less and a little more of a constant.

    Args:
        below: With less of it.
        above: With more of it.
        span: The difference of the constant between them, in SI.
    """

    below: Network
    above: Network
    span: float


def _sides(network: Network, name: str) -> _Sides | None:
    """Return both sides of a constant; None where it changes the reactions.

    One that is zero is moved by :data:`STEP` of its unit.
    """
    mechanism = network.mechanism
    value = mechanism.constants[name]
    number = value.quantity.number
    move = STEP * abs(number) or STEP

    def at(step: float) -> tuple[Network, float]:
        moved = replace(value, quantity=replace(value.quantity, number=number + step, digits=""))
        return network_of(mechanism.with_constants({name: moved}), network.names), moved.si

    (below, least), (above, most) = at(-move), at(move)
    if not _same_shape(network, below):
        (above, most), below, least = at(ONE_SIDED * move), network, value.si
    return _Sides(below, above, most - least) if _same_shape(network, above) else None


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
        MechanismError: There is no such constant; all at once.
        InputError: A constant changes the reactions; all at once.
    """
    if isinstance(parameters, Prepared):
        return parameters
    mechanism = network.mechanism
    known = mechanism.constants
    unknown = [no_constant(name, known) for name in parameters if name not in known]
    if unknown:
        raise MechanismError(unknown)
    sides = _all_sides(network, parameters)
    start = np.zeros((len(network.names), len(sides)))
    for column, one in enumerate(sides.values()):
        start[:, column] = (one.above.initial - one.below.initial) / one.span
    return Prepared(tuple(sides), _entries(network, [*sides.values()]), start)


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


def _all_sides(network: Network, parameters: Sequence[str]) -> dict[str, _Sides]:
    """Return the sides of every parameter.

    Raises:
        InputError: A parameter changes which reactions there are; all at once.
    """
    found, problems = {}, []
    for name in parameters:
        try:
            one = _sides(network, name)
        except MechanismError:  # no mechanism has a little more or less of it
            one = None
        if one is None:
            what, mend = f"'{name}' changes the reactions", "Leave it out of the sensitivities"
            problems.append(Problem(what, mend))
        else:
            found[name] = one
    if problems:
        raise InputError(problems)
    return found


def _entries(network: Network, sides: Sequence[_Sides]) -> Seeds:
    """Return the differences between the two sides of every parameter as lists of what moves."""
    from prenuc.simulation.kernels.seeds import CONSTANT, Seeds

    def slope(of: Callable[[Network], Array | float]) -> Array:
        columns = [
            (np.asarray(of(one.above)) - np.asarray(of(one.below))) / one.span for one in sides
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
        pushed=network.flat.changed[inside[pushes]] * len(sides) + parameter[pushing],
        pushing=np.ascontiguousarray(pushing),
        push=network.flat.number[inside[pushes]],
        number=place,
        number_reaction=changing[place],
        number_parameter=number_by,
        number_value=number[place, number_by],
        share=slope(lambda n: n.classes.share),
        capillarity=slope(lambda n: n.classes.capillarity),
        sites=slope(lambda n: n.classes.sites),
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
    alike = ("units", "alpha", "ladder", "channel", "lower", "sources", "nucleus")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in alike)
