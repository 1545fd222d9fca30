"""One trace or one matrix of spectra, and what it is fitted with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import prenuc as pn
from frozen_data import BACKGROUND, MINUTES, NM, SD, SHAPES, TIME, spectra, trace

if TYPE_CHECKING:
    from prenuc.infer.fit.data_set import DataSet
    from prenuc.observe.series import SpectrumSeries
    from prenuc.observe.trace import Trace

MECHANISM = str(Path(__file__).parent / "data" / "two-reactants.yaml")
INTEGRATED = 1e-6  # relative: a thousandth of the standard errors of these
FREE = {"background": True}
# Seeds of noise with which the search ends within 4e-9 of the minimum, relative, whichever way the
# processor rounds its sums (a last step may then be refused); 1 for all others.
SEEDS = {
    "at: row": 3,
    "sets: temperatures": 2,
    "sets: lags of their own and one known": 3,
    "sets: dilution on the way": 3,
    "sets: traces": 3,
    "sets: temperatures, start": 14,
    "sets: starting concentrations": 19,
    "sets: temperatures and doses": 20,
    "sets: known spectrum": 26,
    "sets: rows at temperatures": 62,
    "sets: each its own": 74,
    "spectra: eight equal steps": 2,
    "spectra: two reactants": 2,
    "spectra: mechanism file": 2,
    "spectra: order 3/2": 6,
    "spectra: first order, offsets": 6,
    "spectra: first order, seconds from 4 on": 7,
    "spectra: first order": 7,
    "spectra: nucleation and growth": 7,
    "spectra: reversible dimer": 8,
    "spectra: row, drift": 11,
    "spectra: row, correlated": 12,
    "spectra: row, offsets": 12,
    "spectra: four equal steps": 32,
    "spectra: one exponential": 38,
    "spectra: autocatalysis": 39,
    "spectra: two ways out": 46,
    "spectra: row": 62,
    "spectra: two exponentials": 67,
    "spectra: first order, correlated": 80,
    "spectra: row, slow step first": 80,
    "spectra: three in a row": 70,
    "trace: after lag, start": 2,
    "trace: eight equal steps": 3,
    "trace: after lag": 86,
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One question whose answer is frozen.

    Args:
        name: What it is called in the file.
        data: What is fitted.
        scheme: What it is fitted with.
        truth: What the data were made with, by parameter, under every name it may have.
        noise: "none", "white" or another kind.
        options: Of the fit.
        same: How well an answer can be repeated, relative; less well where an integrator is in it.
    """

    name: str
    data: Trace | SpectrumSeries | list[DataSet]
    scheme: str
    truth: dict[str, float]
    noise: str = "white"
    options: dict[str, Any] = field(default_factory=dict)
    same: float = 1e-8

    def fit(self):
        return pn.fit(self.data, self.scheme, **self.options)


def seed_of(name):
    return SEEDS.get(name, 1)


def amplitudes(scheme, signals):
    """Return the signals of a trace by the names that a fit gives them."""
    if scheme.startswith("exp"):
        count = scheme.count("exp")
        names = ["a"] if count == 1 else [f"a{i + 1}" for i in range(count)]
        return dict(zip([*names, "constant"], signals, strict=False))
    middle = [f"A_{name}" for name in "BCDEF"[: len(signals) - 2]]
    return dict(zip(["A_0", *middle, "A_inf"], signals, strict=True))


def on_trace(name, scheme, rates, signals, *, options=None, written=None, truth=None, **made):
    """Return the case of a trace."""
    name = f"trace: {name}"
    data = trace(scheme, rates.values(), signals, seed=seed_of(name), **made)
    known = rates | amplitudes(scheme, signals)
    if scheme in {"A -> B", "first-order"}:  # A = A_inf − B exp(−k t)
        known["B"] = known["A_inf"] - known["A_0"]
        known["lag"] = math.log(known["B"] / known["A_inf"]) / rates["k"] if signals[0] <= 0 else 0
    if "-> C" in scheme and scheme[3].isdigit():  # late on, A_inf (1 − exp(−k (t − lag)))
        count, fast, k = int(scheme[3]), *rates.values()
        known |= {"k": k, "lag": count * math.log(fast / (fast - k)) / k}
        known["B"] = known["A_inf"] * math.exp(k * known["lag"])
    noise = "none" if made.get("sd") == 0 else "white"
    return Case(
        name=name,
        data=data,
        scheme=written or scheme,
        truth=known | (truth or {}),
        noise=noise,
        options=options or {},
        **({"same": INTEGRATED} if scheme == "2 A <-> B" or written == MECHANISM else {}),
    )


