"""The page for everybody: axe-core, narrow, enlarged, without motion, without a key."""

import re
from pathlib import Path

import numpy as np
import pytest
from dropping import drop, screen

import prenuc
from browser import NARROW, WIDE, in_both_themes, sideways, violations
from serving import running
from shown import exact, focused, opened, ordered

PAGE = Path(prenuc.__file__).parent / "present" / "app" / "page"
ENLARGED = 700  # px: what is left of 1400 at 200 %


@pytest.mark.parametrize("width", [WIDE, ENLARGED, NARROW])
def test_axe_finds_nothing_and_nothing_sticks_out(shown, width):
    page = shown(width)
    ordered(page)
    assert (in_both_themes(page), sideways(page)) == ([], [])


# One loop makes all rows of numbers: axe-core needs half a minute for thousands, and sees no more.
SHORTENED = """() => document.querySelectorAll(".numbers tbody tr:nth-child(n + 9)").forEach(
    (row) => row.remove())"""


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_tables_dialogs_and_jobs_are_sound_too(shown, width):
    page = shown(width)
    page.get_by_role("combobox", name="recipe").select_option("cds-3b-msa-at-30-min")  # few spectra
    page.get_by_role("heading", name="Flask: cds-3b-msa-at-30-min").wait_for(state="attached")
    exact(page)
    ordered(page)
    for button in page.get_by_role("button", name="Table").all():
        button.click()
    assert sideways(page) == []
    page.evaluate(SHORTENED)
    page.get_by_role("button", name="fitted: source and limits").first.click()
    page.get_by_role("button", name="Jobs").click()
    assert (violations(page), sideways(page)) == ([], [])
    page.keyboard.press("Escape")
    for name in ("Own protocol …", "Take away …"):
        page.get_by_role("button", name=name).click()
        page.get_by_role("dialog").wait_for()
        assert (violations(page), sideways(page)) == ([], [])
        page.keyboard.press("Escape")


