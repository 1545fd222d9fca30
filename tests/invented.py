"""Invented networks of laws that a mechanism in balance is made of, no chemistry of anything."""

from __future__ import annotations

from functools import partial

import numpy as np

from populations import ROOM
from prenuc.facts.source import Source
from prenuc.facts.value import Value
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.binding import Sites, balances, surface_balance
from prenuc.mechanism.population import (
    Between,
    DiffusionLimited,
    QuantumDotMoments,
    SizeClasses,
    SurfaceLimited,
)
from prenuc.mechanism.reaction import Binding, Power, Saturation, mass_action
from prenuc.quantities import Quantity

SIZES = 2, 16
START = {"A": 2.0, "B": 1.5, "P": 1.0, "X": 0.8, "Y": 0.3, "L": 1.2, "K": 0.4}
FREE = {"free L": "L", "free K": "K"}
# Every number that can be a parameter, with its value.
NUMBERS = {
    "k of pairing": 0.4,
    "heat of pairing": 20e3,
    "k of a whole power": 0.3,
    "k of a fraction": 0.2,
    "K of a fraction": 1.7,
    "cover of L": 2.0,
    "heat of cover": 15e3,
    "sites of P": 2.0,
    "k of growth": 0.5,
    "k of uptake": 0.3,
    "k of nuclei": 0.05,
    "nucleus": 3.4,
    "capillarity of a": 0.9 * ROOM,
    "sites of a": 0.7,
    "L in all": 1.2,
}


def laws(n):
    """Return reactions of two terms: mass action, other powers, a catalyst, a ligand that binds."""
    pair, heat = n["k of pairing"], n["heat of pairing"]
    catalyst = Saturation({"K": 1.0}, 0.5)
    bound = Power({"q of P": 1.0}, -n["sites of P"])
    k, equilibrium = n["k of a fraction"], n["K of a fraction"]
    rows = {  # forward x (1 - exp(-affinity/RT)), as two terms that share a catalyst
        "pair": ({"A": -1, "B": -1, "P": 1}, (pair, 40e3), mass_action({"A": 1, "B": 1})),
        "pair back": ({"A": 1, "B": 1, "P": -1}, (pair / 3, 40e3 + heat), mass_action({"P": 1})),
        "turn": ({"X": -1, "Y": 0.3}, (n["k of a whole power"], 50e3), mass_action({"X": 1})),
        "turn back": ({"X": 1, "Y": -0.3}, (0.1, 60e3), mass_action({"Y": 0.3})),
        "root": ({"X": -1, "Y": 1}, (k, 30e3), mass_action({"X": 0.5})),
        "root back": ({"X": 1, "Y": -1}, (k / equilibrium, 35e3), mass_action({"X": -0.5, "Y": 1})),
    }
    extra = {"pair": (catalyst,), "pair back": (catalyst, bound)}
    return tuple(
        Reaction(
            name,
            {part: float(number) for part, number in net.items()},
            Arrhenius(k, 320.0, energy),
            (*orders, *extra.get(name, ())),
        )
        for name, (net, (k, energy), orders) in rows.items()
    )


def bindings(n, *, dots):
    """Return the equations of free ligands: L and K compete on P, L covers the dots of ladder a."""
    strong = Arrhenius(n["cover of L"], 320.0, -n["heat of cover"])
    weak = Arrhenius(0.6, 320.0, -5e3)
    of_p = Sites("q of P", {"P": n["sites of P"]}, {"free L": strong, "free K": weak})
    totals = {free: {total: 1.0} for free, total in FREE.items()}
    if not dots:
        return balances(totals, [of_p])
    area = Sites("q of a", {"surface of a": n["sites of a"]}, {"free L": strong})
    return (*balances(totals, [of_p, area]), surface_balance("surface of a"))


def network(**changed):
    """Return the network alone."""
    n = NUMBERS | {name.replace("_", " "): number for name, number in changed.items()}
    names = [*START, *FREE, "q of P"]
    return Mechanism(
        "network",
        {name: Component(name) for name in names},
        laws(n),
        balances=bindings(n, dots=False),
        initial=START | {"L": n["L in all"]},
    )


