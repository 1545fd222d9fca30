"""What drives the reactions of a run: the power that is drawn is the fall of the Gibbs energy."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid

from lawful import Potentials, R, with_one_sided_host
from prenuc.facts.catalogue import get
from prenuc.mechanism.named import mechanism_named
from prenuc.present.figures.driving import caption_driving, drawn_routes, plot_driving
from prenuc.present.figures.page_size import Layout
from prenuc.present.files.report import report
from prenuc.protocol.protocol import Protocol
from prenuc.simulation.driving import driving
from prenuc.simulation.run import simulate

LAWFUL = "two-pathway/CdS"


@cache
def run_of(recipe):
    return simulate(mechanism_named(LAWFUL), Protocol.from_recipe(get("recipes", recipe)))


def vessel(recipe, name):
    (found,) = (one for one in driving(run_of(recipe)) if one.vessel == name)
    return found


def test_what_a_closed_vessel_dissipates_is_what_its_gibbs_energy_falls_by():
    run = run_of("cds-msc-311-in-toluene")
    found, seen = vessel("cds-msc-311-in-toluene", "cuvette"), run.of("cuvette")
    spent = cumulative_trapezoid(found.power, found.time, initial=0.0)
    spent = found.dissipated - np.interp(seen[1].time, found.time, spent)
    potentials = Potentials(run.mechanism, seen[0].temperature)
    first, last = (
        potentials.gibbs(run.amounts(one), np.maximum(one.dots, 0.0)) for one in (seen[1], seen[-1])
    )
    assert R * seen[0].temperature * (first - last) == pytest.approx(spent, rel=2e-3)


def test_power_is_never_negative_and_the_steps_make_it_up():
    for found in driving(run_of("cds-3b-msa-at-30-min")):
        parts = np.array([*found.powers.values()])
        assert parts.min() >= -1e-9 * found.power.max()
        np.testing.assert_allclose(parts.sum(axis=0), found.power, rtol=1e-12)
        assert {name for route in found.routes for name in route} == {*found.powers}


def test_routes_of_one_step_have_one_affinity():
    found = vessel("cds-3b-msa-at-30-min", "flask")
    (activations,) = (route for route in found.routes if "activation" in route)
    assert len(activations) == 5
    for name in activations:
        np.testing.assert_allclose(
            found.affinities[name], found.affinities["activation"], rtol=1e-9, atol=1e-9
        )


def test_msa_makes_the_cluster_the_stable_one():
    """A dose shows as a jump of the affinity of isomerisation, and of the power."""
    found = vessel("cds-3b-msa-at-30-min", "flask")
    (dose,) = found.doses
    before, after = (np.searchsorted(found.time, dose, side) for side in ("left", "right"))
    isomers = found.affinities["isomerisation of PC-311"]
    assert abs(isomers[before - 1]) < 0.05
    assert np.nanmax(isomers[after : after + 3]) > max(0.5, 10 * abs(isomers[before - 1]))
    assert found.power[after : after + 3].max() > 3 * found.power[before - 1]


def test_frozen_time_is_left_out():
    found = vessel("cds-msc-311-in-toluene", "flask")
    assert found.frozen == pytest.approx(2 * 86400.0)
    assert found.time[-1] < 3600.0
    assert "frozen is left out" in caption_driving(found)


def test_a_figure_draws_what_costs_most_and_names_it():
    found = vessel("cds-3b-msa-at-30-min", "flask")
    figure = plot_driving(found, Layout()).figure
    power, affinity, temperature = figure.axes
    drawn = drawn_routes(found)
    assert drawn[0][0] == "bond formation"
    assert len(power.get_lines()) == len(drawn) + 2  # all together, and the dose
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "symlog", "linear"]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names[0] == "all together"
    assert re.fullmatch(r"bond formation \(\+1\), \d\d %", names[1])
    assert (affinity.get_ylabel(), temperature.get_xlabel()) == ("affinity / RT", "time / min")


def test_a_report_draws_it_or_says_why_not(tmp_path):
    run = run_of("cds-msc-311-in-toluene")
    page = report(run, to=tmp_path / "lawful.html").read_text(encoding="utf-8")
    drives = page[page.index("What drives the reactions") :]
    assert drives.count("<svg") == len(driving(run))
    host = with_one_sided_host(run.mechanism, "exchange of PCs", "toluene")
    page = report(replace(run, mechanism=host), to=tmp_path / "not.html").read_text("utf-8")
    assert "are not drawn: two-pathway/CdS is inconsistent" in page
    assert "<svg" not in page[page.index("What drives the reactions") :]
