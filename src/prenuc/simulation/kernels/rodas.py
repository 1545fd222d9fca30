r"""Integrate a network and its size classes through one stretch with Rodas5P.

The scheme is equations (1) to (3) of ``tableau.py``; the linear systems are (3) to (5) of
``classes.py``. Between two events nothing but the temperature changes, linearly in time.

**Error control.** With e = 0.3 u₈ (u₈ is the error of the solution of order 4, and that of order 5
is carried on) the error of a step is the largest of: |e_i| / (atol_i + rtol |x_i|) over all
components; |Σ e_n|, |Σ α_n e_n| and |Σ n e_n| of the classes over rtol times the same sums of f_n;
and Σ|e_n| and Σ n|e_n| over 20 rtol times them. So number, size and growth of the dots hold the
tolerance, and the shape of their distribution twenty times it. A concentration below −atol counts
as an error of its own size.

**Conservation.** A Rosenbrock method with the exact Jacobian keeps linear invariants; what is left
is rounding, which a step removes again: the residual of the laws L x (the left null space of the
stoichiometry) is spread over the components in proportion to what is there,

.. math:: x ← x - D L^T (L D L^T)^{-1} (L x - L x_0), \quad D = \operatorname{diag}|x|  \qquad (1)

**Window.** Only classes below ``window`` take part. When more than a share 10⁻³ rtol of all dots
stands in one of its last classes the step is repeated with a wider one. Nothing passes its end, so
nothing is lost.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prenuc.simulation.kernels.classes import (
    Factored,
    detachment,
    factorise,
    flows,
    gather,
    gather_both,
    substitute,
)
from prenuc.simulation.kernels.compiled import entry, part
from prenuc.simulation.kernels.dense import clear, copy, decompose, solve
from prenuc.simulation.kernels.rates import (
    change,
    constants,
    gradient,
    network_change,
    rates,
    slopes,
)
from prenuc.simulation.kernels.sparse import assemble, back_substitute, eliminate
from prenuc.simulation.kernels.tableau import DENSE, GAMMA, SLOPE, STAGES, TIME, A, C

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.simulation.kernels.classes import ClassArrays
    from prenuc.simulation.kernels.rates import RateArrays
    from prenuc.simulation.kernels.sparse import SparseArrays

DONE, TOO_MANY_STEPS, STEP_TOO_SMALL, STOPPED, STEADY = range(5)
FAILURES = {
    TOO_MANY_STEPS: "it takes too many steps",
    STEP_TOO_SMALL: "no step is small enough",
}
SAFETY, SLOWEST, FASTEST = 0.9, 0.2, 6.0  # of the step's next size
SHARPER = 0.3  # of the estimate, which is that of the solution of order 4; order 5 is carried on
SHAPE = 20.0  # tolerances that the classes one by one may be off where their sums hold one
GUARD, FEWEST = 4, 32  # classes at the window's end; classes in the smallest window


class Setting(NamedTuple):
    """What a stretch asks of the integrator.

    Args:
        times: To report, ascending, above 0, in s, shape (m,).
        begin: Temperature at time 0 in K.
        end: Temperature at the last time in K.
        relative: Relative tolerance.
        absolute: Absolute tolerance of each component in mol/m³, shape (n,).
        absolute_units: The same of units in dots.
        laws: Conserved sums over components and, last, units in dots, shape (laws, n + 1).
        watch: Stop when Σ watch·x falls to ``level``; all zero for never, shape (n,).
        level: See above, in mol/m³.
        steady: Stop when going on at the pace would change no component by more than this share;
            0 for never.
        most_steps: Give up after so many.
    """

    times: NDArray[np.float64]
    begin: float
    end: float
    relative: float
    absolute: NDArray[np.float64]
    absolute_units: float
    laws: NDArray[np.float64]
    watch: NDArray[np.float64]
    level: float
    steady: float
    most_steps: int


class Work(NamedTuple):
    """Arrays that a stretch writes to; n components, R reactions, F factors, N classes.

    ``rows`` are G, ``sources`` v, ``columns`` z, ``raw`` the y of every
    stage and ``share`` its G u_x, in the symbols of ``classes.py``.
    """

    k: NDArray[np.float64]
    r: NDArray[np.float64]
    pace: NDArray[np.float64]
    s: NDArray[np.float64]
    matrix: NDArray[np.float64]
    schur: NDArray[np.float64]
    inverse: NDArray[np.float64]
    rows: NDArray[np.float64]
    sources: NDArray[np.float64]
    columns: NDArray[np.float64]
    up: NDArray[np.float64]
    down: NDArray[np.float64]
    row: NDArray[np.float64]
    u: NDArray[np.float64]
    raw: NDArray[np.float64]
    share: NDArray[np.float64]
    weights: NDArray[np.float64]
    others: NDArray[np.float64]
    x: NDArray[np.float64]
    x1: NDArray[np.float64]
    right: NDArray[np.float64]
    drift: NDArray[np.float64]
    f: NDArray[np.float64]
    f1: NDArray[np.float64]
    flow: NDArray[np.float64]
    ramp: NDArray[np.float64]
    beta: NDArray[np.float64]
    other: NDArray[np.float64]
    t: Factored


def workspace(net: RateArrays, pop: ClassArrays, plan: SparseArrays) -> Work:
    """Return the arrays of a stretch; kernels allocate nothing."""
    n, reactions, factors = len(plan.pivots), len(net.constant), len(net.kind)
    classes, c = len(pop.units), 2 + len(pop.lower)
    shapes: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("k", "r", "pace"), (reactions,)),
        **dict.fromkeys(("inverse", "up", "down", "x", "x1", "right", "drift"), (n,)),
        **dict.fromkeys(("f", "f1", "flow", "ramp", "beta", "other"), (classes,)),
        **dict.fromkeys(("sources", "columns"), (c, classes)),
        "s": (factors,),
        **dict.fromkeys(("matrix", "schur"), (plan.size,)),
        "rows": (c, n),
        "row": (STAGES,),
        "u": (STAGES, n),
        "raw": (STAGES, classes),
        "share": (STAGES, c),
        **dict.fromkeys(("weights", "others"), (c,)),
    }
    t = Factored(np.zeros(classes), np.zeros(classes), np.zeros(classes))
    return Work(t=t, **{name: np.zeros(shape) for name, shape in shapes.items()})


def recorded(steps: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return room for so many steps and their windows; 0 when nobody wants to know."""
    return np.zeros(steps), np.zeros(steps, dtype=np.int64)


