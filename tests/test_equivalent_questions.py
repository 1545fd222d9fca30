"""Questions that are the same have the same answer, however they are asked.

Each pair of fits must agree: in the value of every parameter that both have under one name, in what
is identifiable, in intervals, and in the size of the residuals.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from frozen_data import faster, spectra, trace
from prenuc.infer.fit.data_set import DataSet
from prenuc.infer.fit.fit import fit
from prenuc.infer.fit.laws import ArrheniusLaw
from prenuc.infer.fit.results import Fit
from prenuc.observe.series import SpectrumSeries

VALUES, WIDTHS = 1e-9, 1e-6  # relative; of an interval's width
# Scheme: rate constants, and signals of the species on a trace.
MADE = {
    "A -> B": ([0.015], (0.1, 0.5)),
    "A -> B -> C": ([0.06, 0.012], (0.1, 0.8, 0.2)),
    "A <-> B": ([0.015, 0.01], (0.1, 0.6)),
    "A -> B, A -> C": ([0.015, 0.01], (0.1, 0.6, 0.4)),
    "2 A -> B": ([0.02], (0.1, 0.6)),
    "A + B -> 2 B": ([0.06, 0.01], (0.1, 0.5)),
    "A -> B, A + B -> 2 B": ([0.0008, 0.05], (0.1, 0.5)),
    "A -> B of order 3/2": ([0.03], (0.1, 0.6)),
    "A -> B after lag": ([0.03, 41.0], (0.1, 0.5)),
}
WITH_LAG = "A -> B after lag"
ROW, GROWTH = "A -> B -> C", "A -> B, A + B -> 2 B"
SPELLED = {
    "A -> B": ("A->B", "A → B", "first-order", "PC -> MSC", "A -1-> B"),
    ROW: (
        "A->B->C", "A -1-> B -> C", "A -1-> B -1-> C", "B -> C, A -> B", "A -> B; B -> C",
        "X -> Y -> Z",
    ),
    "A <-> B": ("A <=> B", "A ⇌ B", "A -> B, B -> A"),
    "A -> B, A -> C": ("A -> C, A -> B",),
    "2 A -> B": ("2A -> B", "A + A -> B"),
    "A + B -> 2 B": ("B + A -> 2 B", "A + B -> B + B"),
    GROWTH: ("A + B -> 2 B, A -> B", "A -> B; A + B -> 2 B"),
    "A -> B of order 3/2": ("A -> B of order 1.5",),
    WITH_LAG: ("A -> B with lag", "A -> B with a lag", "A->B  after   lag"),
}  # fmt: skip
KINDS = ("trace", "spectra")


def on(kind, scheme, seed=1):
    """Return a trace or spectra made with a scheme."""
    rates, signals = MADE[scheme]
    quiet = 1e-4 if scheme in {ROW, GROWTH} else 1e-3
    if kind == "trace":
        return trace(scheme, rates, signals, seed=seed, sd=quiet)
    return spectra(scheme, rates, seed=seed, sd=quiet)


def rms(found):
    rest = found.residuals
    pieces = rest.values() if isinstance(rest, dict) else [rest]
    return float(np.sqrt(np.mean(np.concatenate([np.ravel(piece) for piece in pieces]) ** 2)))


def agree(one, other, only=(), turned=None, *, intervals=True, residuals=1.0):
    """Assert that two fits give one answer.

    Args:
        one: A fit.
        other: The same, asked otherwise.
        only: Names to compare; all if empty.
        turned: By name in the first fit, the name in the second and by what the value differs.
        intervals: Whether they are compared.
        residuals: By what they differ.
    """
    turned = {name: (name, 1.0) for name in only or one.params} | (turned or {})
    pairs = {name: turned[name] for name in only or one.params}
    assert set(pairs) <= set(one.params)
    assert {name for name, _ in pairs.values()} <= set(other.params)
    if not only:
        assert len(one.params) == len(other.params)
    assert any(one.params[name].identifiable for name in pairs)
    for name, (theirs, factor) in pairs.items():
        a, b = one.params[name], other.params[theirs]
        assert a.identifiable == b.identifiable, name
        if not a.identifiable:
            continue
        assert factor * a.value == pytest.approx(b.value, rel=VALUES, abs=0), name
        if intervals:
            ends, least = [factor * end for end in a.ci95], WIDTHS * (b.ci95[1] - b.ci95[0])
            assert ends == pytest.approx(b.ci95, rel=0, abs=least), name
    assert residuals * rms(one) == pytest.approx(rms(other), rel=VALUES)


def spelling():
    """Yield pairs of schemes that mean the same."""
    turned = {"A_B": ("A_Y", 1.0)}
    special = [
        ("A -> B", "A -> B of order 1", {"only": ("k",)}),
        ("A -> B", "exp + constant", {"only": ("k",)}),
        (ROW, "exp + exp + constant", {"only": ("k1", "k2")}),
        ("2 A -> B", "A -> B of order 2", {"turned": {"k": ("k", 2.0)}}),
    ]
    for scheme, spelled in SPELLED.items():
        others = [(scheme, other) for other in spelled]
        told = {"only": ("k_obs", "k1", "k2")} if scheme == "A -> B, A -> C" else {}
        special += [(s, o, {"turned": turned} if "Y" in o else told) for s, o in others]
    for kind in KINDS:
        for scheme, other, how in special:
            data = on(kind, scheme)
            one = partial(fit, data, scheme)
            yield pytest.param(one, partial(fit, data, other), how,
                               id=f"{kind}: {scheme} = {other}")  # fmt: skip


def alone(one):
    """Return the spectra of one wavelength that hold a trace."""
    return SpectrumSeries(np.array([391.0]), one.time, one.value[:, None])


def containing():
    """Yield pairs of the same data in other containers."""
    only = {"A -> B": ("k",), ROW: ("k1", "k2"), "2 A -> B": ("k",), GROWTH: ("k1", "k2"),
            WITH_LAG: ("k", "lag"), "A + B -> 2 B": ("k", "seed")}  # fmt: skip
    for scheme in ("A -> B", ROW, "2 A -> B", GROWTH):
        one = on("trace", scheme)
        asked = partial(fit, one, scheme)
        yield pytest.param(asked, partial(fit, alone(one), scheme), {},
                           id=f"trace = one wavelength: {scheme}")  # fmt: skip
        yield pytest.param(asked, partial(fit, [DataSet(data=one)], scheme),
                           {"only": only[scheme]}, id=f"trace = set: {scheme}")  # fmt: skip
    for scheme in ("A -> B", ROW):
        whole = on("spectra", scheme)
        one = whole.trace("391 nm")
        asked = partial(fit, whole, scheme, at="391 nm")
        yield pytest.param(asked, partial(fit, one, scheme), {}, id=f"at = trace: {scheme}")
        yield pytest.param(asked, partial(fit, alone(one), scheme), {},
                           id=f"at = one wavelength: {scheme}")  # fmt: skip
    for scheme, names in only.items():
        whole = on("spectra", scheme)
        yield pytest.param(partial(fit, whole, scheme), partial(fit, [DataSet(data=whole)], scheme),
                           {"only": names}, id=f"spectra = set: {scheme}")  # fmt: skip


def part(series, which):
    return replace(series, time=series.time[which], absorbance=series.absorbance[which], labels=())


def ordering():
    """Yield pairs of data sets in other order or by other names."""
    for scheme in ("A -> B", ROW):
        whole = on("spectra", scheme)
        halves = [DataSet(data=part(whole, slice(i, None, 2)), label=f"half {i}") for i in (0, 1)]
        asked = partial(fit, halves, scheme)
        yield pytest.param(asked, partial(fit, halves[::-1], scheme), {}, id=f"halves: {scheme}")
        named = [replace(half, label="") for half in halves]
        yield pytest.param(asked, partial(fit, named, scheme), {}, id=f"labels: {scheme}")
        once, twice = ([DataSet(data=whole)] * count for count in (1, 2))
        yield pytest.param(partial(fit, once, scheme), partial(fit, twice, scheme),
                           {"intervals": False}, id=f"once = twice: {scheme}")  # fmt: skip
    hot = [
        DataSet(data=spectra("A -> B", [0.02 * faster(celsius, 80.0)], seed=celsius),
                label=f"at {celsius}", temperature=f"{celsius} degC")
        for celsius in (50, 60, 70)
    ]  # fmt: skip
    told = {"laws": {"k": ArrheniusLaw("60 degC")}}
    for which in ((2, 1, 0), (1, 2, 0)):
        asked = partial(fit, scheme="A -> B", **told)
        yield pytest.param(partial(asked, hot), partial(asked, [hot[i] for i in which]), {},
                           id=f"order {which}")  # fmt: skip


def choosing():
    """Yield pairs of options that say the same."""
    for kind in KINDS:
        for scheme, names in (("A -> B", "AB"), (ROW, "ABC")):
            asked = partial(fit, on(kind, scheme), scheme)
            for absorbing in (tuple(names), ", ".join(names)):
                yield pytest.param(asked, partial(asked, absorbing=absorbing), {},
                                   id=f"{kind}: {scheme} absorbing {absorbing!r}")  # fmt: skip
        for scheme, start in (
            ("A -> B", {"k": 0.0151}),
            (ROW, {"k1": 0.0605, "k2": 0.0119}),
            (GROWTH, {"k1": 0.00081, "k2": 0.0497}),
            (WITH_LAG, {"k": 0.0302, "lag": 40.7}),
        ):
            asked = partial(fit, on(kind, scheme), scheme)
            yield pytest.param(asked, partial(asked, start=start), {},
                               id=f"{kind}: {scheme} with a start")  # fmt: skip
    for scheme in ("A -> B", "2 A -> B", "A + B -> 2 B"):
        rates, signals = MADE[scheme]
        asked = partial(fit, trace(scheme, rates, (0.0, signals[1]), seed=1), scheme)
        yield pytest.param(partial(asked, through_origin=True), partial(asked, absorbing="B"), {},
                           id=f"through the origin = absorbing B: {scheme}")  # fmt: skip


def times(data, factor, unit):
    return replace(data, time=data.time * factor, time_unit=unit, **labels(data))


def signal(data, change):
    """Return data whose signal is changed."""
    field = "absorbance" if isinstance(data, SpectrumSeries) else "value"
    return replace(data, **{field: change(getattr(data, field))})


def labels(data):
    return {"labels": ()} if isinstance(data, SpectrumSeries) else {}


def measuring():
    """Yield pairs of the same measurement in other units or with something added."""
    amplitudes = {name: (name, 3.0) for name in ("A_0", "A_B", "A_inf", "B")}
    slower = {"k": ("k", 1 / 60), "k1": ("k1", 1 / 60), "k2": ("k2", 1 / 60), "lag": ("lag", 60.0)}
    for kind in KINDS:
        for scheme in ("A -> B", ROW, WITH_LAG):
            data = on(kind, scheme)
            one = partial(fit, data, scheme)
            yield pytest.param(one, partial(fit, times(data, 60.0, "s"), scheme),
                               {"turned": slower}, id=f"{kind}: {scheme} in seconds")  # fmt: skip
            yield pytest.param(one, partial(fit, signal(data, lambda y: 3.0 * y), scheme),
                               {"turned": amplitudes, "residuals": 3.0},
                               id=f"{kind}: {scheme} times three")  # fmt: skip
            told = {"background": True} if kind == "trace" else {}
            names = {"A -> B": ("k",), ROW: ("k1", "k2"), WITH_LAG: ("k", "lag")}[scheme]
            one = partial(fit, data, scheme, **told)
            yield pytest.param(one, partial(fit, signal(data, lambda y: y + 0.3), scheme, **told),
                               {"only": names}, id=f"{kind}: {scheme} with a constant")  # fmt: skip


PAIRS = [*spelling(), *containing(), *ordering(), *choosing(), *measuring()]


@pytest.mark.parametrize(("one", "other", "how"), PAIRS)
def test_the_same_question_has_the_same_answer(one, other, how):
    agree(one(), other(), **how)


@pytest.mark.parametrize("scheme", ["A -> B", ROW, "2 A -> B"])
def test_spectra_of_one_wavelength_answer_like_a_trace(scheme):
    one = on("trace", scheme)
    found = fit(alone(one), scheme)
    assert isinstance(found, Fit)
    assert list(found.params) == list(fit(one, scheme).params)


def test_data_sets_that_are_there_twice_halve_the_variance():
    whole = on("spectra", "A -> B")
    once, twice = (fit([DataSet(data=whole)] * count, "A -> B") for count in (1, 2))
    assert twice.params["k"].stderr == pytest.approx(once.params["k"].stderr / 2**0.5, rel=0.01)