def ladders(**changed):
    """Return two ladders: small dots of a grow by A, larger ones by P too; those of b by B."""
    n = NUMBERS | {name.replace("_", " "): number for name, number in changed.items()}
    a, b = (QuantumDotMoments(*(f"{m} of {x}" for m in ("n", "l", "s", "QD"))) for x in "ab")
    nucleus = n["nucleus"]
    nuclei = (
        nucleation("seed a", {"A": -nucleus, a.units: nucleus}, n["k of nuclei"]),
        nucleation("seed b", {"B": -3.0, b.units: 3.0}, 0.04),
    )
    dots_a = SizeClasses(
        attachment=(
            step("small a", {"A": -1.0, a.units: 1.0}, n["k of growth"], mass_action({"A": 1})),
            step("large a", {"A": -1.0, a.units: 1.0}, 0.1, mass_action({"A": 1})),
            step("uptake", {"P": -1.0, "B": 1.0, a.units: 1.0}, n["k of uptake"], uptake()),
        ),
        detachment=(
            step("small a back", {"A": 1.0, a.units: -1.0}, 0.2 * n["k of growth"], (), 30e3),
            step("large a back", {"A": 1.0, a.units: -1.0}, 0.02, (), 30e3),
            step("uptake back", {"P": 1.0, "B": -1.0, a.units: -1.0}, 0.02, given_back()),
        ),
        nuclei={"seed a": nucleus},
        profiles={
            **dict.fromkeys(("small a", "small a back"), Between(SurfaceLimited(), 0, 6)),
            **dict.fromkeys(("large a", "large a back"), Between(SurfaceLimited(), 7)),
            **dict.fromkeys(("uptake", "uptake back"), Between(SurfaceLimited(), 7)),
        },
        capillarity=n["capillarity of a"],
        cover="q of a",
        sites=n["sites of a"],
        surface="surface of a",
        smallest=SIZES[0],
        largest=SIZES[1],
        moments=a,
    )
    dots_b = SizeClasses(
        attachment=(step("grow b", {"B": -1.0, b.units: 1.0}, 0.4, mass_action({"B": 1})),),
        detachment=(step("grow b back", {"B": 1.0, b.units: -1.0}, 0.1, (), 25e3),),
        nuclei={"seed b": 3.0},
        profile=DiffusionLimited(),
        capillarity=0.5 * ROOM,
        smallest=SIZES[0],
        largest=SIZES[1],
        moments=b,
    )
    moments = [name for m in (a, b) for name in (m.number, m.length, m.surface, m.units)]
    names = [*START, *FREE, "q of P", "q of a", "surface of a", *moments]
    return Mechanism(
        "ladders",
        {name: Component(name) for name in names},
        (*laws(n), *nuclei),
        populations=(dots_a, dots_b),
        balances=bindings(n, dots=True),
        initial=START | {"L": n["L in all"]},
    )


def nucleation(name, net, k):
    metal = next(part for part, number in net.items() if number < 0)
    return Reaction(name, net, Arrhenius(k, 320.0, 50e3), mass_action({metal: 2}))


def step(name, net, k, factors, energy=20e3):
    return Reaction(name, net, Arrhenius(k, 320.0, energy), factors)


def uptake():
    return (Saturation({"P": 1.0}, 0.3), Binding({"free K": 1.0}, 0.5, -1.0))


def given_back():
    half = Power({"P": 1.0}, -0.1), Saturation({"P": 1.0}, 0.3), Binding({"free K": 1.0}, 0.5, -1.0)
    return (*half, *mass_action({"B": 1}))


def written(build):
    """Return a mechanism whose constants are all of these numbers."""
    source = Source("user", "test")
    values = {name: Value(Quantity(x, "1"), source, "assumed") for name, x in NUMBERS.items()}
    return Mechanism.written(partial(_rule, build), values)


def _rule(build, values):
    return build(**{name: value.si for name, value in values.items()})


def some_dots():
    """Return dots of both ladders at the start, one class of each after the other."""
    sizes = np.arange(SIZES[0], SIZES[1] + 1.0)
    a, b = (0.02 * np.exp(-((sizes - middle) ** 2) / 8) for middle in (8, 5))
    return np.stack((a, b), axis=1).reshape(-1)