@part
def right_side(net, pop, window, r, beta, f, out_x, out_f):
    """Set dx/dt and add df/dt for given rates, equations (1) and (2) of ``classes.py``."""
    network_change(net, r, out_x)
    if window == 0:
        return
    a = b = 0.0
    for i in range(pop.first, r.size):
        if i < pop.detaching:
            a += r[i]
        else:
            b += r[i]
    up, down = flows(pop, window, a, b, beta, f, out_f)
    change(net, pop.first, pop.detaching, r, up, out_x)
    change(net, pop.detaching, r.size, r, down, out_x)
    for i in range(pop.sources.size):
        group = pop.group[i]
        place = pop.lower[group]
        out_f[place] += pop.share[group, 0] * r[pop.sources[i]]
        out_f[place + 1] += pop.share[group, 1] * r[pop.sources[i]]


@part
def channels_jacobian(net, plan, first, last, s, scale, values):
    """Add scale · ∂(N r)/∂x of the channels first … last − 1."""
    for i in range(first, last):
        for m in range(net.changes[i], net.changes[i + 1]):
            row, number = net.changed[m], scale * net.number[m]
            for f in range(net.factors[i], net.factors[i + 1]):
                for p in range(net.pools[f], net.pools[f + 1]):
                    values[plan.place[row, net.member[p]]] += number * s[f] * net.weight[p]


@part
def linearise(net, pop, plan, window, x, f, w):
    """Set slopes, J of the network, the rows G, p, q and the columns v; return A and B."""
    slopes(net, x, w.k, w.r, w.s)
    assemble(plan, w.s, w.matrix)
    if window == 0:
        return 0.0, 0.0
    clear(window, w.sources[0])
    clear(window, w.sources[1])
    up = flows(pop, window, 1.0, 0.0, w.beta, f, w.sources[0])[0]
    down = flows(pop, window, 0.0, 1.0, w.beta, f, w.sources[1])[1]
    channels_jacobian(net, plan, pop.first, pop.detaching, w.s, up, w.matrix)
    channels_jacobian(net, plan, pop.detaching, w.r.size, w.s, down, w.matrix)
    w.rows[:] = 0.0
    w.up[:] = 0.0
    w.down[:] = 0.0
    a = b = 0.0
    for i in range(pop.first, pop.detaching):
        a += w.r[i]
        gradient(net, i, w.s, 1.0, w.rows[0])
    for i in range(pop.detaching, w.r.size):
        b += w.r[i]
        gradient(net, i, w.s, 1.0, w.rows[1])
    change(net, pop.first, pop.detaching, w.r, 1.0, w.up)
    change(net, pop.detaching, w.r.size, w.r, 1.0, w.down)
    for i in range(pop.sources.size):
        gradient(net, pop.sources[i], w.s, 1.0, w.rows[2 + pop.group[i]])
    return a, b


