r"""Whether a step is good enough, and how large the next one is.

With e = 0.3 u₈ (u₈ is the error of the solution of order 4, and that of order 5 is carried on) the
error of a step is the largest of: |e_i| / (atol_i + rtol |x_i|) over all components; |Σ e_n|,
|Σ α_n e_n| and |Σ n e_n| of the classes over rtol times the same sums of f_n; and Σ|e_n| and
Σ n|e_n| over 20 rtol times them. So number, size and growth of the dots hold the tolerance, and the
shape of their distribution twenty times it. A concentration below −atol counts as an error of its
own size.
"""

from __future__ import annotations

from prenuc.simulation.kernels.compiled import part

SAFETY, SLOWEST, FASTEST = 0.9, 0.2, 6.0  # of the step's next size
SHARPER = 0.3  # of the estimate, which is that of the solution of order 4; order 5 is carried on
SHAPE = 20.0  # tolerances that the classes one by one may be off where their sums hold one


@part
def components_error(setting, x, x1, error):
    """Return the largest scaled error of a component, and which.

    Args:
        setting: What is asked of the integrator, a :class:`Setting`.
        x: Components in mol/m³, shape (n,).
        x1: Components at the end of the step, likewise.
        error: u₈, the error of order 4, shape (n,).
    """
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
    """Return the scaled error of the classes, and the number of dots.

    Args:
        pop: The size classes, a :class:`ClassArrays`.
        setting: What is asked of the integrator, a :class:`Setting`.
        window: How many classes take part.
        f: Dots of every class in mol/m³, shape (N,).
        stage: Dots of the last stage, shape (N,).
        f1: Dots at the end of the step, likewise.
    """
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
    """Return the last class that holds more dots than ``floor``.

    Args:
        window: How many classes take part.
        f: Dots of every class in mol/m³, shape (N,).
        floor: In mol/m³.
    """
    for i in range(window - 1, -1, -1):
        if abs(f[i]) > floor:
            return i
    return 0


@part
def first_step(setting, x, w):
    """Return a first step from the size of the state and of its change.

    Args:
        setting: What is asked of the integrator, a :class:`Setting`.
        x: Components in mol/m³, shape (n,).
        w: Its ``right`` holds the change of the components, a :class:`Work`.
    """
    fastest = 0.0
    for i in range(x.size):
        scale = setting.absolute[i] + setting.relative**0.5 * abs(x[i])
        fastest = max(fastest, abs(w.right[i]) / scale)
    end = setting.times[-1]
    return min(end, 0.1 * setting.relative**0.2 / fastest if fastest > 0.0 else end)


@part
def next_size(h, error, before, old_error, tried):
    """Return the factor to the next step: the smaller of two predictions (Gustafsson 1994).

    Args:
        h: The step in s.
        error: Its error measure.
        before: The step before in s; 0 if there was none.
        old_error: Its error measure.
        tried: How often this step was tried.
    """
    small = max(error, 1e-10)
    factor = SAFETY / small**0.2
    if before > 0.0:
        factor = min(factor, SAFETY * h / before * (old_error / small**2) ** 0.2)
    return min(max(factor, SLOWEST), FASTEST if tried == 1 else 1.0)