def on_spectra(name, scheme, rates, *, options=None, written=None, truth=None, **made):
    """Return the case of a matrix."""
    name = f"spectra: {name}"
    noise = "none" if made.get("sd") == 0 else made.get("kind", "white")
    return Case(
        name=name,
        data=spectra(scheme, rates.values(), seed=seed_of(name), **made),
        scheme=written or scheme,
        truth=truth or rates,
        noise=noise,
        options=options or {},
        **({"same": INTEGRATED} if scheme == "2 A <-> B" or written == MECHANISM else {}),
    )


# fmt: off
def traces():
    """Yield the cases of one trace."""
    slow, fast = {"k": 0.012}, {"k": 0.03}
    late, quick = TIME[5:], np.linspace(1.0, 20.0, 77)
    row = {"k1": 0.06, "k2": 0.01}
    yield on_trace("first order", "A -> B", slow, (-0.05, 0.5), time=late)
    yield on_trace("first order, no noise", "A -> B", slow, (-0.05, 0.5), time=late, sd=0)
    yield on_trace("first order on a background", "A -> B", fast, (0.12, 0.5), options=FREE)
    origin = {"through_origin": True}
    yield on_trace("first order from 0", "A -> B", fast, (0.0, 0.5), options=origin)
    yield on_trace("decay", "A -> B", slow, (0.6, 0.1), options=FREE)
    yield on_trace("first order, start", "A -> B", slow, (-0.1, 0.4), options={"start": {"k": 0.5}})
    yield on_trace(
        "first order in seconds", "A -> B", {"k": 0.4}, (-0.2, 0.5), time=quick, unit="s",
        written="first-order",
    )
    yield on_trace("eight equal steps", "A -8-> B -> C", {"k1": 0.2, "k2": 0.012}, (0, 0, 0.5))
    yield on_trace("four equal steps", "A -4-> B -> C", {"k1": 0.08, "k2": 0.015}, (0, 0, 0.5))
    yield on_trace(
        "four equal steps, no noise", "A -4-> B -> C", {"k1": 0.08, "k2": 0.015}, (0, 0, 0.5), sd=0
    )
    yield on_trace("four hidden steps", "A -4-> B", {"k": 0.04}, (0.1, 0.5))
    yield on_trace("row", "A -> B -> C", row, (0.1, 0.8, 0.2), sd=1e-4)
    yield on_trace("row, no noise", "A -> B -> C", row, (0.1, 0.8, 0.2), sd=0)
    yield on_trace(
        "row, slow step first", "A -> B -> C", {"k1": 0.01, "k2": 0.06}, (0.1, 0.9, 0.5), sd=1e-4,
        options={"start": {"k1": 0.008, "k2": 0.08}},
    )
    yield on_trace("second order", "2 A -> B", {"k": 0.02}, (0.1, 0.6))
    yield on_trace("second order from 0", "2 A -> B", {"k": 0.02}, (0.0, 0.6), options=origin)
    yield on_trace("order 3/2", "A -> B of order 3/2", {"k": 0.03}, (0.1, 0.6))
    yield on_trace(
        "two reactants", "A + B -> C", {"k": 0.01, "ratio": 1.5}, (0.1, 0.0, 0.6), sd=1e-4,
        options={"start": {"k": 0.01, "ratio": 1.5}},
    )
    yield on_trace(
        "mechanism file", "A + B -> C", {"k": 0.03, "ratio": 2 / 3}, (0.1, 0.0, 0.6),
        written=MECHANISM, truth={"k": 0.02},
    )
    seeded = {"k": 0.05, "seed": 0.01}
    yield on_trace("autocatalysis", "A + B -> 2 B", seeded, (0.1, 0.5))
    yield on_trace("autocatalysis from 0", "A + B -> 2 B", seeded, (0.0, 0.5), options=origin)
    yield on_trace("autocatalysis, no noise", "A + B -> 2 B", seeded, (0.1, 0.5), sd=0)
    growth = {"k1": 0.0005, "k2": 0.05}
    yield on_trace("nucleation and growth", "A -> B, A + B -> 2 B", growth, (0.05, 0.5))
    yield on_trace(
        "nucleation and growth, no noise", "A -> B, A + B -> 2 B", growth, (0.05, 0.5), sd=0
    )
    lagged = {"k": 0.03, "lag": 41.0}
    yield on_trace("after lag", "A -> B after lag", lagged, (0.05, 0.5))
    yield on_trace("after lag, start", "A -> B after lag", lagged, (0.05, 0.5),
                   options={"start": {"k": 0.02, "lag": 50.0}})
    yield on_trace("one exponential", "exp + constant", slow, (-0.4, 0.5))
    yield on_trace("two exponentials", "exp + exp", row, (0.4, -0.3))
    yield on_trace("two exponentials and a constant", "exp + exp + constant", row, (0.4, -0.6, 0.2))
    yield on_trace(
        "two exponentials on a background", "exp + exp + constant", row, (0.4, -0.6, 0.2),
        written="exp + exp", options=FREE,
    )