@part
def still(row):
    """Return whether a row is all zero: what it stands for looks at no component."""
    for value in row:
        if value != 0.0:
            return False
    return True


@part
def border(plan, up, down, column, w):
    """Take (p α·z + q β̃·z) G of one column from S, equation (4)."""
    for i in range(w.up.size):
        push = w.up[i] * up + w.down[i] * down
        if push != 0.0:
            for j in range(w.up.size):
                if w.rows[column, j] != 0.0:
                    w.schur[plan.place[i, j]] -= push * w.rows[column, j]


@part
def prepare(pop, plan, window, a, b, h, w):
    """Factorise W for a step h: T and z, equation (4), then the Schur complement S."""
    inverse = 1.0 / (h * GAMMA)
    for m in range(w.schur.size):
        w.schur[m] = -w.matrix[m]
    for i in range(plan.diagonal.size):
        w.schur[plan.diagonal[i]] += inverse
    from_right = 0.0
    if window > 0:
        from_right = factorise(pop, window, a, b, w.beta, inverse, w.t)
        for c in range(w.columns.shape[0]):
            if still(w.rows[c]):
                continue
            if c < 2:
                copy(window, w.sources[c], w.columns[c])
            else:
                place = pop.lower[c - 2]
                w.columns[c, :window] = 0.0
                w.columns[c, place] = pop.share[c - 2, 0]
                w.columns[c, place + 1] = pop.share[c - 2, 1]
            up, down = substitute(pop, window, w.beta, w.t, from_right, w.columns[c])
            border(plan, up, down, c, w)
    eliminate(plan, w.schur, w.inverse)
    return from_right


@part
def solve_stage(pop, plan, window, from_right, stage, right, w):
    """Solve for the stage whose right-hand side stands in ``right`` and ``raw``; equation (5)."""
    if window > 0:
        up, down = substitute(pop, window, w.beta, w.t, from_right, w.raw[stage])
        for i in range(right.size):
            right[i] += w.up[i] * up + w.down[i] * down
    back_substitute(plan, w.schur, w.inverse, right, w.u[stage])
    if window > 0:
        for c in range(w.rows.shape[0]):
            total = 0.0
            for j in range(right.size):
                total += w.rows[c, j] * w.u[stage, j]
            w.share[stage, c] = total


@part
def combine(count, row, base, u, out):
    """Set base + Σ_j row_j u_j for the components."""
    for i in range(base.size):
        out[i] = base[i]
    for j in range(count):
        weight, stage = row[j], u[j]
        for i in range(base.size):
            out[i] += weight * stage[i]


@part
def column_weights(count, row, share, out):
    """Set what the columns z weigh in Σ_j row_j u_j."""
    for c in range(out.size):
        total = 0.0
        for j in range(count):
            total += row[j] * share[j, c]
        out[c] = total


@part
def combine_classes(count, row, base, window, w, out):
    """Set base + Σ_j row_j u_j for the classes, from the parts of u that are kept apart."""
    column_weights(count, row, w.share, w.weights)
    gather(window, count, base, w.raw, row, w.columns, w.weights, out)


@part
def warming(net, pop, window, temperature, rate, f, w):
    """Set ∂F/∂t of a ramp: every rate grows by r Ea/(R T²) dT/dt, β by its Gibbs-Thomson part."""
    n = w.drift.size
    for i in range(w.r.size):
        w.pace[i] = w.r[i] * net.energy[i] / temperature**2 * rate
    clear(window, w.ramp)
    right_side(net, pop, window, w.pace, w.beta, f, w.drift, w.ramp)
    if window > 0 and pop.capillarity != 0.0:
        for i in range(window):
            w.other[i] = -w.beta[i] * pop.capillarity * pop.edge[i] / temperature**2 * rate
        b = 0.0
        for i in range(pop.detaching, w.r.size):
            b += w.r[i]
        down = flows(pop, window, 0.0, b, w.other, f, w.ramp)[1]
        for i in range(n):
            w.drift[i] += w.down[i] * down


