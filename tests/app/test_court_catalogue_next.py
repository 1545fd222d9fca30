"""The screens Court, Catalogue and Next in Chromium: what is shown is what the commands answer."""

import json
import re
import shlex

import numpy as np
import pytest
from dropping import cells, drop, screen

import prenuc as pn
from browser import NARROW, WIDE, WORKING, in_both_themes, sideways, violations
from commands import run
from shown import focused

# What each shows last
SCREENS = {"Court": "2b-rate-constant", "Catalogue": "MSC-311", "Next": "models that are left"}


@pytest.fixture
def on(shown):
    def call(name, **options):
        page = shown(**options)
        screen(page, name)
        return page

    return call


def answered(page, capsys, monkeypatch, panel):
    """Return what the command answers that a panel shows last."""
    panel = page.get_by_role("region", name=panel, exact=True)
    _, *words = shlex.split(panel.locator(".command code").last.inner_text())
    return json.loads(run(capsys, monkeypatch, *words, "--json").out)


def test_words_of_the_court_stand_with_their_meaning(on, capsys, monkeypatch):
    page = on("Court")
    page.get_by_role("region", name="Steps of two-pathway/CdS").wait_for()
    words = {row[0]: row[1] for row in cells(page, "Steps of two-pathway/CdS").items()}
    told = answered(page, capsys, monkeypatch, "Steps")
    assert {one["step"]: one["verdict"] for one in told} == {
        step: row[0] for step, row in words.items()
    }
    for word in ("required", "helpful", "not tested", "harmful"):
        meaning = page.locator("dl.words dt", has_text=word).locator("xpath=following::dd[1]")
        assert "rows" in meaning.inner_text() or "score" in meaning.inner_text()


def test_a_click_on_an_observation_shows_its_figure(on):
    page = on("Court")
    button = page.get_by_role("button", name="2b-rate-constant")
    button.press("Enter")
    dialog = page.get_by_role("dialog", name="Figure 2b: 2b-rate-constant")
    picture = dialog.get_by_role("img", name="Figure 2b as two-pathway/CdS simulates it")
    assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 100
    assert "0.015 per minute" in dialog.inner_text()
    assert violations(page) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert button.evaluate("(one) => one === document.activeElement")


def test_a_comparison_dropped_anywhere_is_drawn_in_the_court(on, tmp_path):
    time = np.arange(0.0, 60.0)
    noise = np.random.default_rng(1).normal(scale=1e-3, size=60)
    trace = pn.Trace(time, 1.0 - np.exp(-0.1 * time) + noise, time_unit="min")
    found = pn.compare_schemes(trace, ["A -> B", "2 A -> B"])
    pn.report(found, to=tmp_path / "verdict.html")
    page = on("Next")
    drop(page, tmp_path / "verdict.html")
    report = page.get_by_role("region", name="Report", exact=True)
    report.get_by_text(found.verdict).wait_for()
    assert cells(page, "Models, best first")["A -> B"][-1] == "best"
    page.reload()
    report.get_by_role("img", name="Data and models").press("t")
    rows = report.get_by_role("region", name="Numbers of Data and models").get_by_role("row").all()
    told = [row.locator("th, td").all_inner_texts() for row in rows[1:]]
    data = [float(y) for x, name, y, _ in told if name == "data" and x != "0"]
    fitted = [float(y) for x, name, y, _ in told if name == "A -> B" and x != "0"]
    assert data == pytest.approx(found.curves.seen[1:, 0], rel=1e-3)
    assert fitted == pytest.approx(found.curves.fitted["A -> B"][1:, 0], rel=1e-3)
    page.get_by_text("60 rows", exact=True).wait_for()
    assert (violations(page), sideways(page)) == ([], [])
    pn.report(pn.ablate("two-pathway/CdS"), to=tmp_path / "steps.html")
    drop(page, tmp_path / "steps.html")
    report.get_by_role("region", name="Steps of two-pathway/CdS, in the report").wait_for()
    page.get_by_role("region", name="Steps of two-pathway/CdS", exact=True).wait_for()
    assert violations(page) == []
    report.get_by_role("button", name="Put away").press("Enter")
    report.wait_for(state="hidden")


def test_observations_are_chosen_by_their_side_and_class(on):
    page = on("Court")
    page.get_by_text("60 rows", exact=True).wait_for()
    page.get_by_role("combobox", name="rows", exact=True).select_option("held-out")
    page.get_by_label("only informative rows").check()
    shown = page.get_by_role("region", name="Answers").locator("tbody tr")
    from prenuc.infer.studies.rows_by_model import rows_by_model

    rows = [r for r in rows_by_model() if r.role == "held-out" and r.kind == "informative"]
    assert shown.locator("th").all_inner_texts() == [row.check.id for row in rows]
    marks = shown.first.locator(".unseen").all_inner_texts()
    verdicts = [answer.verdict for answer in rows[0].answers.values()]
    assert [one.partition(",")[0] for one in marks] == verdicts

    page.set_viewport_size({"width": NARROW, "height": 900})
    page.reload()
    one = page.get_by_role("combobox", name="models", exact=True)
    one.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("combobox", name="rows", exact=True).select_option("held-out")
    page.get_by_label("only informative rows").check()
    answers = page.get_by_role("region", name="Answers")
    told = answers.locator("tbody td.answer")
    assert [cell.partition(",")[0].split()[-1] for cell in told.all_inner_texts()] == [
        [*row.answers.values()][1].verdict.split()[-1] for row in rows
    ]
    assert answers.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert told.first.evaluate("(one) => one.getBoundingClientRect().right") <= NARROW
    assert violations(page) == []


