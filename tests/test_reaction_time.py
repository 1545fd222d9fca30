"""An aliquot keeps the reaction time of its flask; tables, files, fits and figures carry it."""

from __future__ import annotations

import csv
import json

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prenuc as pn
from commands import run as command
from prenuc.errors import ProtocolError
from prenuc.infer.selection.condensed import fitting
from prenuc.mechanism import two_pathway
from prenuc.observe.samples import Sample, is_course
from prenuc.present.files.saved import read_stored
from prenuc.protocol import Protocol
from prenuc.protocol.operations import Evolve
from prenuc.simulation.solution import Run

HEAT_UP = (
    "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC",
    "heat flask to 180 degC over 10 min",
)
ALIQUOTS = (
    *HEAT_UP,
    *("hold flask for 30 min", "take 25 uL of flask into c30 with 3.00 mL toluene at 25 degC"),
    "measure c30",
    *("hold flask for 45 min", "take 25 uL of flask into c75 with 3.00 mL toluene at 25 degC"),
    "measure c75",
    *("hold flask for 60 min", "take 50 uL of flask into c135 with 3.00 mL toluene at 25 degC"),
    "measure c135",
)


def looks(*lines):
    """Return reaction time in min and dilution of every measurement."""
    plan = Protocol.from_text(list(lines)).plan
    seen = [(op, look) for op in plan if isinstance(op, Evolve) for look in op.looks]
    times = [op.reaction_time(look) for op, look in seen]
    return [
        (None if time is None else round(time / 60, 6), round(op.dilution, 6))
        for time, (op, _) in zip(times, seen, strict=True)
    ]


def times(*lines):
    return [time for time, _ in looks(*lines)]


# ---- since when ---------------------------------------------------------------------------------


def test_aliquots_of_a_heat_up_count_from_when_the_flask_is_hot():
    assert looks(*ALIQUOTS) == [(30, 121), (75, 121), (135, 61)]


def test_a_hot_injection_counts_from_the_injection():
    taken = times(
        "charge flask with 1.0 mmol Cd(OA)2 and 10 g ODE at 25 degC",
        "heat flask to 240 degC over 20 min",
        "hold flask for 10 min",
        "inject 1.0 mmol SeTOP into flask",
        "cool flask to 200 degC over 1 min",
        "heat flask to 220 degC over 2 min",  # back to the growth temperature
        "hold flask for 4 min",
        "take 25 uL of flask into c7 with 3.00 mL toluene at 25 degC",
        "measure c7",
    )
    assert taken == [7]


def test_reagents_that_meet_cold_count_from_the_last_heating_before_the_first_sample():
    taken = times(
        "charge flask with 1.0 mmol Cd(OA)2 and 10 g ODE at 25 degC",
        "inject 1.0 mmol S into flask",
        "heat flask to 120 degC over 5 min",
        "hold flask for 30 min",
        "heat flask to 180 degC over 5 min",
        "hold flask for 10 min",
        "take 25 uL of flask into first with 3.00 mL toluene at 25 degC",
        "measure first",
        "heat flask to 220 degC over 5 min",
        "hold flask for 10 min",
        "take 25 uL of flask into second with 3.00 mL toluene at 25 degC",
        "measure second",
    )
    assert taken == [10, 25]


def test_what_cannot_react_has_no_reaction_time():
    blank = "take 25 uL of flask into blank with 3.00 mL toluene at 25 degC"
    lines = ("charge flask with 1.0 mmol Cd(OA)2 and 10 g ODE at 200 degC", "hold flask for 5 min")
    after = ("inject 1 mmol S into flask", "hold flask for 2 min", "measure flask")
    assert looks(*lines, blank, "measure blank", *after) == [(None, 1), (2, 1)]


def test_a_sample_keeps_its_time_and_tells_how_long_it_stands():
    sample = (*HEAT_UP, "hold flask for 15 min")
    take = "take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC"
    assert times(*sample, take, "measure cuvette at 0 min, 5 d") == [15, 15]
    run = Protocol.from_text([*sample, take, "incubate cuvette for 2 h", "measure cuvette"])
    assert [op.clock for op in run.plan if isinstance(op, Evolve) and op.looks] == [7200]