@part
def take_step(net, pop, plan, setting, heating, window, t, h, x, f, from_right, w, x1, f1):
    """Take the eight stages, equations (1) and (2) of ``tableau.py``."""
    beta = w.beta
    for stage in range(STAGES):
        for j in range(stage):
            w.row[j] = C[stage, j] / h
        combine(stage, A[stage], x, w.u, w.x)
        if window > 0:
            column_weights(stage, A[stage], w.share, w.weights)
            column_weights(stage, w.row, w.share, w.others)
            raw, known, z = w.raw[stage], w.raw, w.columns
            gather_both(window, stage, f, known, A[stage], w.row, z, w.weights, w.others, w.f, raw)
        if heating != 0.0:
            temperature = setting.begin + heating * (t + TIME[stage] * h)
            constants(net, temperature, w.k)
            if window > 0:
                detachment(pop, temperature, window, w.other)
                beta = w.other
        rates(net, w.x, w.k, w.r)
        right_side(net, pop, window, w.r, beta, w.f, w.right, w.raw[stage])
        combine(stage, w.row, w.right, w.u, w.right)
        if heating != 0.0 and SLOPE[stage] != 0.0:
            for i in range(x.size):
                w.right[i] += h * SLOPE[stage] * w.drift[i]
            for i in range(window):
                w.raw[stage, i] += h * SLOPE[stage] * w.ramp[i]
        solve_stage(pop, plan, window, from_right, stage, w.right, w)
    for i in range(x.size):
        x1[i] = w.x[i] + w.u[STAGES - 1, i]
    if window > 0:
        w.row[0] = 1.0
        last = w.raw[STAGES - 1 :]
        gather(window, 1, w.f, last, w.row, w.columns, w.share[STAGES - 1], f1)


@part
def components_error(setting, x, x1, error):
    """Return the largest scaled error of a component, and which."""
    worst, which = 0.0, 0
    for i in range(x.size):
        scale = setting.absolute[i] + setting.relative * max(abs(x[i]), abs(x1[i]))
        found = abs(error[i]) / scale
        if x1[i] < -setting.absolute[i] and x1[i] < x[i]:
            found = max(found, -x1[i] / setting.absolute[i])
        if not found <= worst:  # also when it is not a number
            worst, which = found, i
    return worst, which


@part
def classes_error(pop, setting, window, f, stage, f1):
    """Return the scaled error of the classes, and the number of dots."""
    number = units = area = before = held = 0.0
    off = off_units = off_area = wrong = wrong_units = 0.0
    for i in range(window):
        n, error = pop.units[i], f1[i] - stage[i]
        off += error
        off_units += n * error
        off_area += pop.alpha[i] * error
        wrong += abs(error)
        wrong_units += n * abs(error)
        number += abs(f1[i])
        units += n * abs(f1[i])
        area += pop.alpha[i] * abs(f1[i])
        before += abs(f[i])
        held += n * abs(f[i])
    some, share = setting.absolute_units, setting.relative
    most, most_units = share * max(number, before), share * max(units, held)
    fewest = pop.units[0]
    found = abs(off) / (most + some / fewest)
    found = max(found, abs(off_units) / (most_units + some))
    found = max(found, abs(off_area) / (share * area + some * pop.alpha[0] / fewest))
    found = max(found, wrong / (SHAPE * most + some / fewest))
    return max(found, wrong_units / (SHAPE * most_units + some)), number


@part
def front(window, f, floor):
    """Return the last class that holds more dots than ``floor``."""
    for i in range(window - 1, -1, -1):
        if abs(f[i]) > floor:
            return i
    return 0


class Ledger(NamedTuple):
    """What the conserved sums were, and room to solve for what rounding did to them."""

    totals: NDArray[np.float64]
    gram: NDArray[np.float64]
    order: NDArray[np.int64]
    residual: NDArray[np.float64]
    shift: NDArray[np.float64]


@part
def conserved(pop, law, window, x, f):
    """Return one conserved sum."""
    total = 0.0
    if law[x.size] != 0.0:
        for i in range(window):
            total += pop.units[i] * f[i]
        total *= law[x.size]
    for i in range(x.size):
        total += law[i] * x[i]
    return total


