"""What `make court` keeps and draws."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commands import run
from prenuc.facts.catalogue import entries, read_list
from prenuc.facts.refit import Refit
from prenuc.infer.calibration.ablations import ablations_of
from prenuc.infer.calibration.search import Start, Task
from prenuc.infer.studies import left_out, refitting
from prenuc.infer.studies.ablation import Ablated, Ablations, rows_for
from prenuc.infer.studies.left_out import figure_of, scored_figures
from prenuc.infer.studies.refitting import ablate, fitted_rows, shipped_refits
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.rivals import RIVALS
from prenuc.present.figures.ablations import caption_ablations, ordered, plot_ablations
from prenuc.present.figures.page_size import Layout

ROOT = Path(__file__).parents[1]
CDS = "two-pathway/CdS"
STEPS = (
    Ablated("idle", (), (), (0.0, 0.2), (0.0, 0.0)),
    Ablated("main: all of it", ("2b-plateau",), (), (-40.0, -30.0), (0.0, 0.0)),
    Ablated("worse", (), ("2a-redshift",), (2.0, 3.0), (0.0, 0.0)),
)
TOY = Ablations("toy", 3, 2, ("narrow", "wide"), "5 constants", (-1.0, -1.0), STEPS)


@pytest.fixture
def court(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    import court

    return court


def test_refits_are_read_as_they_were_written(court, tmp_path):
    rows = {"1a-pc-present": 0.119223, "2a-redshift": math.nan, "3a-no-dots": math.inf}
    one = Refit(
        "toy, wide",
        "toy",
        "a: b",
        "wide",
        "2 constants",
        "ab12",
        3.5,
        2.0,
        {"x under y.K": 2e-6},
        rows,
    )
    path, problems = tmp_path / "refits.yaml", []
    path.write_text(court.text([one, replace(one, id="other", step="", left_out="2")]))
    (first, _), (second, _) = read_list(path, Refit.read, "a refit", problems)
    assert problems == []
    assert repr(first) == repr(one)  # a number that is none is not itself
    assert (second.step, second.left_out) == ("", "2")


def test_the_figure_shows_every_step_under_both_priors_the_most_missed_first():
    (axes,) = plot_ablations(TOY, Layout()).figure.axes
    assert [one.step for one in ordered(TOY)] == ["main: all of it", "idle", "worse"]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["main (1 row lost)", "idle (no row lost)", "worse (no row lost)"]
    points = {
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in axes.lines
        if line.get_marker() in {"o", "s"} and len(line.get_xdata()) == 1
    }
    assert points == {(-40.0, 0.0), (-30.0, 0.0), (0.0, 1.0), (0.2, 1.0), (2.0, 2.0), (3.0, 2.0)}
    said = caption_ablations(TOY)
    assert (
        "required: main (-40 and -30); not tested: idle (+0 and +0.2); harmful: worse (+2 and +3)"
        in said
    )


def test_a_figure_that_is_left_out_is_scored_where_it_was_not_fitted(monkeypatch):
    checks = fitted_rows(CDS, rows_for(CDS))
    assert {figure_of(one) for one in checks} == {"1", "2", "3", "4", "S4", "storage"}
    seen = {one.id: 1.0 for one in rows_for(CDS)}
    for name in [*entries("refits")]:
        monkeypatch.delitem(entries("refits"), name)
    whole = Refit("whole", CDS, "", "narrow", "", "", 1.0, 1.0, {}, seen)
    blind = replace(whole, id="blind", left_out="2", rows={**seen, "2a-redshift": math.nan})
    for one in (whole, blind):
        monkeypatch.setitem(entries("refits"), one.id, one)
    (found,) = scored_figures(CDS)
    assert (found.figure, found.rows) == ("2", sum(figure_of(one) == "2" for one in checks))
    assert found.left_out - found.fitted == pytest.approx(0.0, abs=8.0)
    assert found.left_out != found.fitted


def test_a_left_out_figure_takes_no_part_in_the_fit(monkeypatch):
    asked = []

    def one_step_on(task, end):
        assert len(end.slopes) == len(task.checks)
        asked.append({figure_of(one) for one in task.checks})
        return end

    def search(task, *_, **__):
        count = len(task.free)
        return Start(0, 1.0, 1.0, np.zeros(count), 1, np.zeros((len(task.checks) + count, count)))

    monkeypatch.setattr(left_out, "search", search)
    monkeypatch.setattr(left_out, "one_step_on", one_step_on)
    monkeypatch.setattr(Task, "numbers", lambda *_: {})
    found = left_out.figures_left_out(CDS)
    every = {one.left_out for one in found}
    assert every == {"1", "2", "3", "4", "S4", "storage"}
    assert asked == [every - {one.left_out} for one in found]


@pytest.mark.usefixtures("court")
def test_models_of_todays_constants_are_not_fitted_again(monkeypatch, capsys):
    import models

    monkeypatch.setattr(models, "refits", None)
    models.main()
    assert "of today's constants" in capsys.readouterr().out
    kept, name = entries("refits"), "two-pathway, without additives"
    for best in [one for one in kept if one.startswith("classical, ")]:
        monkeypatch.setitem(kept, best, replace(kept[best], mark="of other constants"))
    assert not models.fresh()
    monkeypatch.undo()
    monkeypatch.delitem(kept, name)
    assert not models.fresh()


@pytest.mark.usefixtures("court")
def test_every_step_that_is_not_required_and_every_rival_has_a_map():
    import maps

    asked = maps.pairs()
    unsure = {one.step.partition(":")[0] for one in ablate(CDS).steps if one.word != "required"}
    assert set(asked) - set(RIVALS) == {"Pathway 2", *unsure}
    assert {"classical", "droplets", "msc-source", "sequential"} <= set(asked)
    assert len({maps.file_of(name) for name in asked}) == len(asked)
    assert {one.name for one, _ in asked.values()} == {CDS}


@pytest.mark.usefixtures("court")
def test_no_page_is_older_than_constants_rows_widths_and_spectra():
    """Run ``make court`` where this fails, or the part of it that writes the page."""
    import pages

    for name in pages.PAGES:
        head = (pages.FOLDER / name).read_text(encoding="utf-8").partition("\n\n")[0]
        assert f"{pages.MARK}{pages.mark(name)}." in head.splitlines(), name


@pytest.mark.usefixtures("court")
def test_a_page_is_out_of_date_with_another_width_class_model_or_refit(monkeypatch):
    import pages

    def marks():
        pages._of_model.cache_clear()
        return {name: pages.mark(name) for name in ("robustness.md", "rows.md", "court.md")}

    before = marks()
    known = entries("refits")["classical, own numbers"]
    monkeypatch.setitem(entries("refits"), known.id, replace(known, ended=0.0))
    assert {name for name, mark in marks().items() if mark != before[name]} == {"court.md"}
    monkeypatch.undo()
    known = entries("row_surprisals")["3a-absorbance"]
    monkeypatch.setitem(entries("row_surprisals"), known.id, replace(known, nuisance=1.0))
    assert {name for name, mark in marks().items() if mark != before[name]} == {*before}
    monkeypatch.undo()
    assert marks() == before


@pytest.mark.usefixtures("court")
def test_rows_of_a_material_are_drawn_again_where_one_is_out_of_date(monkeypatch):
    import row_bits

    assert row_bits.stale() == []
    shelf = entries("row_surprisals")
    monkeypatch.setitem(shelf, "2d-plateau", replace(shelf["2d-plateau"], mark="other"))
    assert row_bits.stale() == ["CdTe"]


@pytest.mark.usefixtures("court")
def test_a_stamp_takes_the_place_of_an_older_one():
    import pages

    once = pages.stamped("robustness.md", "# Robustness\n\nText.\n")
    assert once == f"{pages.MARK}{pages.mark('robustness.md')}.\n\n# Robustness\n\nText.\n"
    older = once.replace(pages.mark("robustness.md"), "0" * 12)
    assert pages.stamped("robustness.md", older) == once


@pytest.mark.usefixtures("court")
def test_the_page_of_maps_shows_what_tells_and_names_what_does_not():
    import maps

    steps = ["heat flask to 220 degC", "cool flask to 25 degC"]
    near, far = (maps.Told(("a", "b"), x, "heat to 220 degC", steps) for x in (0.03, 40.0))
    text = maps.page({"silent": near, "loud": far}, ["late"])
    assert "Not asked yet: late." in text
    assert "tells about: silent." in text
    assert "maps/loud.svg" in text
    assert "maps/silent.svg" not in text
    assert "40 σ" in text


def test_the_command_answers_from_what_ships(capsys, monkeypatch):
    """Run ``make court`` where this fails: the refits are of other constants, rows or spectra."""
    monkeypatch.setattr(refitting, "numbers_without", None)  # nothing is run
    rows = json.loads(run(capsys, monkeypatch, "ablate", CDS, "--json").out)
    assert rows[0]["refitted"]
    assert not rows[0]["shipped_refit_out_of_date"]
    assert rows[0]["steps_not_refitted"] == []
    assert [one["step"] for one in rows] == [one.step for one in ablations_of(mechanism_named(CDS))]
    assert rows[0]["step"].startswith("Pathway 2")
    assert rows[0]["removed"] == ["monomer formation.k"]
    assert {one["verdict"] for one in rows} >= {"required", "not tested"}
    assert {len(one["bits"]) for one in rows} == {2}
    for one in rows:
        assert one["score_change"] in one["bits"]
        if one["verdict"] == "required":
            assert one["score_change"] <= -3.0
            assert one["rows_lost"]


def test_rows_of_a_panel_are_weighed_alone(capsys, monkeypatch):
    every = json.loads(run(capsys, monkeypatch, "ablate", CDS, "--json").out)
    some = json.loads(run(capsys, monkeypatch, "ablate", CDS, "--json", "--on", "3a-b").out)
    assert some[0]["refitted"]
    assert 0 < some[0]["rows"] < every[0]["rows"]
    lost = {one["step"]: {*one["rows_lost"]} for one in every}
    for one in some:
        assert {*one["rows_lost"]} <= lost[one["step"]]
        assert all(name.startswith(("3a", "3b")) for name in one["rows_lost"])
    answer = run(capsys, monkeypatch, "ablate", CDS, "--on", "9z")
    assert answer.code == 2
    assert "no panel '9z'" in answer.err


def test_the_whole_is_not_worse_for_its_refit():
    for one in shipped_refits(CDS):
        assert one.ended <= one.begun, one.id


def test_a_file_answers_the_rows_that_its_base_does(capsys, monkeypatch, tmp_path):
    """What is changed counts: without any Pathway 2 nothing is there to take out."""
    one = tmp_path / "mine.yaml"
    one.write_text("based_on: two-pathway/CdSe\nchange: {monomer formation.k: 0 L/mol/s}\n")
    rows = json.loads(run(capsys, monkeypatch, "ablate", one, "--json", "--on", "5b").out)
    assert not rows[0]["refitted"]
    words = {row["step"].partition(":")[0]: row["verdict"] for row in rows}
    assert words["activation of PCs"] == "required"
    first = next(row for row in rows if row["step"].startswith("Pathway 2"))
    assert first["score_change"] == 0.0
    answer = run(capsys, monkeypatch, "ablate", one, "--refit")
    assert answer.code == 2
    assert "--on FOLDER" in answer.err


def test_what_does_not_go_together_is_refused(capsys, monkeypatch, tmp_path):
    answer = run(capsys, monkeypatch, "ablate", CDS, "--ledger", "kept.sqlite")
    assert answer.code == 2
    assert "--refit" in answer.err
    answer = run(capsys, monkeypatch, "ablate", CDS, "--on", tmp_path, "--on", "3a", "--refit")
    assert answer.code == 2
    assert "--refit goes with published rows" in answer.err
    assert "--on names a folder and more" in answer.err