def test_time_in_store_does_not_count():
    lines = (*HEAT_UP, "hold flask for 15 min", "store flask at -196 degC for 2 d")
    again = ("store flask at 180 degC for 0 min", "hold flask for 5 min", "measure flask")
    assert times(*lines, *again) == [20]


def test_a_sample_of_a_sample_and_what_is_injected_into_it_dilute_it():
    found = looks(
        *(*HEAT_UP, "hold flask for 15 min"),
        "take 1 mL of flask into stock with 9 mL toluene at 25 degC",
        "hold flask for 15 min",
        "take 1 mL of stock into thin with 1 mL toluene at 25 degC",
        *("measure thin", "inject 2 mL MeOH into thin", "measure thin"),
        *("discard 1 mL of thin", "measure thin"),
    )
    assert found == [(15, 20), (15, 40), (15, 40)]


def test_samples_of_different_times_make_one_without_a_time():
    both = (
        *(*HEAT_UP, "hold flask for 15 min"),
        "take 1 mL of flask into early with 1 mL toluene at 25 degC",
        "hold flask for 15 min",
        "take 1 mL of flask into late with 3 mL toluene at 25 degC",
        "take 2 mL of early and 4 mL of late into mixed at 25 degC",
        "measure mixed",
    )
    assert looks(*both) == [(None, 3)]


def test_a_flask_that_is_fed_keeps_its_own_time():
    lines = (*HEAT_UP, "hold flask for 15 min", "measure flask")
    seed = "take 1 mL of seeds into flask at 180 degC"
    seeds = "charge seeds with 1 mmol Cd(OA)2, 1 mmol S and 9 g ODE at 60 degC"
    assert times(seeds, *lines, seed, "hold flask for 5 min", "measure flask") == [15, 20]


@given(st.lists(st.integers(1, 90), min_size=1, max_size=6), st.integers(10, 400))
def test_reaction_times_are_the_holds_summed_and_dilutions_the_volumes(holds, microlitres):
    lines = [*HEAT_UP]
    for number, hold in enumerate(holds):
        take = f"take {microlitres} uL of flask into c{number} with 3.00 mL toluene at 25 degC"
        lines += [f"hold flask for {hold} min", take, f"measure c{number}"]
    found = looks(*lines)
    assert [time for time, _ in found] == pytest.approx(np.cumsum(holds))
    assert [by for _, by in found] == pytest.approx([1 + 3000 / microlitres] * len(holds))


def test_now_is_not_written_with_a_time_and_comes_back():
    done = Protocol.from_text(list(ALIQUOTS))
    assert str(done).splitlines()[4] == "measure c30"
    with pytest.raises(ProtocolError, match="cannot read"):
        Protocol.from_text([*HEAT_UP, "measure flask at"])


# ---- spectra, tables, files ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def run():
    return pn.simulate(two_pathway("CdS"), Protocol.from_text(list(ALIQUOTS)))


def test_aliquots_are_a_course_of_the_reaction(run):
    series = pn.uv_vis(run)
    assert series.time == pytest.approx([30, 75, 135])
    assert series.time_label == "reaction time / min"
    assert series.labels[0] == "c30, 30 min of reaction"
    assert series.beside["dilution"] == pytest.approx([121, 121, 61])
    assert series.beside["time in vessel / min"] == pytest.approx([0, 0, 0])
    assert series.trace("311 nm").time_label == "reaction time / min"
    later = series.between_times(60.0)
    assert later.beside["dilution"] == pytest.approx([121, 61])
    assert later.to_xarray().coords["dilution"].values == pytest.approx([121, 61])