class Room(threading.local):
    """The arrays of the last mechanism that a thread has run, for its next run."""

    plan: SparseArrays | None = None
    work: Work
    books: Ledger

    def of(
        self, net: RateArrays, pop: ClassArrays, plan: SparseArrays, laws: NDArray[np.float64]
    ) -> tuple[Work, Ledger]:
        """Return room to work in; no kernel reads what an earlier run has left there."""
        if self.plan is not plan:
            self.plan, self.work, self.books = plan, workspace(net, pop, plan), ledger(laws)
        return self.work, self.books


ROOM = Room()


def ledger(laws: NDArray[np.float64]) -> Ledger:
    """Return empty books for a number of laws."""
    count = len(laws)
    zeros = np.zeros(count), np.zeros(count), np.zeros(count)
    return Ledger(zeros[0], np.zeros((count, count)), np.zeros(count, np.int64), *zeros[1:])


@part
def conserve(pop, laws, books, window, x, f):
    """Remove the rounding of a step from the conserved sums, equation (1)."""
    n, count = x.size, laws.shape[0]
    units = 0.0
    for i in range(window):
        units += pop.units[i] * f[i]
    for a in range(count):
        books.residual[a] = laws[a, n] * units - books.totals[a]
        for i in range(n):
            books.residual[a] += laws[a, i] * x[i]
        for b in range(count):
            total = laws[a, n] * laws[b, n] * abs(units)
            for i in range(n):
                total += laws[a, i] * laws[b, i] * abs(x[i])
            books.gram[a, b] = total
        if books.gram[a, a] == 0.0:
            books.gram[a, a] = 1.0
            books.residual[a] = 0.0
    decompose(books.gram, books.order)
    solve(books.gram, books.order, books.residual, books.shift)
    for a in range(count):
        if not abs(books.shift[a]) < 1e-6:  # a share; more is no rounding
            return
    for i in range(n):
        total = 0.0
        for a in range(count):
            total += laws[a, i] * books.shift[a]
        x[i] -= abs(x[i]) * total
    total = 0.0
    for a in range(count):
        total += laws[a, n] * books.shift[a]
    if total != 0.0:
        for i in range(window):
            f[i] *= 1.0 - total


@part
def between(share, window, x, f, x1, f1, w, out_x, out_f):
    """Set the solution at a share of the step, equation (3) of ``tableau.py``."""
    for j in range(STAGES):
        w.row[j] = share * (1 - share) * (DENSE[0, j] + share * (DENSE[1, j] + share * DENSE[2, j]))
    for i in range(x.size):
        w.x[i] = (1 - share) * x[i] + share * x1[i]
    combine(STAGES, w.row, w.x, w.u, out_x)
    if window > 0:
        for i in range(window):
            w.f[i] = (1 - share) * f[i] + share * f1[i]
        combine_classes(STAGES, w.row, w.f, window, w, out_f)


@part
def watched(setting, x):
    """Return Σ watch·x − level."""
    total = -setting.level
    for i in range(x.size):
        total += setting.watch[i] * x[i]
    return total


@part
def first_step(setting, x, w):
    """Return a first step from the size of the state and of its change."""
    fastest = 0.0
    for i in range(x.size):
        scale = setting.absolute[i] + setting.relative**0.5 * abs(x[i])
        fastest = max(fastest, abs(w.right[i]) / scale)
    end = setting.times[-1]
    return min(end, 0.1 * setting.relative**0.2 / fastest if fastest > 0.0 else end)


@part
def open_step(net, pop, plan, setting, heating, window, t, x, f, w):
    """Linearise at the start of a step; return A and B."""
    if heating != 0.0:
        temperature = setting.begin + heating * t
        constants(net, temperature, w.k)
        detachment(pop, temperature, window, w.beta)
    a, b = linearise(net, pop, plan, window, x, f, w)
    if heating != 0.0:
        warming(net, pop, window, setting.begin + heating * t, heating, f, w)
    return a, b


