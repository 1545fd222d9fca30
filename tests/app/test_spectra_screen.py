"""The screen Spectra, used as a chemist uses it: dropped, read, cut, fitted, taken away."""

import json
import re
import shlex

import pytest
from dropping import cells, drop, run_2, screen
from playwright.sync_api import expect

import prenuc as pn
from browser import NARROW, WIDE, WORKING, in_both_themes, sideways
from commands import clusters, run, write
from shown import copied, drawn


@pytest.fixture
def spectra(shown):
    def call(*paths, **options):
        page = shown(**options)
        screen(page, "Spectra")
        if paths:
            drop(page, *paths)
            page.get_by_role("region", name="Spectra", exact=True).wait_for()
            drawn(page)
        return page

    return call


@pytest.fixture
def growing(tmp_path):
    """Twelve spectra of a cluster that grows with k = 0.3 in its own unit of time."""
    import numpy as np

    return write(clusters(tuple(1 - np.exp(-0.3 * np.arange(12)))), tmp_path / "growing.csv")


def answer(page, capsys, monkeypatch, region):
    """Return what the command answers that a region shows."""
    line = page.get_by_role("region", name=region, exact=True).locator(".command code").last
    _, *words = shlex.split(line.inner_text())
    return json.loads(run(capsys, monkeypatch, *words, "--json").out)


def test_run_2_is_dropped_read_and_sized_as_by_the_command(spectra, tmp_path, capsys, monkeypatch):
    path = run_2(tmp_path)
    page = spectra(path)
    page.get_by_label("material").select_option("CdSe")
    page.get_by_text("yu2003-CdSe").first.wait_for()
    monkeypatch.chdir(path.parent)
    rows = answer(page, capsys, monkeypatch, "First excitons")
    shown = [*cells(page, "First excitons table").values()]
    assert [one[1] for one in shown] == [f"{row['first_exciton_nm']:.1f}" for row in rows]
    assert [one[3] for one in shown] == [f"{row['diameter_nm']:.2f}" for row in rows]
    for line in pn.read(path).history:
        assert page.get_by_text(line).first.is_visible()


def test_a_fit_shows_constants_residuals_and_what_fits_as_well(
    spectra, growing, tmp_path, capsys, monkeypatch
):
    page = spectra(growing)
    page.get_by_label("at", exact=True).fill("311")
    page.get_by_role("button", name="Fit", exact=True).click()
    page.get_by_role("region", name="Constants").wait_for()
    monkeypatch.chdir(tmp_path)
    k = answer(page, capsys, monkeypatch, "Fit")["parameters"]["k"]
    value, interval, *_ = cells(page, "Constants")["k"]
    assert float(value.split()[0]) == pytest.approx(k["value"], rel=1e-3)
    ends = [float(one) for one in interval.split(" to ")]
    assert ends == pytest.approx(k["ci95"], rel=1e-3)
    times = pn.read(growing).time
    assert ends[0] < 0.3 / (times[1] - times[0]) < ends[1]
    page.get_by_role("img", name="Residuals").wait_for()
    page.get_by_label("at", exact=True).fill("")
    page.get_by_role("button", name="Fit", exact=True).click()
    page.get_by_role("listitem").filter(has_text="background against product").wait_for()


def test_windows_and_masks_by_keyboard_are_options_of_the_command(spectra, growing):
    page = spectra(growing)
    page.get_by_label("window / nm, from").fill("290")
    page.keyboard.press("Tab")
    page.keyboard.type("400")
    page.keyboard.press("Enter")
    page.get_by_text("only 290 to 400 nm").wait_for()
    page.get_by_label("mask, from").fill("350")
    page.keyboard.press("Tab")
    page.keyboard.type("355")
    page.keyboard.press("Enter")
    page.get_by_text("masked: 350 to 355 nm").wait_for()
    drawn(page)
    page.get_by_role("img", name="Spectra").press("t")
    table = page.get_by_role("region", name="Numbers of Spectra").locator("tbody")
    rows = [row.split("\t") for row in table.inner_text().split("\n")]
    masked = [cells for nm, *cells in rows if 350 <= float(nm) <= 355]
    assert masked
    assert not any(cell.strip() for cells in masked for cell in cells)
    page.keyboard.press("t")
    line = page.get_by_role("region", name="Files").locator(".command code").inner_text()
    words = shlex.split(line)
    assert words[words.index("--window") + 1] == "290 400 nm"
    assert words[words.index("--mask") + 1] == "350 355 nm"
    page.get_by_label("mask, from").fill("900")
    page.get_by_label("mask, from").locator("xpath=following::input[1]").fill("950")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("no wavelengths lie between 900 and 950 nm").wait_for()
    page.get_by_role("button", name="Take the mask 350 355 nm away").press("Enter")
    page.get_by_text("masked: 350 to 355 nm").wait_for(state="detached")


