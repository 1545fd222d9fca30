"""A flask that is watched has a course: shares, dots and first absorption against time."""

from __future__ import annotations

import numpy as np
import pytest

import prenuc as pn
from prenuc.errors import InputError, ProtocolError
from prenuc.mechanism import two_pathway
from prenuc.observe.absorption import WAVELENGTHS
from prenuc.observe.features import first_exciton
from prenuc.present.cli.flasks import given
from prenuc.protocol import Protocol
from prenuc.protocol.operations import Evolve

FLASK = (
    "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC",
    "heat flask to 180 degC over 10 min",
    "hold flask for 60 min",
    "take 25 uL of flask into early with 3.00 mL toluene at 25 degC",
    "measure early",
    "hold flask for 60 min",
    "take 25 uL of flask into late with 3.00 mL toluene at 25 degC",
    "measure late",
)


def protocol(*lines):
    return Protocol.from_text([*lines])


def looks(done, vessel="flask"):
    """Return when a vessel is looked at, in min on its clock."""
    spans = [op for op in done.plan if isinstance(op, Evolve) and op.vessel == vessel]
    return [round((op.clock + look) / 60, 6) for op in spans for look in op.looks]


@pytest.fixture(scope="module")
def runs():
    plain = protocol(*FLASK)
    return tuple(
        pn.simulate(two_pathway("CdS"), one) for one in (plain, plain.with_watch(every="5 min"))
    )


@pytest.fixture(scope="module")
def course(runs):
    return pn.course(runs[1])


def test_a_vessel_is_looked_at_from_when_it_is_watched_and_at_the_end_of_steps():
    start, heat, *_ = FLASK
    lines = (
        start,
        heat,
        "watch flask every 4 min",
        "hold flask for 10 min",
        "hold flask for 2 min",
    )
    assert looks(protocol(*lines)) == [10, 12, 16, 20, 22]


def test_watching_is_no_sample_and_moves_no_reaction_time():
    start, heat, *rest = FLASK
    watched = protocol(start, "watch flask every 1 min", heat, *rest)
    plain = protocol(*FLASK)
    pairs = [
        [op.reaction_time(look) for op in one.plan for look in getattr(op, "looks", ())]
        for one in (plain, watched)
    ]
    assert {*pairs[0]} <= {*pairs[1]}


def test_watching_changes_nothing(runs):
    plain, watched = runs
    aliquots = [one for one in watched.measurements if one.vessel != "flask"]
    for one, other in zip(aliquots, plain.measurements, strict=True):
        np.testing.assert_allclose(one.concentration, other.concentration, rtol=1e-12, atol=0)


def test_a_glass_is_not_looked_at():
    still = protocol(*FLASK[:3], "store flask at -196 degC for 2 d", "measure flask")
    assert looks(still.with_watch(every="30 min")) == [0, 10, 30, 60, 70, 2950]


def test_a_long_rest_does_not_hide_what_went_before():
    rested = protocol(*FLASK[:3], "store flask at 25 degC for 30 d", "measure flask")
    seen = np.array(looks(rested.with_watch()))
    assert 100 < (seen <= 70).sum() < 200
    assert 100 < (seen > 70).sum() < 200


def test_what_is_watched_already_stays_as_it_is():
    start, *rest = FLASK
    own = protocol(start, "watch flask every 7 min", *rest)
    assert own.with_watch().steps == own.steps
    assert [str(step) for step in own.with_watch(every="9 min").steps][
        1
    ] == "watch flask every 9 min"
    assert "watch" not in str(own.with_spectra(["0 min"], vessel="late"))


def test_what_cannot_be_watched_is_refused():
    start, heat, *_ = FLASK
    with pytest.raises(ProtocolError, match="no filled vessel 'flsk'"):
        protocol(start, heat, "watch flsk every 1 min")
    with pytest.raises(ProtocolError, match="never ends"):
        protocol(start, "watch flask every 0 min", heat)
    with pytest.raises(ProtocolError, match="more than 100000 times"):
        protocol(start, "watch flask every 1 us", heat)
    with pytest.raises(ProtocolError, match="no time passes in flask"):
        protocol(start, "measure flask").with_watch()
    with pytest.raises(ProtocolError, match="no vessel 'flusk'"):
        protocol(*FLASK).with_watch("flusk")


def test_a_course_counts_from_when_the_flask_is_hot(course):
    assert course.reaction_time[[0, 2]] == pytest.approx([-10, 0])
    assert course.reaction_time[-1] == pytest.approx(120)
    assert course.temperature[[0, 1, 2, -1]] == pytest.approx([60, 120, 180, 180])
    assert course.axis[1] == "reaction time / min"


def test_every_chalcogen_is_somewhere_at_all_times(course):
    assert sum(course.shares.values()) == pytest.approx(1.0)
    assert course.shares["precursor"][0] == 1.0
    assert course.shares["QD"][-1] > 0.5


def test_the_distribution_holds_all_dots_and_their_volume(course):
    step = np.gradient(course.sizes)
    total = course.distribution @ step
    assert total == pytest.approx(course.number, rel=1e-6, abs=1e-9)
    grown = course.diameter > 1.5
    volume = course.distribution[grown] @ (step * course.sizes**3) / total[grown]
    assert np.cbrt(volume) == pytest.approx(course.diameter[grown], rel=0.02)
    assert not course.distribution[0].any()
    assert course.to_xarray().sum("diameter").shape == course.time.shape


def test_the_first_absorption_is_that_of_the_spectrum(runs, course):
    spectra = pn.uv_vis(runs[1], vessel="flask")
    found = first_exciton(WAVELENGTHS, spectra.absorbance[-1])
    assert course.first_absorption[-1] == pytest.approx(found.position_nm, abs=2.0)
    late = course.first_absorption[course.reaction_time > 60]
    assert np.all(np.diff(late) > 0)  # dots that grow absorb ever further to the red


def test_a_course_is_a_table(course):
    table = course.to_dataframe()
    assert len(table) == len(course.time)
    for name in (
        "reaction time / min",
        "share of PC",
        "mean diameter / nm",
        "first absorption / nm",
    ):
        assert name in table


def test_a_report_draws_a_course_and_a_saved_run_is_plotted(runs, course, tmp_path):
    page = pn.report(course, to=tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Course of flask" in page
    assert "mean diameter / nm</text>" in page
    runs[0].save(tmp_path / "run.nc")
    (found,) = given([str(tmp_path / "run.nc")])
    assert found.series.time == pytest.approx([60, 120])
    assert not found.measured


def test_what_was_not_watched_has_no_course(runs):
    with pytest.raises(InputError, match=r"flask was looked at 0 times.*watch flask every 1 min"):
        pn.course(runs[0])


def test_a_sample_has_the_time_of_its_glass_for_an_axis():
    lines = [*FLASK[:4], "measure early every 5 min until 20 min"]
    course = pn.course(pn.simulate(two_pathway("CdS"), protocol(*lines)), "early")
    assert course.axis[1] == "time in early / min"
    assert course.axis[0][-1] == pytest.approx(20.0)