@part
def step(net, pop, plan, setting, heating, window, t, h, x, f, w, x1, f1):
    """Take one step that holds the tolerances, with a smaller h or a wider window if need be.

    Returns:
        Outcome, the step taken, its error measure, the component that hurt most, the window, the
        class that the dots have reached, and how often it was tried.
    """
    tried = 0
    a, b = open_step(net, pop, plan, setting, heating, window, t, x, f, w)
    while True:
        tried += 1
        if h <= 1e-14 * t or not h > 0.0:
            return STEP_TOO_SMALL, h, 0.0, 0, window, 0, tried
        from_right = prepare(pop, plan, window, a, b, h, w)
        take_step(net, pop, plan, setting, heating, window, t, h, x, f, from_right, w, x1, f1)
        error, worst = components_error(setting, x, x1, w.u[STAGES - 1])
        error *= SHARPER
        floor, reached = 0.0, 0
        if window > 0:
            of_classes, number = classes_error(pop, setting, window, f, w.f, f1)
            if not of_classes * SHARPER <= error:
                error = of_classes * SHARPER
            floor = 1e-3 * setting.relative * number + 1e-3 * setting.absolute_units
            reached = front(window, f1, floor)
        if not error <= 1.0:
            h *= min(max(SAFETY / error**0.2, 0.1), 0.9) if error < 1e30 else 0.1
        elif 0 < window < f.size and reached >= window - GUARD:
            window = min(f.size, window + window // 2)
            a, b = open_step(net, pop, plan, setting, heating, window, t, x, f, w)
        else:
            return DONE, h, error, worst, window, reached, tried


@part
def next_size(h, error, before, old_error, tried):
    """Return the factor to the next step: the smaller of two predictions (Gustafsson 1994)."""
    small = max(error, 1e-10)
    factor = SAFETY / small**0.2
    if before > 0.0:
        factor = min(factor, SAFETY * h / before * (old_error / small**2) ** 0.2)
    return min(max(factor, SLOWEST), FASTEST if tried == 1 else 1.0)


@part
def starting_window(pop, f):
    """Return the window that holds all dots and all nuclei."""
    if f.size == 0:
        return 0
    window = max(front(f.size, f, 0.0) + 1 + GUARD, FEWEST)
    for group in range(pop.lower.size):
        window = max(window, pop.lower[group] + 2 + GUARD)
    return min(window, f.size)


@part
def report(setting, told, t, h, taken, window, x, f, x1, f1, w, out_x, out_f):
    """Write the solution at all times inside what is taken of a step; return how many by now."""
    while told < setting.times.size - 1 and setting.times[told] <= t + taken:
        share = (setting.times[told] - t) / h
        between(share, window, x, f, x1, f1, w, out_x[told], w.flow)
        if out_f.shape[0] > 0:
            copy(f.size, f, out_f[told])
            copy(window, w.flow, out_f[told])
        told += 1
    return told


@part
def crossing(setting, x, f, x1, f1, w):
    """Return the share of a step at which the watched sum falls to its level, or 2."""
    if watched(setting, x) <= 0.0 or watched(setting, x1) > 0.0:
        return 2.0
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        between(middle, 0, x, f, x1, f1, w, w.right, w.flow)
        if watched(setting, w.right) > 0.0:
            low = middle
        else:
            high = middle
    return high


@part
def steady(setting, t, x, w):
    """Return whether going on to the end at this pace would change no component by a share."""
    left = setting.times[-1] - t
    for i in range(x.size):
        allowed = setting.absolute[i] + setting.steady * abs(x[i])
        if abs(w.right[i]) * left > allowed:
            return False
    return True


@part
def course(net, pop, plan, setting, w, books, x, f, out_x, out_f, sizes, windows):
    """Integrate from time 0 and report at the setting's times.

    Args:
        net: A :class:`RateArrays`.
        pop: A :class:`ClassArrays`.
        plan: A :class:`SparseArrays`.
        setting: A :class:`Setting`.
        w: A :class:`Work`.
        books: A :class:`Ledger`.
        x: Components at time 0 in mol/m³, shape (n,); left at the end's values.
        f: Dots of every class in mol/m³, shape (N,); left at the end's values.
        out_x: Receives components at the times, shape (m, n).
        out_f: Receives classes at the times, shape (m, N); shape (0, 0) to leave them out.
        sizes: Receives the size of every accepted step in s; shape (0,) to leave them out.
        windows: Receives the window of every accepted step, likewise.

    Returns:
        Outcome, time reached in s, the component that hurt most, steps, rejected steps.
    """
    end = setting.times[-1]
    x1, f1 = w.x1, w.f1
    for law in range(books.totals.size):
        books.totals[law] = conserved(pop, setting.laws[law], f.size, x, f)
    heating = (setting.end - setting.begin) / end
    watching = watched(setting, x) > 0.0
    window = starting_window(pop, f)
    constants(net, setting.begin, w.k)
    detachment(pop, setting.begin, f.size, w.beta)
    rates(net, x, w.k, w.r)
    clear(window, w.flow)
    right_side(net, pop, window, w.r, w.beta, f, w.right, w.flow)
    h, t, before, old_error = first_step(setting, x, w), 0.0, 0.0, 1.0
    told, steps, rejected, worst, old_front = 0, 0, 0, 0, front(window, f, 0.0)
    while t < end:
        if steps + rejected >= setting.most_steps:
            return TOO_MANY_STEPS, t, worst, steps, rejected
        h = end - t if t + 1.0001 * h >= end else min(h, 0.5 * (end - t) + 0.5 * h)
        outcome, h, error, worst, window, reached, tried = step(
            net, pop, plan, setting, heating, window, t, h, x, f, w, x1, f1
        )
        rejected += tried - 1
        if outcome != DONE:
            return outcome, t, worst, steps, rejected
        if steps < sizes.size:
            sizes[steps] = h
            windows[steps] = window
        steps += 1
        share = crossing(setting, x, f, x1, f1, w) if watching else 2.0
        taken = h * min(share, 1.0)
        told = report(setting, told, t, h, taken, window, x, f, x1, f1, w, out_x, out_f)
        if share <= 1.0:
            between(share, window, x, f, x1, f1, w, x, w.flow)
            copy(window, w.flow, f)
            return STOPPED, t + taken, worst, steps, rejected
        conserve(pop, setting.laws, books, window, x1, f1)
        factor = next_size(h, error, before, old_error, tried)
        copy(x.size, x1, x)
        copy(window, f1, f)
        t = end if t + 1.0000001 * h >= end else t + h
        before, old_error = h, max(error, 1e-2)
        if window > 0:
            advance = int(1.5 * factor * max(reached - old_front, 0))
            wanted = reached + advance + reached // 50 + 4 * GUARD
            window, old_front = min(max(window, wanted), f.size), reached
        h *= factor
        if setting.steady > 0.0:
            rates(net, x, w.k, w.r)
            clear(window, w.flow)
            right_side(net, pop, window, w.r, w.beta, f, w.right, w.flow)
            if steady(setting, t, x, w):
                return STEADY, t, worst, steps, rejected
    copy(x.size, x, out_x[-1])
    if out_f.shape[0] > 0:
        copy(f.size, f, out_f[-1])
    return DONE, t, worst, steps, rejected


@entry
def integrate(
    net,
    pop,
    plan,
    setting,
    w,
    books,
    constants_,
    starts,
    dots,
    out_x,
    out_f,
    outcomes,
    sizes,
    windows,
):
    """Integrate one mechanism with one or many sets of rate constants, one after the other.

    Args:
        net: A :class:`RateArrays` of this thread's own: its constants are overwritten.
        pop: A :class:`ClassArrays`.
        plan: A :class:`SparseArrays`.
        setting: A :class:`Setting`.
        w: A :class:`Work`.
        books: A :class:`Ledger`.
        constants_: ln k of every member, shape (members, reactions).
        starts: Components at time 0 in mol/m³, shape (members, n); left at the end's values.
        dots: Classes at time 0 in mol/m³, shape (members, N); left at the end's values.
        out_x: Receives components at the times, shape (members, m, n).
        out_f: Receives classes at the times, shape (members, m, N).
        outcomes: Receives outcome, time reached in s, the component that hurt most, steps and
            rejected steps of every member, shape (members, 5).
        sizes: Receives the size in s of every accepted step of the last member; shape (0,) to
            leave it out.
        windows: Receives the window of these steps, likewise.
    """
    for member in range(starts.shape[0]):
        copy(net.constant.size, constants_[member], net.constant)
        x, f, found, classes = starts[member], dots[member], out_x[member], out_f[member]
        outcome, reached, worst, steps, rejected = course(
            net, pop, plan, setting, w, books, x, f, found, classes, sizes, windows
        )
        outcomes[member, 0] = outcome
        outcomes[member, 1] = reached
        outcomes[member, 2] = worst
        outcomes[member, 3] = steps
        outcomes[member, 4] = rejected
