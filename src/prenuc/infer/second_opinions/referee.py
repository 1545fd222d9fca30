r"""A fit once more, by engines that share none of its code but the noise it found.

The own engine takes concentrations from closed forms and eliminates spectra with exact derivatives
(:mod:`prenuc.infer.objectives.projection`). The second one reads the scheme again, integrates its
rate equations (LSODA, :func:`scipy.integrate.solve_ivp`), finds the spectra by linear least squares
(or NNLS, Lawson and Hanson) at every step, and searches with :func:`scipy.optimize.least_squares`
and finite differences, from starts away from the answer. Where pyGlotaran is installed, it fits
plain chains of first-order steps, too.

All weigh the data alike, so that they minimise the same sum of squares: a difference is a mistake
of one of them, or another minimum, and no matter of taste. Two agree when every parameter that the
data fix differs by at most :data:`SHARE` of its standard error, or by :data:`CLOSE` of its value,
and χ² by at most :data:`EXCESS`, which is no other minimum.
Where nothing is identifiable, the sum of squares alone is compared.

Limits: schemes in a mechanism file are not read a second time; nor is the noise estimated again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from prenuc.infer.schemes.kinetics import FirstOrderNetwork
from prenuc.infer.schemes.scheme import parse
from prenuc.infer.second_opinions.referee_case import case_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prenuc.infer.fit.results import Fit, GlobalFit
    from prenuc.infer.second_opinions.referee_case import RefereeCase

SHARE = 0.1  # of a standard error
CLOSE = 1e-4  # of a value
EXCESS = 0.1  # of χ²; one standard error makes 1
AWAY = (1.3, 0.7)  # factors of the own answer where the search begins, taken in turn
ROUNDING = 1e-8  # share of a sum of squares that integration and elimination leave
STEP = 1e-4  # of finite differences
SECOND, THIRD = "scipy: rate equations, least squares", "pyGlotaran"


@dataclass(frozen=True)
class Opinion:
    """What another engine found.

    Args:
        engine: Its name.
        values: Parameters that the own fit calls identifiable.
        difference: Largest difference, in standard errors of the own fit.
        excess: Its sum of squares less the own one, in units of the noise.
        agrees: Whether all are close enough.
    """

    engine: str
    values: Mapping[str, float]
    difference: float
    excess: float
    agrees: bool

    def __str__(self) -> str:
        found = "".join(f", {name} = {value:.8g}" for name, value in self.values.items())
        said = "agrees" if self.agrees else "DISAGREES"
        away = f"{self.difference:.2g} standard errors away, χ² {self.excess:+.2g}"
        return f"{self.engine}: {said}{found} ({away})"


@dataclass(frozen=True)
class Verdict:
    """What all engines say.

    Args:
        opinions: One for each engine.
        silent: Engines that did not speak, and why.
    """

    opinions: tuple[Opinion, ...]
    silent: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether every engine found the same."""
        return all(one.agrees for one in self.opinions)

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data for JSON."""
        return {
            "agrees": self.agrees,
            "engines": [
                {
                    "engine": one.engine,
                    "values": dict(one.values),
                    "difference_in_stderr": one.difference,
                    "excess_chi2": one.excess,
                    "agrees": one.agrees,
                }
                for one in self.opinions
            ],
            "silent": list(self.silent),
        }

    def __str__(self) -> str:
        lines = [f"  referee  {one}" for one in self.opinions]
        return "\n".join([*lines, *(f"  referee  {why}" for why in self.silent)])


def referee(
    fit: GlobalFit | Fit,
    *,
    background: bool = False,
    through_origin: bool = False,
    non_negative: bool = False,
) -> Verdict:
    """Repeat a fit with other engines.

    Args:
        fit: The fit.
        background: As it was given to the fit; and so are
        through_origin: the others.
        non_negative: Spectra are nowhere below zero.

    Raises:
        FitError: The scheme is a mechanism file, or non-negative spectra stand beside offsets.
    """
    case = case_of(
        fit, background=background, through_origin=through_origin, non_negative=non_negative
    )
    opinions, silent = [_opinion(case, SECOND, _search(case))], []
    if find_spec("glotaran") is None:
        silent.append(f"{THIRD} is not installed")
    elif case.is_plain_chain:
        opinions.append(_opinion(case, THIRD, _by_pyglotaran(case)))
    else:
        silent.append(f"{THIRD} cannot fit this")
    return Verdict(tuple(opinions), tuple(silent))


def _search(case: RefereeCase) -> dict[str, float]:
    """Return the parameters where the sum of squares is least, from starts on both sides."""
    from scipy.optimize import least_squares

    found = []
    for first in range(len(AWAY)):
        away = [AWAY[(first + i) % len(AWAY)] for i in range(len(case.start))]
        begin = [
            math.log(x * f) if v.logarithmic else x * f
            for v, x, f in zip(case.variables, case.start, away, strict=True)
        ]
        low, high = np.array([v.bounds for v in case.variables]).T
        found.append(
            least_squares(
                case.residual,
                np.clip(begin, low + STEP, high - STEP),
                jac="3-point",
                diff_step=STEP,
                bounds=(low, high),
                x_scale=[v.size for v in case.variables],
                ftol=1e-15,
                xtol=1e-11,
                gtol=1e-15,
            )
        )
    best = min(found, key=lambda one: float(one.cost)).x
    pairs = zip(case.variables, best, strict=True)
    return {v.name: math.exp(x) if v.logarithmic else float(x) for v, x in pairs}


def _by_pyglotaran(case: RefereeCase) -> dict[str, float]:
    """Return the rate constants that pyGlotaran finds for the same weighted data."""
    import xarray as xr
    from glotaran.io import load_model, load_parameters  # type: ignore[import-not-found]
    from glotaran.optimization.optimize import optimize  # type: ignore[import-not-found]
    from glotaran.project import Scheme  # type: ignore[import-not-found]

    names = [v.name for v in case.variables]
    boxes = ", ".join(f"S{i}" for i in range(len(names)))
    rates = ", ".join(f"k.{i + 1}" for i in range(len(names)))
    model = (
        "default_megacomplex: decay-sequential\nmegacomplex:\n"
        f"  chain: {{type: decay-sequential, compartments: [{boxes}], rates: [{rates}]}}\n"
        "  static: {type: baseline, dimension: time}\n"
        "dataset:\n  spectra: {megacomplex: [chain, static]}\n"
    )
    begin = [float(x * AWAY[i % len(AWAY)]) for i, x in enumerate(case.start)]
    data = case.blocks[0][0]
    axes = [("time", case.time), ("spectral", np.arange(data.shape[1], dtype=float))]
    table = xr.DataArray(data, coords=axes).to_dataset(name="data")
    scheme = Scheme(
        model=load_model(model, format_name="yml_str"),
        parameters=load_parameters(f"k: {begin}", format_name="yml_str"),
        data={"spectra": table},
    )
    found = optimize(scheme, verbose=False).optimized_parameters.all()
    return dict(zip(names, (float(one.value) for one in found), strict=True))


def _opinion(case: RefereeCase, engine: str, values: dict[str, float]) -> Opinion:
    """Return how far an engine's parameters lie from the own ones."""
    kinetics = parse(case.equations.scheme)
    names = [name for name in case.own if name in values]
    given = [values[v.name] for v in case.variables]
    if (
        isinstance(kinetics, FirstOrderNetwork) and kinetics.is_plain_chain
    ):  # rates can change places
        some = list(values.values())
        values = {n: min(some, key=lambda x, n=n: abs(x - case.own[n][0])) for n in names}  # type: ignore[misc]
    away = 0.0
    u = [math.log(x) if v.logarithmic else x for v, x in zip(case.variables, given, strict=True)]
    excess = (float(np.sum(case.residual(np.array(u)) ** 2)) - case.least) / case.variance
    agrees = abs(excess) <= EXCESS + ROUNDING * case.least / case.variance
    for name in names:
        value, stderr = case.own[name]
        off = abs(values[name] - value)
        away = max(away, off / stderr if stderr > 0 else math.inf)
        agrees &= off <= max(SHARE * stderr, CLOSE * abs(value))
    called = case.names or {}
    kept = {called.get(name, name): values[name] for name in names}
    return Opinion(engine, kept, away, excess, agrees)
