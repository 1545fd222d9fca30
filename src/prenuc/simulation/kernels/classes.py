r"""Size classes: their right-hand side, and linear systems with them in O(classes).

Classes i = 0 … N−1 hold dots of n_i units (``mechanism/population.py``). Channels of attachment sum
to A, those of detachment to B,

.. math:: \dot f = A\,D_α f + B\,D_β f + \sum_s ν_s e_s, \qquad
   (D_α f)_i = α_{i-1} f_{i-1} - α_i f_i, \quad (D_β f)_i = β_{i+1} f_{i+1} - β_i f_i   \qquad (1)

   \dot x = N r + p\,(α \cdot f) + q\,(\tilde β \cdot f)                           \qquad (2)

with p = Σ s_c a_c over attachment (s_c the stoichiometry of one unit), q likewise over detachment,
and β̃ = β but for the smallest dot, which falls apart into all its n_0 units. Only the active window
i < N_w is touched; α of its last class counts as zero, so nothing leaves it.

The matrix of a Rosenbrock step is a tridiagonal block with a border of low rank. With columns
v = (D_α f, D_β f, e_s) and rows G = (∂A/∂x, ∂B/∂x, ∂ν_s/∂x)

.. math:: W = \begin{pmatrix} W_x & -p α^T - q \tilde β^T \\ -v G & T \end{pmatrix}, \qquad
   T = \frac{1}{hγ} - A D_α - B D_β                                             \qquad (3)

   T z = v, \quad S = W_x - (p α^T + q \tilde β^T) z G                           \qquad (4)

   T y = R_f, \quad S u_x = R_x + p (α \cdot y) + q (\tilde β \cdot y), \quad
   u_f = y + z (G u_x)                                                           \qquad (5)

Eliminating the classes first and x last keeps units to rounding. T is an M-matrix with diagonally
dominant columns, so elimination needs no pivoting; it runs from both ends to the middle, which are
two chains of operations that do not wait for each other (van der Vorst 1987, Parallel Computing 5,
45). The parts y and z G u_x of u_f are never added up: they stay apart until a sum needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prenuc.simulation.kernels.compiled import part
from prenuc.simulation.kernels.dense import add, clear, copy

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 512  # classes that stay in the first-level cache while stages are summed


class ClassArrays(NamedTuple):
    """A population as arrays, N classes; N = 0 for a mechanism without dots.

    Args:
        units: n, shape (N,).
        alpha: α of every class, shape (N,).
        below: α of one unit less, shape (N,).
        edge: n^(2/3) − (n−1)^(2/3), shape (N,).
        capillarity: Γ in K.
        first: Index of the first channel among the reactions.
        detaching: Index of the first channel of detachment.
        sources: Reactions that make nuclei, shape (sources,).
        group: Which kind of nucleus each makes, shape (sources,).
        lower: Class of each kind of nucleus, shape (groups,).
        share: Dots per reaction in that class and in the next one, shape (groups, 2).
    """

    units: NDArray[np.float64]
    alpha: NDArray[np.float64]
    below: NDArray[np.float64]
    edge: NDArray[np.float64]
    capillarity: float
    first: int
    detaching: int
    sources: NDArray[np.int64]
    group: NDArray[np.int64]
    lower: NDArray[np.int64]
    share: NDArray[np.float64]


class Factored(NamedTuple):
    """T eliminated from both ends: inverse pivots, multipliers in- and outwards, shape (N,)."""

    pivot: NDArray[np.float64]
    inward: NDArray[np.float64]
    outward: NDArray[np.float64]


@part
def detachment(pop, temperature, window, beta):
    """Set β of the window at a temperature.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        temperature: In K.
        window: How many classes take part.
        beta: Receives β of every class, shape (N,).
    """
    if pop.capillarity == 0.0:
        for i in range(window):
            beta[i] = pop.below[i]
    else:
        per = pop.capillarity / temperature
        for i in range(window):
            beta[i] = pop.below[i] * np.exp(per * pop.edge[i])


@part
def flows(pop, window, a, b, beta, f, out):
    """Add A D_α f + B D_β f, equation (1); return α·f and β̃·f.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        window: How many classes take part.
        a: A, the sum over channels of attachment in 1/s.
        b: B, the sum over channels of detachment in 1/s.
        beta: β of every class, shape (N,).
        f: Dots of every class in mol/m³, shape (N,).
        out: Receives it, shape (N,).
    """
    alpha, last = pop.alpha, window - 1
    out[0] += b * (beta[1] * f[1] - beta[0] * f[0]) - a * alpha[0] * f[0]
    up, down = alpha[0] * f[0], pop.units[0] * beta[0] * f[0]
    for i in range(1, last):
        gained, lost = alpha[i] * f[i], beta[i] * f[i]
        out[i] += a * (alpha[i - 1] * f[i - 1] - gained) + b * (beta[i + 1] * f[i + 1] - lost)
        up += gained
        down += lost
    out[last] += a * alpha[last - 1] * f[last - 1] - b * beta[last] * f[last]
    down += beta[last] * f[last]
    return up, down


@part
def factorise(pop, window, a, b, beta, inverse, t):
    """Eliminate T = inverse − A D_α − B D_β; return the multipliers of the middle class.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        window: How many classes take part.
        a: A, the sum over channels of attachment in 1/s.
        b: B, the sum over channels of detachment in 1/s.
        beta: β of every class, shape (N,).
        inverse: 1/(hγ) in 1/s.
        t: Factors of T, a :class:`Factored`.
    """
    alpha, middle, last = pop.alpha, window // 2, window - 1
    left = right = 0.0  # outward multipliers of the class before, times its coupling back
    for k in range(middle):
        i, j = k, last - k
        t.pivot[i] = 1.0 / (inverse + a * alpha[i] + b * beta[i] - left)
        t.outward[i] = -b * beta[i + 1] * t.pivot[i]
        t.inward[i + 1] = -a * alpha[i] * t.pivot[i]
        left = -a * alpha[i] * t.outward[i]
        if j > middle:
            lost = a * alpha[j] if j < last else 0.0
            t.pivot[j] = 1.0 / (inverse + lost + b * beta[j] - right)
            t.outward[j] = -a * alpha[j - 1] * t.pivot[j]
            if j - 1 > middle:
                t.inward[j - 1] = -b * beta[j] * t.pivot[j]
            right = -b * beta[j] * t.outward[j]
    from_right = -b * beta[middle + 1] * t.pivot[middle + 1]
    diagonal = inverse + a * alpha[middle] + b * beta[middle]
    t.pivot[middle] = 1.0 / (diagonal - left - right)
    return from_right


@part
def substitute(pop, window, beta, t, from_right, y):
    """Solve T y = y in place; return α·y and β̃·y.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        window: How many classes take part.
        beta: β of every class, shape (N,).
        t: Factors of T, a :class:`Factored`.
        from_right: What :func:`prepare` returned.
        y: The right-hand side, then the solution, shape (N,).
    """
    alpha, middle, last = pop.alpha, window // 2, window - 1
    left, right = y[0], y[last]
    for k in range(1, last - middle):
        left = y[k] - t.inward[k] * left
        right = y[last - k] - t.inward[last - k] * right
        y[k] = left
        y[last - k] = right
    for k in range(last - middle, middle):
        left = y[k] - t.inward[k] * left
        y[k] = left
    centre = (y[middle] - t.inward[middle] * left - from_right * right) * t.pivot[middle]
    y[middle] = centre
    up, down = alpha[middle] * centre, beta[middle] * centre
    other_up = other_down = 0.0
    left = right = centre
    for k in range(1, last - middle + 1):
        i, j = middle - k, middle + k
        left = y[i] * t.pivot[i] - t.outward[i] * left
        right = y[j] * t.pivot[j] - t.outward[j] * right
        y[i] = left
        y[j] = right
        up += alpha[i] * left
        down += beta[i] * left
        other_up += alpha[j] * right
        other_down += beta[j] * right
    for i in range(2 * middle - last - 1, -1, -1):
        left = y[i] * t.pivot[i] - t.outward[i] * left
        y[i] = left
        up += alpha[i] * left
        down += beta[i] * left
    up += other_up - alpha[last] * y[last]
    down += other_down + (pop.units[0] - 1.0) * beta[0] * y[0]
    return up, down


@part
def add_both(weight, second, y, out, other):
    """Add multiples of one row to two others; what is written overlaps with nothing.

    Args:
        weight: Of the row in the first.
        second: Of the row in the second.
        y: The row.
        out: The first.
        other: The second.
    """
    for i in range(y.size):
        out[i] += weight * y[i]
        other[i] += second * y[i]


@part
def gather(window, count, base, stages, row, columns, weights, out):
    """Set base + Σ_j row_j y_j + Σ_c weights_c z_c, chunk by chunk.

    ``stages`` are the y, shape (stages, N), ``columns`` the z.

    Args:
        window: How many classes take part.
        count: How many stages are known.
        base: Dots to begin with, shape (N,).
        stages: The y, shape (stages, N).
        row: Weights of the stages, shape (8,).
        columns: The z, shape (c, N).
        weights: Weights of the columns, shape (c,).
        out: Receives it, shape (N,).
    """
    for start in range(0, window, CHUNK):
        stop = min(start + CHUNK, window)
        here = out[start:stop]
        copy(stop - start, base[start:stop], here)
        for j in range(count):
            add(row[j], stages[j, start:stop], here)
        for c in range(columns.shape[0]):
            if weights[c] != 0.0:
                add(weights[c], columns[c, start:stop], here)


@part
def gather_both(window, count, base, stages, row, other_row, columns, weights, others, out, other):
    """Set what :func:`gather` does, and Σ_j other_row_j y_j + Σ_c others_c z_c, in one pass.

    Args:
        window: How many classes take part.
        count: How many stages are known.
        base: Dots to begin with, shape (N,).
        stages: The y, shape (stages, N).
        row: Weights of the stages in the first sum, shape (8,).
        other_row: The same in the second sum.
        columns: The z, shape (c, N).
        weights: Weights of the columns in the first sum, shape (c,).
        others: The same in the second sum.
        out: Receives the first sum, shape (N,).
        other: Receives the second sum, shape (N,).
    """
    for start in range(0, window, CHUNK):
        stop = min(start + CHUNK, window)
        here, there = out[start:stop], other[start:stop]
        copy(stop - start, base[start:stop], here)
        clear(stop - start, there)
        for j in range(count):
            add_both(row[j], other_row[j], stages[j, start:stop], here, there)
        for c in range(columns.shape[0]):
            if weights[c] != 0.0 or others[c] != 0.0:
                add_both(weights[c], others[c], columns[c, start:stop], here, there)
