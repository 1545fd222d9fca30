"""The screen Flask, used as a chemist uses it: in Chromium, with what is shown read off."""

import json
import re
from itertools import count

import numpy as np
import pytest
from dropping import cells, drop, screen

import prenuc as pn
from asked import NETWORK, OWN
from shown import exact, numbers, ordered

FIRST, LATER = "cds-msc-311-in-toluene", "cds-3a-msa-at-15-min"


def opened(page, recipe):
    page.get_by_label("recipe").select_option(recipe)
    page.get_by_role("heading", name=f"Flask: {recipe}").wait_for(state="attached")
    exact(page)


def dial(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def spectra(page):
    """Return wavelengths and the last spectrum, as the table shows them."""
    columns = numbers(page, "Spectra")
    return columns["wavelength / nm"], list(columns.values())[-1]


def band_at_311(page):
    """Return how far the last spectrum stands out at 311 nm above the chord of its flanks."""
    nm, last = spectra(page)
    at = np.interp([311.0, 297.0, 325.0], nm, last)
    return at[0] - at[1:].mean()


def pulled(page, grip, right, *, steps=30):
    """Drag a grip to the right by pixels."""
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y, steps=steps)
    return x + right, y


def minutes(grip):
    return float(grip.get_attribute("aria-valuenow"))


def test_msa_dragged_from_15_to_30_min_and_msc_311_vanishes(shown):
    page = shown()
    opened(page, LATER)
    before = band_at_311(page)
    grip = page.get_by_role("slider", name="duration of step 3, hold flask")
    assert grip.get_attribute("aria-valuetext") == "15 minutes"
    x, y = pulled(page, grip, 20)
    while minutes(grip) < 30.0:
        x += 1
        page.mouse.move(x, y)
    page.mouse.up()
    exact(page)
    assert minutes(grip) == pytest.approx(30.0, abs=2.0)
    field = page.get_by_label("duration, exact value")
    field.fill("30")
    field.press("Enter")
    page.locator("p", has_text="hold flask for 30 min").wait_for()
    exact(page)
    assert before > 0.5
    assert band_at_311(page) < 0.05 * before


def test_a_constant_is_dragged_and_what_is_released_is_what_simulate_gives(shown):
    page = shown()
    page.evaluate(
        """() => {
            window.painted = [];
            document.addEventListener("prenuc:painted", (one) => window.painted.push(one.detail));
        }"""
    )
    ordered(page)
    turn = dial(page, "isomerisation.k")
    box = turn.bounding_box()
    y, left, width = box["y"] + box["height"] / 2, box["x"] + 8, box["width"] - 16
    page.mouse.move(left + width / 2, y)
    page.mouse.down()
    for turns in count(0.0, 0.02):  # until some have been seen, however slow the machine is
        page.mouse.move(left + width * (0.5 + 0.3 * np.sin(turns)), y)
        if turns > 6.0 and page.evaluate("new Set(painted.map((one) => one.number)).size > 20"):
            break
    page.mouse.up()
    exact(page)
    drawn = page.evaluate("window.painted")
    assert [one["number"] for one in drawn] == sorted(one["number"] for one in drawn)
    assert drawn[-1]["exact"]

    told = page.get_by_label("isomerisation.k, exact value").input_value()
    protocol = pn.Protocol.from_recipe(pn.recipe(FIRST))
    mechanism = pn.two_pathway("CdS").with_constants({"isomerisation.k": f"{told} 1/min"})
    expected = pn.uv_vis(pn.simulate(mechanism, protocol))
    nm, last = spectra(page)
    assert np.array_equal(nm, expected.wavelength)
    assert last == pytest.approx(expected.absorbance[-1], rel=1e-5, abs=1e-12)  # six digits


def test_keys_turn_a_dial_by_a_hundredth_a_tenth_of_a_decade_and_to_its_ends(shown):
    page = shown()
    turn = dial(page, "isomerisation.k")
    start = float(turn.get_attribute("aria-valuenow"))
    steps = [
        ("ArrowRight", 1.01),
        ("ArrowLeft", 1.01 * 0.99),
        ("PageUp", 1.01 * 0.99 * 10**0.1),
        ("PageDown", 1.01 * 0.99),
    ]
    turn.focus()
    for key, factor in steps:
        page.keyboard.press(key)
        assert float(turn.get_attribute("aria-valuenow")) == pytest.approx(start * factor, rel=1e-4)
    for key, end in (("Home", "aria-valuemin"), ("End", "aria-valuemax")):
        page.keyboard.press(key)
        assert turn.get_attribute("aria-valuenow") == turn.get_attribute(end)
    assert "per minute, fitted" in turn.get_attribute("aria-valuetext")
    exact(page)
    assert turn.evaluate("(one) => one === document.activeElement")
    assert page.get_by_role("button", name="Undo").is_enabled()


