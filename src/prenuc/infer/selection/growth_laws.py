r"""By which law do dots grow: their diameters against time, weighed like any scheme.

==========================  =====================================  ================================
law                         d(t)                                   the slow step
==========================  =====================================  ================================
none                        :math:`d_0`                            nothing grows
interface                   :math:`d_0 + k t`                      a step at the surface
diffusion                   :math:`\sqrt{d_0^2 + k t}`             the way to the surface
ripening                    :math:`\sqrt[3]{d_0^3 + k t}`          small dots feed large ones
interface, used up          :math:`d_∞ - (d_∞ - d_0) e^{-k t}`     the surface; the monomer runs out
==========================  =====================================  ================================

The first three hold while the monomer stays as it is (Lifshitz and Slyozov 1961, J. Phys. Chem.
Solids 19, 35, and Wagner 1961, Z. Elektrochem. 65, 581, for ripening; LaMer and Dinegar 1950,
J. Am. Chem. Soc. 72, 4847, for the others). A power alone proves no mechanism: a distribution of
sizes and an error of the sizing curve bend d(t), too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.errors import FitError
from prenuc.infer.selection.evidence import INADEQUATE, Comparison, Standing, judge
from prenuc.observe.excitons import correlation_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from prenuc.arrays import Array
    from prenuc.observe.analysis import Analysis

FEWEST = 6  # diameters
LEAST_NOISE = 1e-4  # nm; less is rounding
RANDOM = 2.0  # correlation time of residuals, in spectra, above which an interval is not believed


@dataclass(frozen=True)
class Law:
    """A law of growth.

    Args:
        name: What it is called.
        unit: Of its rate.
        size: Diameters (nm) at times (s) for parameters (1 to 3): d₀, the rate, d∞.
        start: Parameters to start from, for times and diameters.
    """

    name: str
    unit: str
    size: Callable[[Array, Array], Array]
    start: Callable[[Array, Array], list[float]]


def _power(n: int) -> Callable[[Array, Array], Array]:
    return lambda at, t: np.maximum(at[0] ** n + at[1] * t, 1e-9) ** (1.0 / n)


def _rate(n: int) -> Callable[[Array, Array], list[float]]:
    return lambda t, d: [float(d[0]), float((d[-1] ** n - d[0] ** n) / (t[-1] - t[0]))]


def _used_up(at: Array, t: Array) -> Array:
    return np.asarray(at[2] - (at[2] - at[0]) * np.exp(-np.exp(np.clip(at[1], -50, 50)) * t))


LAWS = (
    Law("none", "", lambda at, t: np.full_like(t, at[0]), lambda _, d: [float(d.mean())]),
    Law("interface", "nm/s", _power(1), _rate(1)),
    Law("diffusion", "nm^2/s", _power(2), _rate(2)),
    Law("ripening", "nm^3/s", _power(3), _rate(3)),
    Law(  # the rate as a logarithm, which keeps it above zero
        "interface, used up",
        "1/s",
        _used_up,
        lambda t, d: [float(d[0]), float(np.log(3.0 / (t[-1] - t[0]))), float(d[-1])],
    ),
)


@dataclass(frozen=True, kw_only=True)
class FittedLaw:
    """A law, fitted.

    Args:
        law: Its name.
        rate: Of growth, in ``unit``; None for no growth.
        ci95: Its 95 % interval; None where neighbouring residuals are alike or far larger than the
            scatter of the diameters, so that the law misses something.
        unit: Of the rate.
        first_nm: Diameter at time zero, nm.
        last_nm: Diameter at the end, nm; None where the law has none.
        rms_nm: Root mean square of the residuals, nm.
    """

    law: str
    rate: float | None
    ci95: tuple[float, float] | None
    unit: str
    first_nm: float
    last_nm: float | None
    rms_nm: float


@dataclass(frozen=True, kw_only=True)
class Growth:
    """How dots grew.

    Args:
        time_s: Times, s, shape (k,).
        diameter_nm: Diameters, nm, shape (k,).
        comparison: The laws, weighed.
        fitted: Each law by name.
        curves: Fitted diameters by law, nm, shape (k,) each.
        notes: What a reader should know.
        file: The file that the spectra came from, as named by the user; empty for none.
    """

    time_s: Array
    diameter_nm: Array
    comparison: Comparison
    fitted: dict[str, FittedLaw]
    curves: dict[str, Array]
    notes: tuple[str, ...] = ()
    file: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {
            "time_s": self.time_s,
            "diameter_nm": self.diameter_nm,
            "laws": {name: asdict(one) for name, one in self.fitted.items()},
            "comparison": self.comparison.as_dict(),
            "notes": list(self.notes),
        }


def growth_laws(analysis: Analysis) -> Growth:
    """Weigh the laws of growth by the diameters of a series.

    Args:
        analysis: First excitons with diameters (:func:`prenuc.analyze` with a material). Doubted
            picks and spectra without a time are left out.

    Raises:
        FitError: Fewer than six diameters are known at different times.
    """
    time = analysis.time_s
    size = np.array([one.diameter_nm for one in analysis.found])
    doubted = np.array([bool(one.doubts) for one in analysis.found], dtype=bool)
    known = np.isfinite(time) & np.isfinite(size) & ~doubted
    order = np.argsort(time[known], kind="stable")
    t, d = time[known][order], size[known][order]
    if len(np.unique(t)) < FEWEST:
        what = f"{len(np.unique(t))} diameters at different times, a law of growth needs {FEWEST}"
        raise FitError(what, "Give --material and spectra with times and first excitons")
    noise = _noise(t, d)
    fits = {law.name: _fitted(law, t, d, noise) for law in LAWS}
    standings = [
        Standing(name, float(np.sum((d - curve) ** 2)) / noise**2, count)
        for name, (_, curve, count) in fits.items()
    ]
    said = [f"{int(doubted.sum())} doubted picks are left out"] if doubted.any() else []
    curve = {one.size.curve for one in analysis.found if one.size is not None}
    said.append(f"diameters by {', '.join(sorted(curve))}; its own error bends them all alike")
    return Growth(
        time_s=t,
        diameter_nm=d,
        comparison=judge(standings, len(d), parsimony=True, noise={"diameter / nm": noise}),
        fitted={name: one for name, (one, _, _) in fits.items()},
        curves={name: fitted for name, (_, fitted, _) in fits.items()},
        notes=tuple(said),
        file=analysis.file,
    )


def _noise(t: Array, d: Array) -> float:
    """Return the scatter of diameters (nm) around a straight line between both neighbours."""
    part = (t[1:-1] - t[:-2]) / np.maximum(t[2:] - t[:-2], np.finfo(float).tiny)
    away = d[1:-1] - (1 - part) * d[:-2] - part * d[2:]
    scaled = np.abs(away) / np.sqrt(1 + (1 - part) ** 2 + part**2)
    return max(1.4826 * float(np.median(scaled)), LEAST_NOISE)


def _fitted(law: Law, t: Array, d: Array, noise: float) -> tuple[FittedLaw, Array, int]:
    """Return a fitted law, its diameters, and how many numbers it has."""
    from scipy.optimize import least_squares
    from scipy.stats import t as student

    start = np.array(law.start(t, d))
    scale = np.maximum(np.abs(start), 1e-6)
    found = least_squares(lambda at: law.size(at, t) - d, start, x_scale=scale)
    at, curve = found.x, law.size(found.x, t)
    freedom = len(d) - len(at)
    alike = correlation_time(d - curve)
    rate: float | None = None
    ends: tuple[float, float] | None = None
    if len(at) > 1:
        covariance = np.linalg.pinv(found.jac.T @ found.jac) * 2 * found.cost / freedom * alike
        half = float(student.ppf(0.975, freedom) * np.sqrt(covariance[1, 1]))
        low, rate, high = (float(at[1] + by) for by in (-half, 0.0, half))
        if len(at) > 2:
            low, rate, high = (float(np.exp(np.clip(one, -50, 50))) for one in (low, rate, high))
        misfit = 2 * found.cost / freedom / noise**2
        ends = (low, high) if alike < RANDOM and misfit < INADEQUATE else None
    told = FittedLaw(
        law=law.name,
        rate=rate,
        ci95=ends,
        unit=law.unit,
        first_nm=float(law.size(at, np.zeros(1))[0]),
        last_nm=float(at[2]) if len(at) > 2 else None,
        rms_nm=float(np.sqrt(np.mean((d - curve) ** 2))),
    )
    return told, curve, len(at)