def test_the_catalogue_is_searched_and_an_entry_opens_with_its_sources(on):
    page = on("Catalogue")
    page.get_by_label("look for").fill("msc 311 toluene")
    page.get_by_label("kind").select_option("recipes")
    page.keyboard.press("Enter")
    page.get_by_label("look for").press("Enter")
    page.get_by_role("button", name="cds-msc-311-in-toluene").click()
    entry = page.get_by_role("article", name="Entry")
    entry.get_by_role("heading", name="cds-msc-311-in-toluene").wait_for()
    assert "30 mmol/kg" in entry.inner_text()
    assert "seed @ Table S3" in entry.inner_text()
    assert entry.get_by_text("measured", exact=True).first.is_visible()
    page.set_viewport_size({"width": NARROW, "height": 900})
    assert sideways(page) == []
    entry.get_by_role("button", name="Open in Flask").click()
    page.get_by_role("heading", name="Flask: cds-msc-311-in-toluene").wait_for(state="attached")


def test_a_size_a_batch_and_a_dilution_are_computed(on, capsys, monkeypatch):
    page = on("Catalogue")
    page.get_by_label("first absorption").fill("550")
    page.get_by_label("absorbance there").fill("0.42")
    page.get_by_role("button", name="Size", exact=True).press("Enter")
    page.get_by_role("region", name="Diameter by every published curve").wait_for()
    shown = cells(page, "Diameter by every published curve")
    rows = answered(page, capsys, monkeypatch, "Size")
    assert {name: float(row[0]) for name, row in shown.items()} == pytest.approx(
        {row["curve"]: row["diameter_nm"] for row in rows}, abs=0.006
    )
    page.get_by_label("mixture, or a recipe").fill("1.2 mmol Cd(OA)2 and 9.2 g ODE")
    page.keyboard.press("Enter")
    page.get_by_text("0.8104").wait_for()
    page.get_by_label("taken").fill("25 uL")
    page.get_by_label("into").fill("3 mL")
    page.keyboard.press("Enter")
    page.get_by_text("diluted 121 times").wait_for()
    page.get_by_label("taken").fill("25 mmol")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("is no volume above zero").wait_for()


def test_a_number_that_is_none_is_refused_in_words(on):
    page = on("Catalogue")
    page.get_by_label("first absorption").fill("550")
    page.get_by_label("absorbance there").fill("much")
    page.get_by_role("button", name="Size", exact=True).click()
    page.get_by_role("alert").get_by_text("'absorbance' is not a number").wait_for()


def test_what_next_is_asked_and_opened_in_the_flask(on):
    page = on("Next")
    page.get_by_role("combobox", name="question").select_option("constant")
    page.get_by_role("combobox", name="about").select_option("isomerisation.k")
    for name in ("additive", "temperature", "time", "dilution", "concentration", "sampling"):
        page.get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("heading", name="What to do next").wait_for(timeout=WORKING)
    steps = page.locator("ol.bench").first.locator("li").all_inner_texts()
    assert any(step.startswith("charge flask with") and "mmol S" in step for step in steps)
    page.reload()
    page.get_by_role("heading", name="What to do next").wait_for()
    page.get_by_role("button", name="Open in Flask").first.click()
    page.get_by_role("heading", name="Flask: ").wait_for(state="attached")


def test_units_are_asked_for_and_nothing_is_asked_of_nothing(on):
    page = on("Next")
    question = page.get_by_role("combobox", name="question")
    question.select_option("units")
    page.get_by_label("units, instead of 10").fill("many")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("alert").get_by_text("'many' is no number of units").wait_for()
    question.select_option("models")
    for box in page.get_by_role("group", name="models that are left").get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("alert").get_by_text("no model is left").wait_for()


def test_long_work_is_cancelled_where_it_was_asked_for(endless):
    page = endless
    screen(page, "Next")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("progressbar").wait_for()
    page.get_by_role("region", name="What to do next").get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").wait_for()
    page.get_by_role("button", name=re.compile("^Jobs")).click()
    assert "cancelled" in page.locator("#job-list li").first.inner_text()


def test_focus_stays_in_the_list_of_jobs_until_it_is_closed(endless):
    page = endless
    screen(page, "Next")
    page.get_by_role("button", name="Ask").click()
    jobs = page.get_by_role("button", name=re.compile("^Jobs: 1 running"))
    jobs.press("Enter")
    page.keyboard.press("Tab")
    focused(page, "list", "Jobs")
    page.locator("#job-list").get_by_role("button", name="Cancel").press("Enter")
    page.locator("#job-list li", has_text="cancelled").wait_for()
    focused(page, "list", "Jobs")
    page.keyboard.press("Escape")
    focused(page, "button", "Jobs")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing_and_nothing_sticks_out(on, name, width):
    page = on(name, width=width)
    page.get_by_text(SCREENS[name], exact=True).locator("visible=true").first.wait_for()
    assert (in_both_themes(page), sideways(page)) == ([], [])