def test_one_sample_that_stands_is_followed_on_its_own_clock():
    lines = (*HEAT_UP, "hold flask for 5 min")
    take = "take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC"
    looked = Protocol.from_text([*lines, take, "measure cuvette at 0 min, 5 d"])
    series = pn.uv_vis(pn.simulate(two_pathway("CdS"), looked))
    assert series.labels == ("cuvette at 0 min", "cuvette at 5 d")
    assert series.time == pytest.approx([0, 7200])
    assert series.beside["reaction time / min"] == pytest.approx([5, 5])


def test_a_course_needs_a_known_time_for_each_of_several_vessels():
    one, other = Sample("a", "a at 0 min", 0, 5.0), Sample("b", "b at 0 min", 0, 9.0)
    assert is_course([one, other])
    assert is_course([one])
    assert not is_course([Sample("a", "a at 4 min", 4.0, 5.0)])  # one spectrum of a cuvette's own
    assert not is_course([one, one])
    assert not is_course([one, Sample("b", "b at 0 min", 0)])
    standing = Sample("b", "b at 1 d", 1440.0, 9.0)
    assert standing.of_reaction == "b at 1 d, 9 min of reaction"


def test_a_saved_run_and_its_tables_keep_reaction_times(run, tmp_path):
    run.save(tmp_path / "run.nc")
    back = Run.load(tmp_path / "run.nc")
    assert [m.reaction_time for m in back.measurements] == pytest.approx([1800, 4500, 8100])
    table = back.to_dataframe()
    assert table["reaction time / min"].tolist() == pytest.approx([30, 75, 135])
    assert table["dilution"].tolist() == pytest.approx([121, 121, 61])


def test_spectra_on_either_clock_fit_the_protocol(run):
    series = pn.uv_vis(run)
    assert fitting(series, run.protocol) is run.protocol


PANEL_3B = [30, 35, 45, 60, 75, 90, 120, 135]  # min at 180 degC; seed, Note S3 and Figure 3b


@pytest.fixture
def prenuc(capsys, monkeypatch):
    def call(*arguments):
        answer = command(capsys, monkeypatch, *arguments)
        assert answer.code == 0, answer.err
        return answer.out

    return call


def test_aliquots_of_figure_3b_go_from_simulate_to_every_other_command(tmp_path, prenuc):
    assert "reaction / min" in prenuc("simulate", "cds-3b-msa-at-30-min", "--out", tmp_path)
    spectra, saved = tmp_path / "spectra.csv", tmp_path / "simulation.json"
    with (tmp_path / "samples.csv").open(encoding="utf-8-sig", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head[1:4] == ["reaction time / min", "time in vessel / min", "dilution"]
    numbers = [[float(one) for one in row[1:4]] for row in rows]
    assert numbers == pytest.approx(np.array([[time, 0, 121] for time in PANEL_3B]))
    for series in (pn.read(spectra), read_stored(saved).series):
        assert series.time == pytest.approx(PANEL_3B)
        assert series.time_label == "reaction time / min"
    assert pn.read(spectra).labels == read_stored(saved).series.labels
    for source in (spectra, saved):
        fitted = json.loads(prenuc("fit", source, "A -> B", "--at", "311 nm", "--json"))
        assert fitted["parameters"]["k"]["unit"] == "1/min"
        assert "components" in prenuc("view", source)
    prenuc("report", saved, "--to", tmp_path / "page.html")
    assert "reaction / min" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "reaction time" in (tmp_path / "spectra.svg").read_text(encoding="utf-8")
    for source in (spectra, saved):
        prenuc("plot", source, "--out", tmp_path / "mine.svg")
        drawn = (tmp_path / "mine.svg").read_text(encoding="utf-8")
        assert ">30 min</text>" in drawn  # of eight, the first, one between and the last are named
        assert ">135 min</text>" in drawn
    prenuc("convert", saved, "--to", "xlsx", "--out", tmp_path / "mine.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "mine.xlsx")["samples"].values)
    assert rows[0][:4] == ("spectrum", "reaction time", "time in vessel", "dilution")
    assert rows[1][1:3] == ("min", "min")
    assert rows[2][:4] == ("trace-1, 30 min of reaction", 30, 0, 121)