def wavelengths():
    """Yield the cases of spectra that are read at one wavelength."""
    one, row, there = {"k": 0.015}, {"k1": 0.06, "k2": 0.012}, {"at": "391 nm"}

    def case(name, scheme, rates, change=lambda series: series, *, sd=SD, **options):
        name = f"at: {name}"
        wanted = "A -> B" if len(rates) == 1 else "A -> B -> C"
        series = spectra(wanted, rates.values(), seed=seed_of(name), sd=sd)
        signals = [float(np.interp(391.0, NM, shape + BACKGROUND)) for shape in SHAPES]
        truth = rates | {"A_0": signals[0], "A_inf": signals[len(rates)], "A_I": signals[1]}
        truth["B"] = truth["A_inf"] - truth["A_0"]
        if series is not (changed := change(series)):  # the first spectrum holds A and its noise
            truth["A_inf"] -= float(series.trace("391 nm").value[0])
        return Case(name=name, data=changed, scheme=scheme, truth=truth, options=there | options)

    yield case("first order", "A -> B", one, background=True)
    yield case("one spectrum subtracted", "A -> B", one, lambda series: series.subtract(0))
    yield case("row", "PC -> I -> MSC", row, sd=1e-4)


def matrices():
    """Yield the cases of spectra at all wavelengths."""
    one, row = {"k": 0.015}, {"k1": 0.05, "k2": 0.012}
    yield on_spectra("first order", "A -> B", one)
    yield on_spectra("first order, no noise", "A -> B", one, sd=0)
    for kind in ("offsets", "drift", "correlated"):
        yield on_spectra(f"first order, {kind}", "A -> B", one, kind=kind)
        yield on_spectra(f"row, {kind}", "A -> B -> C", row, kind=kind, sd=3e-4)
    yield on_spectra("first order, seconds from 4 on", "A -> B", one, time=MINUTES + 4, unit="s")
    yield on_spectra("row", "A -> B -> C", row)
    yield on_spectra("row, no noise", "A -> B -> C", row, sd=0)
    yield on_spectra("row, slow step first", "A -> B -> C", {"k1": 0.012, "k2": 0.05},
                     options={"start": {"k1": 0.01, "k2": 0.06}})
    yield on_spectra("row above zero", "A -> B -> C", row, under=0.0,
                     options={"non_negative": True})
    yield on_spectra("first order above zero", "A -> B", one, under=0.0,
                     options={"non_negative": True})
    three = {"k1": 0.15, "k2": 0.05, "k3": 0.012}
    yield on_spectra("three in a row", "A -> B -> C -> D", three, sd=5e-5)
    yield on_spectra("reversible", "A <-> B", {"k1": 0.015, "k-1": 0.01}, truth={"k_obs": 0.025})
    yield on_spectra("two ways out", "A -> B, A -> C", {"k1": 0.015, "k2": 0.01},
                     truth={"k_obs": 0.025})
    back = {"k1": 0.06, "k-1": 0.02, "k2": 0.02}
    both, root = 0.1, math.sqrt(0.1**2 - 4 * 0.06 * 0.02)  # k² − (k1 + k-1 + k2) k + k1 k2 = 0
    yield on_spectra("reversible, then on", "A <-> B -> C", back, sd=3e-4,
                     truth={"k_obs1": (both + root) / 2, "k_obs2": (both - root) / 2})
    yield on_spectra("eight equal steps", "A -8-> B -> C", {"k1": 0.2, "k2": 0.012})
    yield on_spectra("four equal steps", "A -4-> B -> C", {"k1": 0.08, "k2": 0.015})
    yield on_spectra("four hidden steps", "A -4-> B", {"k": 0.04})
    yield on_spectra("second order", "2 A -> B", {"k": 0.02})
    yield on_spectra("order 3/2", "A -> B of order 3/2", {"k": 0.03})
    yield on_spectra("two reactants", "A + B -> C", {"k": 0.02, "ratio": 1.5},
                     options={"start": {"k": 0.02, "ratio": 1.5}})
    yield on_spectra("autocatalysis", "A + B -> 2 B", {"k": 0.06, "seed": 0.01})
    growth = {"k1": 0.0008, "k2": 0.05}
    yield on_spectra("nucleation and growth", "A -> B, A + B -> 2 B", growth)
    yield on_spectra("after lag", "A -> B after lag", {"k": 0.03, "lag": 31.0}, sd=2e-4)
    yield on_spectra("one exponential", "exp + constant", one, under=0.0)
    yield on_spectra("two exponentials", "exp + exp + constant", row, under=0.0)
    yield on_spectra("reversible dimer", "2 A <-> B", {"k1": 0.02, "k-1": 0.01}, sd=3e-4)
    yield on_spectra("mechanism file", "A + B -> C", {"k": 0.03, "ratio": 2 / 3},
                     written=MECHANISM, truth={"k": 0.02})
# fmt: on
