"""Which other schemes fit any data exactly as well, and what would tell them apart.

With free spectra (or amplitudes) only the space that the concentration columns span is seen. Two
schemes whose columns span the same space for matching parameters are therefore equivalent,
whatever the data:

- networks of first-order steps with equally many distinct relaxation rates (each column is a sum
  of the same exponentials and a constant);
- k1 and k2 exchanged in A → B → C, where only the spectrum of B changes (slow-fast ambiguity:
  Alcock, Benton and Moore 1970, Trans. Faraday Soc. 66, 2210);
- Finke-Watzky growth and autocatalysis with seed k1/(k1 + k2) and k = k1 + k2: both are
  e/(s + (1 − s) e) with e = exp(−k t);
- A + B → C with the two reactants exchanged (ratio r and 1/r, k [A]₀ and k [B]₀), and, for equal
  amounts, 2 A → B or order 2;
- a static background and the spectra of species that add up to a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.network_text import parse_network
from prenuc.infer.schemes.nonlinear import (
    Autocatalytic,
    Bimolecular,
    Exponentials,
    FinkeWatzky,
    PowerLaw,
)
from prenuc.infer.schemes.profiles import Lagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prenuc.infer.schemes.profiles import AbstractKinetics

BLANK = "subtract a blank, or measure a mixture of known composition"
REVERSE = "the reverse step shows when one starts from the product, or adds it at the start"
BRANCH = "the spectrum or the amount of one product at the end tells the branching ratio"
OTHER_ORDER = "a second starting concentration: second-order rates change with it"
# Schemes with the same number of relaxation rates, and what would single them out.
ALIKE = {
    1: (
        ("A -> B", "k = k1 + k-1, or the sum of all ways out of A", REVERSE),
        ("A <-> B", "k = k1 + k-1", REVERSE),
        ("A -> B, A -> C", "k = k1 + k2", BRANCH),
    ),
    2: (
        ("A -> B -> C", "k1 and k2 are the two relaxation rates", "the spectrum of B"),
        ("A <-> B -> C", "the relaxation rates are the same", REVERSE),
        ("A -> B <-> C", "the relaxation rates are the same", REVERSE),
        ("A -> B, A -> C, B -> C", "the relaxation rates are the same", BRANCH),
    ),
    3: (
        ("A -> B -> C -> D", "k1, k2 and k3 are the relaxation rates", "the spectra of B and C"),
        ("A <-> B -> C -> D", "the relaxation rates are the same", REVERSE),
    ),
}


@dataclass(frozen=True)
class Equivalent:
    """Something that fits any data exactly as well.

    Args:
        scheme: The other scheme, or the name of the ambiguity.
        relation: How its parameters follow from those of the fit.
        apart: What would tell the two apart.
    """

    scheme: str
    relation: str
    apart: str

    def __str__(self) -> str:
        return f"{self.scheme}: {self.relation}; to tell apart: {self.apart}"


def equivalents(kinetics: AbstractKinetics, *, one_signal: bool = False) -> tuple[Equivalent, ...]:
    """Return what fits any data exactly as well as a scheme does.

    Args:
        kinetics: The scheme.
        one_signal: Whether the data are a single trace rather than spectra.
    """
    inner, after = kinetics, ""
    if isinstance(kinetics, Lagged):
        inner, after = kinetics.inner, " after lag"
    found = [Equivalent(e.scheme + after, e.relation, e.apart) for e in _own(inner)]
    if kinetics.closed and not one_signal:
        what = (
            "a static background, of any shape, can be moved between the spectra of all species "
            "and an inert one"
        )
        found.append(Equivalent("background against product", what, BLANK))
    mixed = not one_signal and len(kinetics.species) > 2 and isinstance(inner, FirstOrderNetwork)
    if mixed:
        what = "species that share a relaxation rate are seen as mixtures of each other's spectra"
        apart = "the spectrum of one pure species, or one that is zero somewhere"
        found.append(Equivalent("rotational freedom", what, apart))
    return tuple(found)


def _own(kinetics: AbstractKinetics) -> Iterator[Equivalent]:
    match kinetics:
        case FirstOrderNetwork():
            yield from _of_network(kinetics)
        case Exponentials(constant=True, count=count):
            yield from (Equivalent(*entry) for entry in ALIKE.get(count, ()))
        case FinkeWatzky(reactants=(a, b)):
            relation = f"seed = k1 / (k1 + k2) of {b}, k = k1 + k2"
            apart = f"start with a known amount of {b}, or with none at all"
            yield Equivalent(f"{a} + {b} -> 2 {b}", relation, apart)
        case Autocatalytic(reactants=(a, b)):
            relation = "k1 = seed · k, k2 = (1 − seed) · k"
            apart = f"start with a known amount of {b}, or with none at all"
            yield Equivalent(f"{a} -> {b}, {a} + {b} -> 2 {b}", relation, apart)
        case Bimolecular(reactants=(a, b, c)):
            what = f"{a} and {b} exchanged: 1/ratio, and k·ratio in place of k"
            yield Equivalent(f"{b} + {a} -> {c}", what, f"change the amount of {a} or {b} alone")
            what = f"with equal amounts (ratio 1) k is twice that of 2 {a} -> {c}"
            yield Equivalent(f"2 {a} -> {c}", what, f"change the amount of {b} alone")
        case PowerLaw(order=order, number=number, reactants=(a, b)):
            yield from _of_power(order, number, a, b)


def _of_power(order: float, number: float, a: str, b: str) -> Iterator[Equivalent]:
    if order == 2.0:
        equal = f"equal amounts (ratio 1), k = {number:g} · k"
        yield Equivalent(f"{a} + X -> {b}", equal, "change one of the two amounts alone")
        if number == 1.0:
            yield Equivalent(f"2 {a} -> {b}", "half the k", "the stoichiometry")
        else:
            yield Equivalent(f"{a} -> {b} of order 2", "twice the k", "the stoichiometry")
    if order > 1.0:  # a spread only ever slows the end down
        yield Equivalent(
            "a spread of first-order rate constants",
            "a gamma distribution of rate constants gives the same power law",
            OTHER_ORDER,
        )


def _of_network(network: FirstOrderNetwork) -> Iterator[Equivalent]:
    if network.is_plain_chain and len(network.names) > 1:
        names = " and ".join(network.names)
        yield Equivalent(
            f"slow-fast ambiguity, {network.scheme}",
            f"{names} exchanged (only the spectra of the species on the way differ); reported "
            "with the fastest first unless a start says otherwise",
            "the spectrum of the species on the way: keep the order that leaves it nowhere "
            "negative and like what is known of it",
        )
    if any(step.count > 1 for step in network.steps):
        return
    rates = np.sqrt(np.arange(2.0, 2.0 + len(network.names)))
    count = len(np.unique(np.round(network.relaxation_rates(rates), 9)))
    own = _shape(network)
    for scheme, relation, apart in ALIKE.get(count, ()):
        if _shape(parse_network(scheme)) != own:
            yield Equivalent(scheme, relation, apart)


def _shape(network: FirstOrderNetwork) -> str:
    """Return the scheme with its species renamed A, B, C in order, without blanks."""
    letters = {name: "ABCDEFGH"[i] for i, name in enumerate(network.species)}
    pairs = [(letters[s.start], letters[s.end]) for s in network.steps]
    forward = [(a, b) for i, (a, b) in enumerate(pairs) if (b, a) not in pairs[:i]]
    text = ""
    for i, (start, end) in enumerate(forward):
        arrow = "<->" if (end, start) in pairs else "->"
        joined = i > 0 and forward[i - 1][1] == start
        text += f"{arrow}{end}" if joined else f"{',' if text else ''}{start}{arrow}{end}"
    return text
