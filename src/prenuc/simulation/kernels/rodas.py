"""Integrate a network and its size classes through one stretch with Rodas5P.

Between two events nothing but the temperature changes, linearly in time. ``stages.py`` has a step,
``control.py`` its size, ``laws.py`` what it keeps.

**Window.** Only classes below ``window`` take part. When more than a share 10⁻³ rtol of all dots
stands in one of its last classes the step is repeated with a wider one. Nothing passes its end, so
nothing is lost.
"""

from __future__ import annotations

from prenuc.simulation.kernels.classes import detachment
from prenuc.simulation.kernels.compiled import entry, part, woven
from prenuc.simulation.kernels.control import (
    SAFETY,
    SHARPER,
    classes_error,
    components_error,
    first_step,
    front,
    next_size,
)
from prenuc.simulation.kernels.dense import clear, copy
from prenuc.simulation.kernels.ends import (
    GUARD,
    crossing,
    next_window,
    report,
    report_end,
    starting_window,
    steady,
    watched,
)
from prenuc.simulation.kernels.laws import conserve, conserved
from prenuc.simulation.kernels.linear import prepare, right_side
from prenuc.simulation.kernels.rates import constants, rates
from prenuc.simulation.kernels.stages import between, open_step, take_stages
from prenuc.simulation.kernels.tableau import STAGES

DONE, TOO_MANY_STEPS, STEP_TOO_SMALL, STOPPED, STEADY = range(5)
FAILURES = {
    TOO_MANY_STEPS: "it takes too many steps",
    STEP_TOO_SMALL: "no step is small enough",
}


@woven
def step(net, pop, plan, setting, heating, window, t, h, x, f, w, x1, f1):
    """Take one step that holds the tolerances, with a smaller h or a wider window if need be.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        heating: Rate of heating in K/s.
        window: How many classes take part.
        t: Time at the start of the step in s.
        h: The step in s.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        w: Room to work in, a :class:`Work`.
        x1: Receives the components at the end of the step.
        f1: Receives the dots at the end of the step.

    Returns:
        Outcome, the step taken, its error measure, the component that hurt most, the window, the
        class that the dots have reached, how often it was tried, and what :func:`prepare` returned.
    """
    tried = 0
    a, b = open_step(net, pop, plan, setting, heating, window, t, x, f, w)
    while True:
        tried += 1
        if h <= 1e-14 * t or not h > 0.0:
            return STEP_TOO_SMALL, h, 0.0, 0, window, 0, tried, 0.0
        from_right = prepare(pop, plan, window, a, b, h, w)
        take_stages(net, pop, plan, setting, heating, window, t, h, x, f, from_right, w, x1, f1)
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
            return DONE, h, error, worst, window, reached, tried, from_right


@part
def nothing(net, pop, plan, setting, heating, window, t, h, taken, told, x, f, from_right, w, own):
    """Follow nothing else along a step.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        plan: How the network's part is eliminated, a :class:`SparseArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        heating: Rate of heating in K/s.
        window: How many classes take part.
        t: Time at the start of the step in s.
        h: The step in s.
        taken: How much of it is taken, in s.
        told: How many times have been reported.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        from_right: What :func:`prepare` returned.
        w: Room to work in, a :class:`Work`.
        own: What else is followed.
    """


@part
def changes(net, pop, window, x, f, w):
    """Set rates and the change of components and classes, for constants that are there.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        w: Room to work in, a :class:`Work`; ``right`` and ``flow`` receive the change.
    """
    rates(net, x, w.k, w.r)
    clear(window, w.flow)
    right_side(net, pop, window, w.r, w.beta, f, w.right, w.flow)


@part
def rests(net, pop, setting, window, x, f, w):
    """Return whether as long a time again would change no component by much.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        w: Room to work in, a :class:`Work`.
    """
    changes(net, pop, window, x, f, w)
    return steady(setting, x, w)


@part
def begin(net, pop, setting, window, w, books, x, f):
    """Set the conserved sums, the constants and the change at time 0.

    Args:
        net: The network, a :class:`RateArrays`.
        pop: The size classes, a :class:`ClassArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        window: How many classes take part.
        w: Room to work in, a :class:`Work`.
        books: Receives the conserved sums, a :class:`Ledger`.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
    """
    for law in range(books.totals.size):
        books.totals[law] = conserved(pop, setting.laws[law], f.size, x, f)
    constants(net, setting.begin, w.k)
    detachment(pop, setting.begin, f.size, w.beta)
    changes(net, pop, window, x, f, w)


@woven
def course(net, pop, plan, setting, w, books, x, f, out_x, out_f, follow, own):
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
        follow: Called with every accepted step, as :func:`nothing` is, before x and f move on.
        own: What else it is to be given.

    Returns:
        Outcome, time reached in s, the component that hurt most, steps, rejected steps.
    """
    end, x1, f1 = setting.times[-1], w.x1, w.f1
    heating = (setting.end - setting.begin) / end
    window, watching = starting_window(pop, f), watched(setting, x) > 0.0
    begin(net, pop, setting, window, w, books, x, f)
    h, t, before, old_error = first_step(setting, x, w), 0.0, 0.0, 1.0
    told, steps, rejected, worst, old_front = 0, 0, 0, 0, front(window, f, 0.0)
    while t < end:
        if steps + rejected >= setting.most_steps:
            return TOO_MANY_STEPS, t, worst, steps, rejected
        h = end - t if t + 1.0001 * h >= end else min(h, 0.5 * (end - t) + 0.5 * h)
        outcome, h, error, worst, window, reached, tried, from_right = step(
            net, pop, plan, setting, heating, window, t, h, x, f, w, x1, f1
        )
        rejected += tried - 1
        if outcome != DONE:
            return outcome, t, worst, steps, rejected
        steps += 1
        share = crossing(setting, x, f, x1, f1, w) if watching else 2.0
        taken = h * min(share, 1.0)
        follow(
            net, pop, plan, setting, heating, window, t, h, taken, told, x, f, from_right, w, own
        )
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
            window, old_front = next_window(window, reached, old_front, factor, f.size), reached
        h *= factor
        if setting.steady > 0.0 and rests(net, pop, setting, window, x, f, w):
            return STEADY, t, worst, steps, rejected
    report_end(x, f, out_x, out_f)
    return DONE, t, worst, steps, rejected


@entry
def integrate(net, pop, plan, setting, w, books, constants_, starts, dots, out_x, out_f, outcomes):
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
        outcomes: Receives what :func:`course` returns of every member, shape (members, 5).
    """
    for member in range(starts.shape[0]):
        copy(net.constant.size, constants_[member], net.constant)
        x, f, found, classes = starts[member], dots[member], out_x[member], out_f[member]
        told = outcomes[member]
        told[0], told[1], told[2], told[3], told[4] = course(
            net, pop, plan, setting, w, books, x, f, found, classes, nothing, 0
        )