def test_focus_stays_on_a_grip_when_steps_are_drawn_anew_and_what_is_stored_is_cold(shown):
    page = shown()
    for celsius in ("60", "180", "25", "−196"):
        page.locator("svg text", has_text=f"{celsius} °C").wait_for()
    stored = page.locator(".tl-area.is-cold")
    assert stored.text_content() == "store flask at -196 degC for 2 d"
    begin, end = re.search(r"V(\S+?)L\S+ (\S+?)V", stored.get_attribute("d")).groups()
    assert begin == end  # from its first minute to its last
    grip = page.get_by_role("slider", name="duration of step 3, hold flask")
    grip.press("ArrowRight")
    page.locator("p", has_text="hold flask for 20.8 min").wait_for()
    exact(page)
    assert page.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "20.8 minutes"


@pytest.mark.parametrize("drawing", ["Spectra", "Species", "Dots by size"])
def test_every_drawing_has_its_numbers_behind_one_key(shown, drawing):
    page = shown()
    columns = numbers(page, drawing)
    assert len(columns) > 5
    assert all(len(column) > 30 for column in columns.values())
    assert any(np.nanmax(column) > 0.0 for column in list(columns.values())[1:])


def test_arrows_read_values_off_the_curves(shown):
    page = shown()
    columns = list(numbers(page, "Spectra").values())
    plot = page.get_by_role("img", name="Spectra")
    plot.focus()
    for key in ("Shift+ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    told = page.locator(".drawing").first.get_by_role("status").inner_text()
    nm, absorbance = columns[0][11], columns[3][11]
    assert told == f"{nm:.4g} nm, A {absorbance:.3g}, cuvette at 12 min"


def test_frozen_curves_undo_snapshots_and_reset(shown):
    page = shown()
    _, first = spectra(page)
    page.get_by_role("button", name="Freeze").click()
    page.get_by_text("frozen (some of 49)").wait_for()
    field = page.get_by_label("isomerisation.k, exact value")
    held = field.input_value()
    for word, said in {"much": "a number", "1e400": "a number", "-1": "above zero"}.items():
        field.fill(word)
        field.press("Enter")
        page.get_by_role("alert").get_by_text(f"'{word}' is not {said}").wait_for()

    def turned(value):
        field.fill(value)
        field.press("Enter")
        exact(page)
        return spectra(page)[1]

    slower = turned("0.005")
    assert slower.max() < 0.9 * first.max()
    page.get_by_role("button", name="Snapshot", exact=True).click()
    turned("0.03")
    page.get_by_role("button", name="Go to snapshot A").click()
    exact(page)
    assert np.array_equal(spectra(page)[1], slower)
    for _ in range(2):
        page.keyboard.press("Control+z")
        exact(page)
    assert field.input_value() == "0.005"
    page.get_by_role("button", name="Reset").click()
    exact(page)
    assert field.input_value() == held
    assert np.array_equal(spectra(page)[1], first)
    page.get_by_role("button", name="Undo").click()
    exact(page)
    assert np.array_equal(spectra(page)[1], slower)

    compared = "snapshot A (some of 49)"
    page.get_by_role("button", name="Compare with snapshot A").click()
    page.get_by_text(compared).wait_for()
    page.reload()
    page.get_by_text(compared).wait_for()
    page.locator("button:enabled", has_text="Undo").wait_for()
    exact(page)
    assert field.input_value() == "0.005"
    assert page.get_by_role("button", name="Unfreeze").get_attribute("aria-pressed") == "true"
    assert np.array_equal(spectra(page)[1], slower)
    page.get_by_role("button", name="Reset").click()
    exact(page)
    page.get_by_role("button", name="Go to snapshot A").click()
    exact(page)
    assert np.array_equal(spectra(page)[1], slower)
    opened(page, LATER)
    assert page.get_by_role("group", name="Snapshots").is_hidden()
    assert page.get_by_role("button", name="Freeze", exact=True).is_enabled()


def test_exact_is_said_when_all_that_was_asked_is_drawn(shown):
    page = shown()
    drawing = page.get_by_role("img", name="Spectra")
    opened_with = drawing.get_attribute("aria-label")
    field = page.get_by_label("isomerisation.k, exact value")
    for value in ("0.03", "0.005"):
        field.fill(value)
        field.press("Enter")
        exact(page)
    undo = page.get_by_role("button", name="Undo").element_handle()
    drawing.evaluate(
        """(drawing, undo) => {
            const status = document.getElementById("status");
            const exact = () => status.matches("[data-status=exact]:not([data-behind])");
            const note = () => exact() && (window.first ??= drawing.ariaLabel);
            new MutationObserver(note).observe(status, { attributes: true });
            undo.click();
            undo.click();
            note();
        }""",
        undo,
    )
    exact(page)
    first = page.evaluate("window.first")
    assert first == drawing.get_attribute("aria-label") == opened_with


def test_a_reload_finds_what_was_changed(shown):
    page = shown()
    opened(page, LATER)
    field = page.get_by_label("uptake.k, exact value")
    page.get_by_label("Search").fill("uptake.k")
    field.fill("0.5")
    field.press("Enter")
    exact(page)
    before = spectra(page)[1]
    page.reload()
    page.get_by_role("heading", name=f"Flask: {LATER}").wait_for(state="attached")
    page.get_by_label("Search").fill("uptake.k")
    page.get_by_role("button", name="Undo").wait_for()
    exact(page)
    assert field.input_value() == "0.5"
    assert np.array_equal(spectra(page)[1], before)


def test_a_protocol_of_ones_own_is_refused_with_its_lines_and_then_run(shown, tmp_path):
    page = shown()
    page.get_by_role("button", name="Own protocol …").click()
    text = page.get_by_role("textbox", name="Protocol")
    good = text.input_value()
    assert good.startswith("charge flask with")
    text.fill(good.replace("heat flask to 180 degC", "heat flask to 180 furlong"))
    page.get_by_role("button", name="Run it").click()
    page.get_by_role("dialog").get_by_role("alert").get_by_text("line 2").wait_for()
    text.fill(good.replace("hold flask for 20 min", "hold flask for 5 min"))
    page.get_by_role("button", name="Run it").click()
    page.get_by_role("heading", name="Flask: your protocol").wait_for(state="attached")
    exact(page)
    grip = page.get_by_role("slider", name="duration of step 3, hold flask")
    assert grip.get_attribute("aria-valuetext") == "5 minutes"

    lines = "".join(f"  - {line}\n" for line in OWN.splitlines())
    (tmp_path / "flask.yaml").write_text(f"mechanism: mine.yaml\nprotocol:\n{lines}")
    (tmp_path / "mine.yaml").write_text(NETWORK)
    drop(page, tmp_path / "flask.yaml")
    page.get_by_role("alert").get_by_text("stands in another file, mine.yaml").wait_for()
    screen(page, "Spectra")
    drop(page, tmp_path / "flask.yaml", tmp_path / "mine.yaml")
    page.get_by_role("heading", name="Flask: flask").wait_for(state="attached")
    exact(page)
    assert page.get_by_label("R1.k, exact value").input_value() == "0.5"


def test_what_is_taken_away_gives_the_same_again(shown, tmp_path):
    page = shown()
    field = page.get_by_label("isomerisation.k, exact value")
    field.fill("0.03")
    field.press("Enter")
    exact(page)
    last = spectra(page)[1]
    page.get_by_role("button", name="Take away …").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="State").click()
    state = tmp_path / "flask.json"
    coming.value.save_as(state)
    assert json.loads(state.read_text())["change"] == {"isomerisation.k": 0.03}
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Reset").click()
    exact(page)
    assert not np.array_equal(spectra(page)[1], last)
    page.get_by_role("button", name="Own protocol …").click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(state)
    page.get_by_role("dialog").wait_for(state="detached")
    exact(page)
    assert np.array_equal(spectra(page)[1], last)