def test_nothing_moves_for_those_who_want_less_motion(shown):
    page = shown(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
        const { transitionDuration, animationName } = getComputedStyle(one);
        return transitionDuration !== "0s" || animationName !== "none";
    }).length"""
    assert page.evaluate(moving) == 0


@pytest.fixture
def unopened():
    """An application whose code nobody has used."""
    with running() as app:
        yield app


def test_the_address_is_cleared_and_a_copy_of_it_opens_nothing(unopened, visit):
    app = unopened
    page = visit(f"{app.origin}/#code={app.code}")
    exact(page)
    assert page.url == f"{app.origin}/#/flask"
    assert page.evaluate("document.cookie") == ""
    page.reload()
    exact(page)
    stranger = visit(f"{app.origin}/#/flask")
    stranger.get_by_role("heading", name="This page is opened by a command").wait_for()
    assert violations(stranger) == []


def test_every_screen_says_that_the_application_has_gone(visit):
    with running() as app:
        app.exchange()
        page = opened(app, visit("about:blank"))
        page.evaluate("Promise.all(['court', 'next'].map((one) => import(`/screens/${one}.js`)))")
    gone = page.get_by_role("alert").get_by_text("The application has gone")
    gone.wait_for()
    for name in ("Court", "Next"):
        screen(page, name)
        assert "Start it again: prenuc app" in page.get_by_role("alert").inner_text()
    page.context.close()
    assert all("ERR_" in one or "WebSocket" in one for one in visit.complaints)
    visit.complaints.clear()


def test_everything_that_is_shown_is_reached_by_tab(shown):
    page = shown()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "document.activeElement.getAttribute('role') ?? document.activeElement.tagName"
            )
        )
    assert {"BUTTON", "SELECT", "INPUT", "slider", "img"} <= seen


def test_focus_stays_near_what_goes_away(shown, tmp_path):
    page = shown()
    page.get_by_label("Search").fill("assembly.K")
    field = page.get_by_label("assembly.K, exact value", exact=True)
    field.click()  # where the thumb of its slider could lie over it
    page.keyboard.press("Control+a")
    page.keyboard.type("2e-6")
    page.keyboard.press("Enter")
    exact(page)
    page.get_by_role("button", name="Undo", exact=True).press("Enter")
    focused(page, "button", "Redo")
    plot = page.get_by_role("img", name="Spectra")
    plot.press("t")
    page.keyboard.press("Escape")
    focused(page, "img", "Spectra: ")

    (tmp_path / "none.csv").write_text("")
    drop(page, tmp_path / "none.csv")
    page.get_by_role("button", name="Dismiss").press("Enter")
    page.locator("#main:focus").wait_for()
    screen(page, "Spectra")
    page.get_by_role("button", name="Try it with simulated spectra").press("Enter")
    page.get_by_role("region", name="First excitons table").wait_for()
    for text, end in (("mask, from", "300"), ("to", "310")):
        page.get_by_label(text, exact=True).last.fill(end)
    page.get_by_role("button", name="Mask", exact=True).click()
    page.get_by_role("button", name="Take the mask").press("Enter")
    focused(page, "button", "Copy as a table")


@pytest.mark.parametrize("path", sorted(PAGE.glob("components/*.js")), ids=lambda one: one.stem)
def test_drawing_components_stand_apart_from_the_page(path):
    text = path.read_text(encoding="utf-8")
    imported = re.findall(r'from "([^"]+)"', text)
    assert all(one.startswith("./") and one.count("/") == 1 for one in imported)
    assert not re.search(
        r"getElementById|sessionStorage|localStorage|globalThis|window\.\w+ =", text
    )


DRAWN = """async (name) => {
    const { default: component } = await import(`/components/${name}.js`);
    const heard = [];
    const values = { name: "k", label: "k", value: 1, low: 0.1, high: 10, unit: "1/min" };
    const model = {
        get: (key) => values[key],
        set: (key, value) => { values[key] = value; },
        on: (event, hear) => heard.push(hear),
        off: (event, hear) => heard.splice(heard.indexOf(hear), 1),
        save_changes: () => {},
    };
    const el = document.createElement("div");
    document.body.append(el);
    const close = component.render({ model, el });
    await new Promise((done) => setTimeout(done, 50));
    const drawn = el.querySelectorAll("*").length;
    close();
    return [drawn, el.children.length, heard.length];
}"""


def test_a_notebook_can_draw_a_component_with_its_own_model(shown):
    page = shown()
    for name in ("dial", "spectra", "courses", "size_map", "timeline"):
        drawn, *left = page.evaluate(DRAWN, name)
        assert drawn > 2, name
        assert left == [0, 0], name


TRACED = """async ([x, y]) => {
    const { trace } = await import("/components/curve_path.js");
    const lines = [];
    const path = { moveTo: (...at) => lines.push([at]), lineTo: (...at) => lines.at(-1).push(at) };
    const along = { values: x, log: false, step: 1, from: 0 };
    trace(path, along, { ...along, values: y });
    return lines;
}"""


def test_a_curve_is_drawn_with_few_points_within_a_fifth_of_a_pixel_of_all(shown):
    page = shown()
    x = np.linspace(0.0, 900.0, 451)
    line = 200.0 * np.exp(-(((x - 311.0) / 8.0) ** 2)) + 40.0 * np.exp(-x / 90.0)
    noise = np.random.default_rng(7).normal(0.0, 3.0, x.size)
    for y, most in ((line, 70), (noise, x.size)):
        y[200:210] = np.nan  # masked: no line is drawn across
        drawn = page.evaluate(TRACED, [x.tolist(), [None if np.isnan(one) else one for one in y]])
        assert len(drawn) == 2
        assert sum(map(len, drawn)) <= most
        left, right = (np.array(one).T for one in drawn)
        assert np.abs(np.interp(x[:200], *left) - y[:200]).max() <= 0.2 + 1e-9
        assert np.abs(np.interp(x[210:], *right) - y[210:]).max() <= 0.2 + 1e-9
