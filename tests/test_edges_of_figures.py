"""Figures of what is rare: one look, no dots, long names, signals that no photometer gives."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import prenuc as pn
from commands import dots
from drawn import ablated, calibrated, growing, made_course
from looking import faults
from prenuc.errors import InputError
from prenuc.infer.studies.ablation import Ablated
from prenuc.observe.course import Course
from prenuc.observe.trace import Trace

FORTY = "a flask of forty characters, as somebody"
UNBROKEN = "oleylamine_TOPO_1p2mmol_run_2026_11_26_b"
LONG = f"absorbance of {FORTY} at 311 nm"
DARK = "hold flask for 400 d"
MANY = tuple(f"{UNBROKEN[:-2]}{i:02d}" for i in range(30))


def course(at=None, species=2, dots_there=1.0):
    time = np.linspace(0.0, 100.0, 21) if at is None else np.array(at)
    part, sizes = time / 100.0, np.arange(1.0, 5.0, 0.05)
    held = dots_there * np.exp(-(((sizes - 2.0 - part[:, None]) / 0.3) ** 2))
    amounts = {f"X-{i:02d}": 30.0 * 10.0 ** (-i % 5) * (0.2 + part) for i in range(species)}
    return Course(
        "a", "flask", time, time, np.full(len(time), 180.0), {"precursor": 1 - part, "QD": part},
        dots_there * (0.1 + 0.0 * part), dots_there * (2.0 + part), 0.0 * part + 0.1,
        dots_there * (350.0 + 50.0 * part), sizes, held, 0.0 * part, amounts,
    )  # fmt: skip


def series(scale=0.3, count=5, seed=0):
    nm = np.linspace(290.0, 420.0, 200)
    rows = scale * np.exp(-(((nm - 311.0) / 4.0) ** 2)) * np.linspace(0.1, 1.0, count)[:, None]
    noise = 1e-3 * abs(scale) * np.random.default_rng(seed).normal(size=rows.shape)
    return pn.SpectrumSeries(nm, np.arange(float(count)), rows + noise, time_unit="min")


def thirty():
    return [series(count=1, seed=i) for i in range(30)]


def trace(height=1.0, name="absorbance at 311 nm"):
    time = np.linspace(0.0, 100.0, 20)
    noise = np.random.default_rng(1).normal(0.0, 1e-3, 20)
    return Trace(time, height * (-np.expm1(-0.05 * time) + noise), name=name)


@cache
def fitted(height=1.0, name="absorbance at 311 nm"):
    return pn.fit(trace(height, name), "PC -> MSC")


def together(names):
    return pn.fit([pn.DataSet(data=trace(name=name)) for name in names], "A -> B")


def watched():
    flask = UNBROKEN
    lines = [f"charge {flask} with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC"]
    for i in range(30):
        took = f"take 25 uL of {flask} into c{i} with 3.00 mL toluene at 25 degC"
        lines += [f"hold {flask} for 2 min", took]
    return pn.Protocol.from_text(lines)


def thirty_steps():
    return [
        Ablated(f"step {i}: all", ("a",), (), (3.0 * i - 40.0, -3.5), (0.0, 0.0)) for i in range(30)
    ]


def analysed(count):
    return pn.analyze(dots(tuple(np.linspace(480.0, 540.0, count))), "CdSe")


CHARGED = "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 25 degC"
EDGES = {
    "one spectrum": lambda: ("spectra", (series(count=1),), {}),
    "200 spectra": lambda: ("spectra", (series(count=200),), {}),
    "tiny spectra": lambda: ("spectra", (series(3e-9),), {}),
    "huge spectra": lambda: ("spectra", (series(3e7),), {}),
    "spectra of nothing": lambda: ("spectra", (series(0.0),), {}),
    "30 spectra": lambda: ("spectra", thirty(), {"names": MANY}),
    "long names": lambda: ("spectra", (series(), series(0.2)), {"names": (FORTY, UNBROKEN)}),
    "one look": lambda: ("course", (course([5.0]),), {}),
    "course without dots": lambda: ("course", (course(dots_there=0.0),), {}),
    "12 courses": lambda: ("course", [course() for _ in range(12)], {"names": MANY[:12]}),
    "30 species": lambda: ("species", (course(species=30),) * 3, {"names": ("a", "b", FORTY)}),
    "one species": lambda: ("species", (course(species=1),), {}),
    "species, one look": lambda: ("species", (course([5.0]),), {}),
    "maps, long names": lambda: ("sizes", (course(),) * 2, {"names": (FORTY, UNBROKEN)}),
    "a million minutes": lambda: ("sizes", (course(np.linspace(0.0, 1e6, 21)),), {}),
    "sizes, one look": lambda: ("distribution", (course([5.0]),), {}),
    "sizes, long names": lambda: ("distribution", (course(),) * 2, {"names": (FORTY, UNBROKEN)}),
    "tiny trace": lambda: ("fit", (fitted(1e-8),), {}),
    "huge trace": lambda: ("fit", (fitted(1e8),), {}),
    "trace with a long name": lambda: ("fit", (fitted(name=LONG),), {}),
    "12 traces": lambda: ("fit", (together(MANY[:12]),), {}),
    "12 flasks": lambda: ("calibration", (calibrated([f"{i} {FORTY}" for i in range(12)]),), {}),
    "30 steps": lambda: ("ablations", (ablated(thirty_steps()),), {}),
    "one pick": lambda: ("trend", (analysed(1),), {}),
    "no pick": lambda: ("trend", (pn.analyze(series(1e-9)),), {}),
    "40 bands": lambda: ("bands", (analysed(40),), {}),
    "nothing happens": lambda: ("protocol", (pn.Protocol.from_text([CHARGED]),), {}),
    "only dark": lambda: ("protocol", (pn.Protocol.from_text([CHARGED, DARK]),), {}),
    "30 samples": lambda: ("protocol", (watched(),), {}),
    **{
        name: lambda name=name: ("mechanism", (pn.two_pathway(name),), {})
        for name in ("CdS", "CdTe", "CdSe")
    },
}  # fmt: skip


@pytest.mark.parametrize("size", ["8.4 cm", "17 cm"])
@pytest.mark.parametrize("name", EDGES)
def test_what_is_rare_can_be_read_too(name, size):
    kind, answers, options = EDGES[name]()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = pn.figure(kind, *answers, size=size, **options)
    assert faults(made.figure) == []


def lines(made, panel=0):
    return made.figure.axes[panel].get_lines()


@pytest.mark.parametrize("kind", ["course", "species"])
def test_a_single_look_is_seen(kind):
    made = pn.figure(kind, course([5.0]))
    assert {one.get_marker() for axes in made.figure.axes for one in axes.get_lines()} == {"o"}
    with pytest.raises(InputError, match="looked at only once"):
        pn.figure("sizes", course([5.0]))


def test_panels_in_which_nothing_is_are_not_there():
    made = pn.figure("course", course(dots_there=0.0))
    assert "there are no dots at any time" in made.notes
    assert [axes.get_title("left") for axes in made.figure.axes if axes.lines] == [
        "share of precursor",
        "share of QD",
    ]


def test_what_goes_below_zero_is_all_in_view():
    low, high = pn.figure("spectra", series(-0.3)).figure.axes[0].get_ylim()
    assert low < -0.3 < 0.0 < high


def test_a_spectrum_without_readings_is_no_reason_to_fail():
    rows = series().absorbance.copy()
    rows[1] = np.nan
    made = pn.figure("spectra", replace(series(), absorbance=rows))
    assert len(lines(made)) == 5


def test_of_30_measured_spectra_no_two_look_alike():
    made = pn.figure("spectra", *thirty(), names=MANY)
    looks = {(one.get_color(), one.get_marker(), str(one.get_linestyle())) for one in lines(made)}
    assert len(looks) == 30


def test_residuals_are_counted_in_thousandths_where_that_is_usual():
    for height, name, times in ((1.0, "residual / 0.001", 1e3), (1e8, "residual", 1.0)):
        made = pn.figure("fit", fitted(height))
        assert " ".join(made.figure.axes[1].get_ylabel().split()) == name
        shown = lines(made, 1)[-1].get_ydata()
        np.testing.assert_allclose(shown, times * fitted(height).residuals)


def test_data_sets_of_several_names_have_the_name_of_none_of_them():
    assert pn.figure("fit", together(("run a", "run b"))).figure.axes[0].get_ylabel() == "signal"


def test_times_of_several_distributions_are_named_once():
    made = pn.figure("distribution", made_course("a"), made_course("b", 0.5), at=[30.0, 60.0])
    assert [len(axes.get_legend_handles_labels()[0]) for axes in made.figure.axes[:2]] == [2, 2]
    assert not any(axes.get_legend() for axes in made.figure.axes)
    (legend,) = made.figure.legends
    assert [one.get_text() for one in legend.get_texts()] == ["30 min", "60 min"]


def test_a_long_name_of_a_signal_is_broken_and_whole():
    shown = pn.figure("fit", fitted(name=LONG)).figure.axes[0].get_ylabel()
    assert " ".join(shown.split()) == LONG
    assert "\n" in shown


def test_growing_spectra_are_not_named_after_their_axis():
    made = pn.figure("spectra", replace(growing(), metadata={}))
    assert made.figure.axes[0].get_title("left") == ""