def dropped(page, path):
    """Drop a file on the page, as a hand does."""
    data = page.evaluate_handle(
        """([name, text]) => {
            const made = new DataTransfer();
            made.items.add(new File([text], name));
            return made;
        }""",
        [path.name, path.read_text(encoding="utf-8")],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", event, {"dataTransfer": data})


def test_a_report_dropped_in_gives_its_run_back(shown, tmp_path):
    protocol = pn.Protocol.from_recipe(pn.recipe(LATER))
    mechanism = pn.two_pathway("CdS").with_constants({"uptake.k": "0.5 L/mmol/min"})
    run = pn.simulate(mechanism, protocol)
    report = tmp_path / "report.html"
    pn.report(run, to=report)
    page = shown()
    dropped(page, report)
    page.get_by_role("heading", name=f"Flask: {LATER}").wait_for(state="attached")
    exact(page)
    expected = pn.uv_vis(run)
    columns = numbers(page, "Spectra")
    assert list(columns)[1:] == list(expected.labels)
    assert spectra(page)[1] == pytest.approx(expected.absorbance[-1], rel=1e-5, abs=1e-12)
    page.get_by_label("Search").fill("uptake.k")
    assert page.get_by_label("uptake.k, exact value").input_value() == "0.5"

    growing = pn.simulate(mechanism, pn.Protocol.from_recipe(pn.recipe(FIRST)))
    measured = pn.uv_vis(growing, noise=1e-3, seed=1)
    fit = pn.fit(measured, "A -> B")
    pn.report(fit, to=tmp_path / "fit.html")
    dropped(page, tmp_path / "fit.html")
    page.get_by_role("heading", name="Spectra", level=1).wait_for()
    page.get_by_text(f"{len(measured.time)} spectra, absorbance").wait_for()
    page.get_by_role("region", name="Constants in the report").wait_for()
    page.get_by_role("img", name="Residuals").wait_for()
    told = {name: row[0] for name, row in cells(page, "Constants in the report").items()}
    known = {name: one.value for name, one in fit.params.items() if one.identifiable}
    assert known
    assert {name: float(told[name].split()[0]) for name in known} == pytest.approx(known, rel=1e-3)
    dropped(page, report)
    page.get_by_role("heading", name=f"Flask: {LATER}").wait_for(state="attached")
    pn.report(pn.ablate("two-pathway/CdS"), to=tmp_path / "court.html")
    dropped(page, tmp_path / "court.html")
    page.get_by_text("What each step of two-pathway/CdS is for").wait_for()


def test_a_page_that_is_no_report_is_refused_and_the_flask_stays(shown, tmp_path):
    stranger = tmp_path / "stranger.html"
    stranger.write_text("<h1>hello</h1><script>window.harm = 1</script>")
    page = shown()
    before = spectra(page)[1]
    dropped(page, stranger)
    page.get_by_role("alert").get_by_text("holds no results of prenuc").wait_for()
    assert page.evaluate("window.harm") is None
    assert np.array_equal(spectra(page)[1], before)


def test_data_laid_over_say_how_far_the_flask_is_from_them_and_where_a_constant_belongs(
    shown, tmp_path
):
    protocol = pn.Protocol.from_recipe(pn.recipe(FIRST))
    mechanism = pn.two_pathway("CdS").with_constants({"isomerisation.k": "0.013 1/min"})
    measured = pn.uv_vis(pn.simulate(mechanism, protocol), noise=3e-3, seed=1)
    path = tmp_path / "run.csv"
    pn.convert(measured, "csv", path)
    page = shown()
    page.locator(".flask-head input[type=file]").set_input_files(path)
    page.get_by_text("of 20\u202f384 readings").wait_for()
    field = page.get_by_label("isomerisation.k, exact value")
    field.fill("0.0131")
    field.press("Enter")
    exact(page)
    told = page.get_by_text("all else as it is")
    told.wait_for()
    chi2, of_truth = re.search(
        r"χ² (.+) of .*isomerisation.k ([\d.]+) \(", told.inner_text()
    ).groups()
    assert float(of_truth) == pytest.approx(0.013, rel=0.005)
    further = float(chi2.replace("\u202f", ""))
    field.fill("0.013")
    field.press("Enter")
    exact(page)
    chi2 = re.search(r"χ² (.+) of ", page.get_by_text("χ²").inner_text()).group(1)
    assert 19_800 < float(chi2.replace("\u202f", "")) < further
    page.get_by_role("button", name="Take data off").click()
    page.get_by_text("run.csv: χ²").wait_for(state="detached")
    assert page.locator(".legend").first.inner_text() == ""
