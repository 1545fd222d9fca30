"""What parameters do to the rates of a network, and what a rate does to components.

A parameter may be part of a rate constant, of a factor, of a stoichiometric number, of the size of
a nucleus or of Γ. Few of them touch any one reaction, so they are lists: entry q says which
parameter moves which reaction, and how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONSTANT = -1  # in place of a factor: the entry moves the rate constant


class Seeds(NamedTuple):
    """What each of P parameters does to the arrays of a mechanism; entries q and numbers m.

    Args:
        reaction: That an entry moves, shape (q,).
        factor: Of that reaction, or :data:`CONSTANT`, shape (q,).
        parameter: That moves it, shape (q,).
        constant: To ln k, shape (q,).
        energy: To Ea/R in K, likewise.
        anchor: To 1/T_at in 1/K, likewise.
        scale: To the logarithm of the factor's pool, likewise.
        order: To p of the factor, likewise.
        barrier: To B of the factor, likewise.
        pushed: Where what an entry does to the rate of a reaction, not of a channel, arrives among
            components × parameters, shape (pushes,).
        pushing: That entry, likewise.
        push: By its stoichiometric number, likewise.
        number: Place of a stoichiometric number that moves, shape (m,).
        number_reaction: Its reaction, likewise.
        number_parameter: The parameter that moves it, likewise.
        number_value: By how much, likewise.
        share: To the dots that a nucleus adds to its two classes, shape (kinds, 2, P).
        capillarity: To Γ of every ladder in K, shape (L, P).
        sites: To σ of every ladder, likewise.
    """

    reaction: NDArray[np.int64]
    factor: NDArray[np.int64]
    parameter: NDArray[np.int64]
    constant: NDArray[np.float64]
    energy: NDArray[np.float64]
    anchor: NDArray[np.float64]
    scale: NDArray[np.float64]
    order: NDArray[np.float64]
    barrier: NDArray[np.float64]
    pushed: NDArray[np.int64]
    pushing: NDArray[np.int64]
    push: NDArray[np.float64]
    number: NDArray[np.int64]
    number_reaction: NDArray[np.int64]
    number_parameter: NDArray[np.int64]
    number_value: NDArray[np.float64]
    share: NDArray[np.float64]
    capillarity: NDArray[np.float64]
    sites: NDArray[np.float64]
