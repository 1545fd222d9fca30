"""Along a stretch: the window of classes, reports, and whether it ends before its time."""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part
from prenuc.simulation.kernels.control import front
from prenuc.simulation.kernels.dense import copy
from prenuc.simulation.kernels.stages import between

GUARD, FEWEST = 4, 32  # classes at the window's end; classes in the smallest window


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
def next_window(window, reached, before, factor, classes):
    """Return a window that the dots will not reach the end of in the next step.

    Args:
        window: How many classes take part now.
        reached: The class that the dots have reached.
        before: The class that they had reached a step ago.
        factor: The next step over this one.
        classes: How many there are.
    """
    advance = int(1.5 * factor * max(reached - before, 0))
    wanted = reached + advance + reached // 50 + 4 * GUARD
    return min(max(window, wanted), classes)


@part
def watched(setting, x):
    """Return Σ watch·x − level."""
    total = -setting.level
    for i in range(x.size):
        total += setting.watch[i] * x[i]
    return total


@part
def report(setting, told, t, h, taken, window, x, f, x1, f1, w, out_x, out_f):
    """Write the solution at all times inside what is taken of a step; return how many by now.

    Args:
        setting: What is asked of the integrator, a :class:`Setting`.
        told: How many times have been reported.
        t: Time at the start of the step in s.
        h: The step in s.
        taken: How much of the step is taken, in s.
        window: How many classes take part.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        x1: Components at the end of the step, likewise.
        f1: Dots at the end of the step, likewise.
        w: Room to work in, a :class:`Work`.
        out_x: Receives components at the times, shape (m, n).
        out_f: Receives classes at the times, shape (m, N); shape (0, 0) to leave them out.
    """
    while told < setting.times.size - 1 and setting.times[told] <= t + taken:
        share = (setting.times[told] - t) / h
        between(share, window, x, f, x1, f1, w, out_x[told], w.flow)
        if out_f.shape[0] > 0:
            copy(f.size, f, out_f[told])
            copy(window, w.flow, out_f[told])
        told += 1
    return told


@part
def report_end(x, f, out_x, out_f):
    """Write what is there at the last time.

    Args:
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        out_x: Receives components at the times, shape (m, n).
        out_f: Receives classes at the times, shape (m, N); shape (0, 0) to leave them out.
    """
    copy(x.size, x, out_x[-1])
    if out_f.shape[0] > 0:
        copy(f.size, f, out_f[-1])


@part
def crossing(setting, x, f, x1, f1, w):
    """Return the share of a step at which the watched sum falls to its level, or 2.

    Args:
        setting: What is asked of the integrator, a :class:`Setting`.
        x: Components in mol/m³, shape (n,).
        f: Dots of every class in mol/m³, shape (N,).
        x1: Components at the end of the step, likewise.
        f1: Dots at the end of the step, likewise.
        w: Room to work in, a :class:`Work`.
    """
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
def steady(setting, x, w):
    """Return whether as long a time again at this pace would change no component by a share.

    As long a time as the whole stretch has: what is left of it shrinks to nothing at its end, where
    any pace would do.

    Args:
        setting: What is asked of the integrator, a :class:`Setting`.
        x: Components in mol/m³, shape (n,).
        w: Its ``right`` holds the change of the components, a :class:`Work`.
    """
    for i in range(x.size):
        allowed = setting.absolute[i] + setting.steady * abs(x[i])
        if abs(w.right[i]) * setting.times[-1] > allowed:
            return False
    return True
