"""Ten things that somebody does in the first hour, from a fresh start of ``prenuc app``."""

import shlex

import pytest
from dropping import cells, drop, run_2, screen

import prenuc as pn
from browser import WIDE
from serving import running
from shown import copied, numbers, opened


@pytest.fixture(scope="module")
def fresh():
    """An application that nobody has opened yet."""
    with running() as app:
        app.exchange()
        yield app


@pytest.fixture
def page(fresh, visit):
    """A page of it that has shown nothing yet."""
    made = visit("about:blank", WIDE, permissions=["clipboard-read", "clipboard-write"])
    return opened(fresh, made)


def chosen(page, path):
    """Choose a file by the button of the screen Spectra."""
    screen(page, "Spectra")
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose files").press("Enter")
    asked.value.set_files(path)
    page.get_by_role("region", name="Spectra", exact=True).wait_for()


def tried(page):
    """Open the spectra that are there to try things on."""
    screen(page, "Spectra")
    page.get_by_role("button", name="Try it with simulated spectra").click()
    page.get_by_role("region", name="Spectra", exact=True).wait_for()


def test_1_a_published_experiment_is_seen_at_once(page):
    columns = numbers(page, "Spectra")
    nm, last = columns["wavelength / nm"], [*columns.values()][-1]
    inside = (nm > 300) & (nm < 330)
    assert nm[inside][last[inside].argmax()] == pytest.approx(311, abs=2)


def test_2_a_recipe_is_found_in_the_catalogue_and_opened(page):
    screen(page, "Catalogue")
    page.get_by_label("look for").fill("msa 30 min")
    page.get_by_label("look for").press("Enter")
    page.get_by_role("button", name="cds-3b-msa-at-30-min", exact=True).click()
    page.get_by_role("button", name="Open in Flask").click()
    page.get_by_role("heading", name="Flask: cds-3b-msa-at-30-min").wait_for(state="attached")


def test_3_a_batch_is_weighed_for_twice_as_much(page):
    screen(page, "Catalogue")
    page.get_by_label("mixture, or a recipe").fill("cds-3b-msa-at-30-min")
    page.get_by_label("times", exact=True).fill("2")
    page.get_by_role("button", name="Weigh").click()
    page.get_by_text("inject 1.75 mmol HMSA into flask").first.wait_for()
    assert cells(page, "inject 1.75 mmol HMSA into flask")["HMSA"][1] == "3.5"


def test_4_somebody_s_own_file_is_read_and_what_was_assumed_is_said(page, tmp_path):
    path = run_2(tmp_path)
    chosen(page, path)
    for line in pn.read(path).history:
        page.get_by_role("listitem").filter(has_text=line).first.wait_for()


def test_5_dots_are_sized_and_the_table_goes_into_a_spreadsheet(page, tmp_path):
    screen(page, "Spectra")
    drop(page, run_2(tmp_path))
    page.get_by_label("material").select_option("CdSe")
    page.get_by_text("yu2003-CdSe").first.wait_for()
    taken = page.get_by_role("group", name="Take away first excitons")
    text = copied(page, taken.get_by_role("button", name="Copy as a table"))
    rows = [row.split("\t") for row in text.splitlines()]
    shown = cells(page, "First excitons table")
    assert [f"{float(row[3]):.1f}" for row in rows[1:]] == [row[1] for row in shown.values()]


def test_6_a_rate_constant_is_fitted_with_its_interval(page):
    tried(page)
    page.get_by_label("at", exact=True).fill("311 nm")
    page.get_by_label("scheme").fill("PC -> MSC")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Constants").wait_for()
    k, interval, *_ = cells(page, "Constants")["k"]
    low, high = (float(end) for end in interval.split(" to "))
    assert low < float(k.split()[0]) < high
    assert 0.013 < low < high < 0.017


def test_7_what_spoils_a_spectrum_is_masked_and_the_command_says_so(page):
    tried(page)
    page.get_by_label("mask, from").fill("350")
    page.get_by_label("mask, from").locator("xpath=following::input[1]").fill("355")
    page.keyboard.press("Enter")
    page.get_by_text("masked: 350 to 355 nm").wait_for()
    line = page.get_by_role("region", name="Files").locator(".command code").inner_text()
    assert shlex.split(line)[-2:] == ["--mask", "350 355 nm"]


def test_8_who_says_so_is_asked_of_a_number(page):
    screen(page, "Catalogue")
    page.get_by_role("button", name="MSC-311", exact=True).click()
    entry = page.get_by_role("article", name="Entry")
    entry.get_by_text("5167 Da").wait_for()
    mass = entry.locator(".value", has_text="5167 Da").inner_text()
    assert "measured" in mass
    assert "Table S2" in mass


def test_9_what_a_step_is_for_is_read_with_the_meaning_of_the_word(page):
    screen(page, "Court")
    page.get_by_role("region", name="Steps of two-pathway/CdS").wait_for()
    steps = cells(page, "Steps of two-pathway/CdS")
    (word,) = {row[0] for step, row in steps.items() if step.startswith("Pathway 2")}
    assert page.locator("dl.words dt", has_text=word).is_visible()


def test_10_the_next_experiment_is_asked_for_and_called_off(endless):
    page = endless
    screen(page, "Next")
    page.get_by_role("checkbox", name="droplets").wait_for()
    page.get_by_role("button", name="Ask").click()
    answer = page.get_by_role("region", name="What to do next")
    answer.get_by_role("button", name="Cancel").click()
    answer.get_by_text("Cancelled.").wait_for()