def test_a_spectrum_is_subtracted_and_the_pointer_says_where_to_fit(spectra, growing):
    page = spectra(growing)
    label = page.get_by_label("subtract").locator("option").nth(1).inner_text()
    page.get_by_label("subtract").select_option(label)
    page.get_by_text(f"the spectrum '{label}' was subtracted from all").wait_for()
    line = page.get_by_role("region", name="Files").locator(".command code").inner_text()
    words = shlex.split(line)
    assert words[words.index("--subtract") + 1] == label
    box = page.locator(".u-over").first.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60)
    page.get_by_role("button", name="Where the pointer was").click()
    read = pn.read(growing).wavelength
    nm = float(page.get_by_label("at", exact=True).input_value().removesuffix(" nm"))
    assert nm == pytest.approx((read[0] + read[-1]) / 2, abs=3.0)


def test_a_mask_is_drawn_over_the_spectra_by_mouse(spectra, growing):
    page = spectra(growing)
    page.get_by_label("a drag masks").check()
    over = page.locator(".u-over").first
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    x, y = box["x"] + 0.6 * box["width"], box["y"] + 60
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.1 * box["width"], y, steps=5)
    page.mouse.up()
    mask = page.get_by_text("masked: ").last.inner_text()
    low, high = (float(end) for end in mask.split()[1:3])
    read = pn.read(growing).wavelength
    expected = read[0] + 0.6 * (read[-1] - read[0])
    assert low == pytest.approx(expected, abs=3.0)
    assert high - low == pytest.approx(0.1 * (read[-1] - read[0]), abs=3.0)


def test_tables_go_to_the_clipboard_and_into_a_workbook(spectra, growing, tmp_path):
    page = spectra(growing, permissions=["clipboard-read", "clipboard-write"])
    tools = page.get_by_role("group", name="Take away what is shown")
    with page.expect_download() as got:
        tools.get_by_role("button", name="Workbook").click()
    path = tmp_path / got.value.suggested_filename
    got.value.save_as(path)
    assert pn.read(path).absorbance == pytest.approx(pn.read(growing).absorbance)
    text = copied(page, tools.get_by_role("button", name="Copy as a table"))
    assert text.splitlines()[1].split("\t")[0] == "285.0"


def test_a_reload_keeps_files_cuts_and_the_results_of_jobs(spectra, growing):
    page = spectra(growing)
    page.get_by_role("region", name="First excitons table").wait_for()
    page.get_by_label("window / nm, from").fill("290")
    page.get_by_label("window / nm, from").locator("xpath=following::input[1]").fill("400")
    page.keyboard.press("Enter")
    page.get_by_text("only 290 to 400 nm").wait_for()
    page.get_by_text("Of before the last change").first.wait_for()
    asked = []

    def sent(frame):
        asked.append(str(frame))

    page.on("websocket", lambda line: line.on("framesent", sent))
    page.reload()
    page.get_by_role("region", name="First excitons table").wait_for()
    page.get_by_text("only 290 to 400 nm").wait_for()
    assert any("spectra.open" in one for one in asked)
    assert not any("spectra.excitons" in one for one in asked)


def test_of_what_was_asked_in_a_hurry_the_last_is_shown(spectra, tmp_path):
    page = spectra(run_2(tmp_path))
    page.get_by_label("material").evaluate(
        """(choice) => {
            for (const name of ["CdTe", "CdS", "CdSe"]) {
                choice.value = name;
                choice.dispatchEvent(new Event("change"));
            }
        }"""
    )
    page.get_by_text("yu2003-CdSe").first.wait_for(timeout=WORKING)
    going = page.locator("#job-list li").filter(has_not_text=re.compile("cancelled|done"))
    expect(going).to_have_count(0, timeout=WORKING)  # nothing goes on that nobody waits for


def test_what_cannot_be_read_is_said_with_its_mend(spectra, tmp_path):
    page = spectra()
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    drop(page, tmp_path / "image.csv")
    page.get_by_role("alert").get_by_text("image.csv").wait_for()
    assert page.get_by_role("region", name="Spectra", exact=True).is_hidden()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_nothing_and_nothing_sticks_out(spectra, growing, width):
    page = spectra(growing, width=width)
    page.get_by_role("region", name="First excitons table").wait_for()
    page.get_by_role("button", name="Fit", exact=True).click()
    page.get_by_role("region", name="Constants").wait_for()
    assert (in_both_themes(page), sideways(page)) == ([], [])
