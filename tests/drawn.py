"""An answer for every kind of figure, small and quick."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np

import prenuc as pn
from commands import clusters, dots
from prenuc.infer.selection.disagreement import Disagreement, Spot
from prenuc.infer.studies.ablation import Ablated, Ablations
from prenuc.observe.course import Course
from prenuc.observe.trace import Trace
from prenuc.simulation.driving import driving
from prenuc.simulation.fluxes import fluxes

SENTENCES = (
    "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC",
    "heat flask to 180 degC over 10 min",
    "hold flask for 15 min",
    "inject 1.2 mmol TOPO into flask",
    "hold flask for 15 min",
    "take 25 uL of flask into c30 with 3.00 mL toluene at 25 degC",
    "measure c30",
)


def made_course(name="a", shift=0.0, sizes=True):
    time = np.linspace(0.0, 100.0, 21)
    grid = np.arange(1.0, 5.0, 0.05) if sizes else np.zeros(0)
    mean = 2.0 + shift + time / 100
    held = np.exp(-(((grid - mean[:, None]) / 0.3) ** 2)) * (time[:, None] > 10)
    share = time / 100
    numbers = np.where(time > 10, 0.1, 0.0)
    amounts = {"S": 30 * (1 - share), "PC-311": 1e-9 + 0.0 * share, "QD": 30 * share}
    return Course(
        name, "flask", time, time - 10, np.full(21, 180.0),
        {"precursor": 1 - share, "PC": 0.0 * share, "QD": share},
        numbers, mean, 0.0 * time + 0.1, 350 + 50 * share, grid, held, 0.0 * time, amounts,
    )  # fmt: skip


@cache
def growing():
    """Return spectra of a cluster that grows by first order, 16 of them."""
    return clusters(tuple(1 - np.exp(-0.06 * 4.0 * np.arange(1, 17))))


@cache
def trace():
    return growing().trace("311 nm")


@cache
def run():
    protocol = pn.Protocol.from_text(list(SENTENCES))
    return pn.simulate(pn.two_pathway("CdS"), protocol)


@cache
def analysed():
    return pn.analyze(dots(tuple(np.linspace(480.0, 540.0, 9))), "CdSe")


def emitted():
    series = dots((500.0, 520.0))
    rows = 100 * np.exp(-(((series.wavelength - np.array([[500.0], [520.0]])) / 15) ** 2))
    noise = np.random.default_rng(1).normal(0, 0.2, rows.shape)
    return pn.SpectrumSeries(
        series.wavelength, series.time, rows + noise, time_unit="s", signal="photoluminescence"
    )


def disagreed():
    spots = tuple(
        Spot(celsius, dilution, additive, celsius / 50 + dilution * (additive == "TOPO"))
        for additive in ("none", "TOPO", "MSA", "HPPh2")
        for dilution in (1.0, 3.0, 10.0)
        for celsius in (120.0, 160.0, 200.0)
    )
    return Disagreement(("two-pathway/CdS", "without Pathway 2"), spots, None)


def ablated(more=()):
    steps = (
        *more,
        Ablated("idle", (), (), (0.0, 0.2), (0.0, 0.0)),
        Ablated("catalysis of bond formation by HPPh2: all", ("a",), (), (-40.0, -3.5), (0.0, 0.0)),
        Ablated("worse", (), ("b",), (2.0, 3.0), (0.0, 0.0)),
    )
    return Ablations("toy", 3, 2, ("narrow", "wide"), "5 constants", (-1.0, -1.0), steps)


def calibrated(names=tuple(f"flask at {celsius} degC" for celsius in (120, 160, 200, 220))):
    """Return what the figure of a calibration reads."""
    seen = {name: growing() for name in names}
    kind = type("SpectraCalibration", (SimpleNamespace,), {})
    return kind(
        seen=seen, predicted={name: one.absorbance + 1e-3 for name, one in seen.items()},
        mechanism=SimpleNamespace(name="two-pathway/CdS"), misfit=1.1,
    )  # fmt: skip


def sets():
    time = np.linspace(0.0, 100.0, 30)
    noise = np.random.default_rng(3).normal(0.0, 1e-3, (2, 30))
    traces = [Trace(time, 0.5 * -np.expm1(-0.03 * time) + row) for row in noise]
    return [pn.DataSet(data=one) for one in traces]


# kind, and what tells it from another of the same kind: a function that returns answers and options
ANSWERS = {
    "spectra": lambda: ((growing(),), {}),
    "spectra, few": lambda: ((dots(),), {}),
    "spectra, several": lambda: ((dots(), dots((505.0, 515.0, 525.0))), {"names": ("a", "b")}),
    "course": lambda: ((made_course(), made_course("b", 0.5)), {}),
    "species": lambda: ((made_course(), made_course("b", 0.5)), {}),
    "sizes": lambda: ((made_course(), made_course("b", 0.5)), {}),
    "distribution": lambda: ((made_course(),), {"at": (20.0, 60.0, 90.0)}),
    "fluxes": lambda: ((fluxes(run()),), {}),
    "mechanism": lambda: ((pn.two_pathway("CdS"),), {}),
    "mechanism, long": lambda: ((pn.two_pathway("CdTe"),), {}),
    "protocol": lambda: ((run().protocol,), {}),
    "driving": lambda: ((driving(run())[0],), {}),
    "fit": lambda: ((pn.fit(trace(), "PC -> MSC"),), {}),
    "fit, spectra": lambda: ((pn.fit(growing(), "PC -> MSC"),), {}),
    "fit, sets": lambda: ((pn.fit(sets(), "A -> B"),), {}),
    "logarithm": lambda: ((pn.fit(trace(), "PC -> MSC"),), {}),
    **{
        f"view, {which}": lambda which=which: ((pn.view(growing()),), {"which": which})
        for which in ("components", "evolving", "isosbestic", "resolution", "first-order", "shift")
    },
    "picks": lambda: ((analysed(),), {}),
    "bands": lambda: ((analysed(),), {}),
    "trend": lambda: ((analysed(),), {}),
    "growth": lambda: ((pn.growth_laws(analysed()),), {}),
    "emission": lambda: ((pn.analyze_emission(emitted()),), {}),
    "rivals": lambda: ((pn.compare_schemes(trace(), ["A -> B", "A -> B -> C", "2 A -> B"]),), {}),
    "calibration": lambda: ((calibrated(),), {}),
    "ablations": lambda: ((ablated(),), {}),
    "map": lambda: ((disagreed(),), {}),
}
