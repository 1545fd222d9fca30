"""A mechanism as arrays, where what depends on its structure alone is worked out once.

Variants of one mechanism (:meth:`Mechanism.with_constants`) share a store of the last networks that
were compiled. Another with the same factors in its laws takes everything over but the rate
constants, and one with other factors (a half-value, an order) the conserved sums. The arrays are to
the last bit those that compiling from scratch gives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prenuc.conditions import GAS_CONSTANT
from prenuc.errors import MechanismError, Problem
from prenuc.facts.catalogue import entries
from prenuc.simulation.kernels.network import Network, compile_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prenuc.arrays import Array
    from prenuc.mechanism.mechanism import Mechanism

KEPT = 2  # networks in a store: of the usual factors, and of those that are looked at now


def network_of(mechanism: Mechanism, names: Sequence[str]) -> Network:
    """Return the arrays of a mechanism, those of its structure shared with its variants.

    Args:
        mechanism: What could happen.
        names: The components that a solver moves, in their order.
    """
    order = tuple(names)
    known: tuple[Network, ...] = mechanism.shared.get(order) or ()
    for one in known:
        if one.mechanism is mechanism:
            return one
    for one in known:
        if _same_factors(one.mechanism, mechanism):
            return _retuned(one, mechanism)
    fresh = compile_network(mechanism, order)
    if known:
        vars(fresh)["laws"] = known[0].laws
    mechanism.shared.put(order, (fresh, *known[: KEPT - 1]))
    return fresh


def _same_factors(one: Mechanism, other: Mechanism) -> bool:
    """Return whether two variants differ in rate constants alone."""
    pairs = zip(one.all_reactions, other.all_reactions, strict=True)
    return all(a is b or a.factors == b.factors for a, b in pairs)


def _retuned(known: Network, mechanism: Mechanism) -> Network:
    """Return a network with the rate constants of a variant."""
    laws = [reaction.constant for reaction in mechanism.all_reactions]
    energy = np.array([law.energy / GAS_CONSTANT for law in laws])
    anchor = np.array([1.0 / law.at for law in laws])
    tuned = retuned(known, np.array([law.k for law in laws]), energy, anchor, mechanism)
    if "classes" in vars(known) and mechanism.populations:
        gamma = np.array([float(one.capillarity) for one in mechanism.populations])
        sites = np.array([float(one.sites) for one in mechanism.populations])
        vars(tuned)["classes"] = known.classes._replace(capillarity=gamma, sites=sites)
    return tuned


def retuned(
    known: Network, k: Array, energy: Array, anchor: Array, mechanism: Mechanism
) -> Network:
    """Return a network with other rate constants; what has been worked out of it goes along.

    Args:
        known: A compiled mechanism.
        k: Rate constants at their anchors in SI, shape (reactions,).
        energy: Ea/R in K, shape (reactions,).
        anchor: 1/T of the anchors in 1/K, shape (reactions,).
        mechanism: What it is a network of.
    """
    with np.errstate(divide="ignore"):
        constant = np.log(k)
    fresh = replace(known, constant=constant, energy=energy, anchor=anchor, mechanism=mechanism)
    done, kept = vars(known), vars(fresh)
    kept |= {name: done[name] for name in ("plan", "laws", "classes") if name in done}
    if "flat" in done:
        kept["flat"] = known.flat._replace(constant=constant, energy=energy, anchor=anchor)
    return fresh


def compositions(mechanism: Mechanism, names: Sequence[str]) -> list[Mapping[str, float]]:
    """Return the moieties of every component, reagents of the shelf included.

    Args:
        mechanism: What could happen.
        names: Components of it, and reagents.

    Raises:
        MechanismError: A component is declared with another composition than the shelf's.
    """
    shelf, problems, parts = entries("reagents"), [], []
    for name in names:
        component = mechanism.components.get(name)
        stated = component.composition if component is not None else None
        known = shelf[name].composition if name in shelf else None
        if stated is not None and known is not None and dict(stated) != dict(known):
            what = f"{mechanism.name} counts '{name}' as {dict(stated)}, the shelf as {dict(known)}"
            problems.append(Problem(what, "Use the shelf's composition or another name"))
        parts.append(stated if stated is not None else known or {})
    if problems:
        raise MechanismError(problems)
    return parts
