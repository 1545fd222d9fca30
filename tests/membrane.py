"""Two vessels with the same mechanism in one, and a membrane between them, as a mechanism.

What the second vessel holds has a prime. The membrane lets through what it is told, both ways
alike: c, or of what binds ligands what is bare, so that it is at rest where potentials are equal.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from prenuc.mechanism.binding import sites_of
from prenuc.mechanism.mechanism import Mechanism
from prenuc.mechanism.population import QuantumDotMoments
from prenuc.mechanism.reaction import Arrhenius, Power, Reaction

PRIME = "′"


def other(name):
    return f"{name}{PRIME}" if name else name


def _factor(factor):
    return replace(factor, pool={other(name): w for name, w in factor.pool.items()})


def _reaction(one):
    changes = {other(name): nu for name, nu in one.stoichiometry.items()}
    factors = tuple(_factor(factor) for factor in one.factors)
    return replace(
        one,
        name=_renamed(one.name),
        stoichiometry=changes,
        factors=factors,
        back_of=other(one.back_of),
    )


def _renamed(name):
    """Return the name of a reaction; of a term of a balance, with the primes where they belong."""
    for word in (" in all", " of all"):
        if name.endswith(word):
            return other(name.removesuffix(word)) + word
    return other(name)


def _sizes(one):
    moments = QuantumDotMoments(*(other(getattr(one.moments, f.name)) for f in fields(one.moments)))
    return replace(
        one,
        attachment=tuple(map(_reaction, one.attachment)),
        detachment=tuple(map(_reaction, one.detachment)),
        nuclei={other(name): size for name, size in one.nuclei.items()},
        profiles={other(name): profile for name, profile in one.profiles.items()},
        cover=other(one.cover),
        surface=other(one.surface),
        moments=moments,
    )


def through(mechanism, name, k):
    """Return the two ways of a component through the membrane."""
    bare = [
        Power({q: 1.0}, -hosts[name])
        for q, hosts in sites_of(mechanism.balances).items()
        if name in hosts
    ]
    there = Reaction(
        f"{name} through", {name: -1.0, other(name): 1.0}, Arrhenius(k), (Power({name: 1.0}), *bare)
    )
    back = _reaction(there)
    back = replace(back, stoichiometry={name: 1.0, other(name): -1.0}, back_of=there.name)
    return there, back


def joined(mechanism, permeable, k=1e3):
    """Return both vessels and the membrane; k in 1/s for equal volumes."""
    parts = mechanism.components
    membrane = [way for name in permeable for way in through(mechanism, name, k)]
    return Mechanism(
        f"{mechanism.name} twice",
        {**parts, **{other(n): replace(one, name=other(n)) for n, one in parts.items()}},
        (*mechanism.reactions, *map(_reaction, mechanism.reactions), *membrane),
        material=mechanism.material,
        populations=(*mechanism.populations, *map(_sizes, mechanism.populations)),
        balances=(*mechanism.balances, *map(_reaction, mechanism.balances)),
    )


def side_by_side(one, two):
    """Return the dots of both vessels, one class of each after the other."""
    return np.stack((one, two), axis=1).reshape(-1)
