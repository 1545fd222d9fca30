"""Reports as a reader opens and prints them: at two widths, by machine, on paper."""

from __future__ import annotations

import numpy as np
import pytest

import prenuc as pn
from browser import NARROW, WIDE, printed, sideways, violations
from commands import dots
from drawn import analysed, emitted
from prenuc.present.files.extract import extract
from prenuc.present.files.report import LARGEST, report
from prenuc.sweeps.spec import read_spec
from prenuc.sweeps.sweep import Sweep
from prenuc.sweeps.swept import swept
from test_kept import SWEEP

SHEETS = 6  # that a report may print to
RECIPE = "cds-msc-311-in-toluene"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return a page of each kind, by the name of its kind."""
    folder = tmp_path_factory.mktemp("pages")
    run = pn.simulate(pn.two_pathway("CdS"), pn.Protocol.from_recipe(pn.recipe(RECIPE)))
    spectra = pn.uv_vis(run, noise=1e-3, seed=1)
    fit = pn.fit(spectra, "PC -> MSC", at="311 nm")
    comparison = pn.compare_schemes(spectra, ["A -> B", "2 A -> B"], at="311 nm")
    (folder / "sweep.yaml").write_text(SWEEP)
    spec = read_spec(folder / "sweep.yaml")
    flasks = Sweep(spec.job, folder / "flasks")
    flasks.run()
    kinds = {
        "simulation": [run, spectra],
        "fit": [fit],
        "spectra": [pn.fit(spectra, "PC -> MSC")],
        "analysis": [pn.analyze(dots(tuple(np.linspace(480, 530, 16))), "CdSe")],
        "comparison": [comparison, spectra],
        "court": [pn.ablate("two-pathway/CdSe")],
        "sweep": [swept(flasks, spec)],
        "growth": [pn.growth_laws(analysed()), analysed()],
        "emission": [pn.analyze_emission(emitted())],
        "all": [run, spectra, fit, comparison],
    }
    return {kind: report(*of, to=folder / f"{kind}.html") for kind, of in kinds.items()}


KINDS = (
    "simulation", "fit", "spectra", "analysis", "comparison", "court", "sweep", "growth",
    "emission", "all",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_a_desk_and_a_telephone_and_has_no_fault_that_a_machine_finds(
    kind, pages, visit
):
    for width in (WIDE, NARROW):
        page = visit(pages[kind], width)
        assert sideways(page) == []
        assert violations(page) == []
    assert pages[kind].stat().st_size < LARGEST


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_prints_to_a_few_sheets_and_begins_with_the_answer(kind, pages, visit):
    sheets = printed(visit(pages[kind]))
    assert len(sheets) <= SHEETS
    assert "In short" in sheets[0]
    assert "What it rests on" in sheets[0]
    assert all(sheet.strip() for sheet in sheets)


@pytest.mark.parametrize("kind", ["fit", "all"])
def test_the_rate_constant_with_its_meaning_stands_on_the_first_printed_sheet(kind, pages, visit):
    first = " ".join(printed(visit(pages[kind]))[0].split())
    (fit,) = extract(pages["fit"]).results
    value, low, high = fit.params["k"].value, *fit.params["k"].ci95
    said = f"k = {value:.5f} ({low:.5f} to {high:.5f}) per minute"
    assert f"{said}: half of the PC has turned over after {np.log(2) / value:.1f} min" in first


def test_constants_of_what_the_data_support_stand_on_the_first_printed_sheet(pages, visit):
    first = " ".join(printed(visit(pages["comparison"]))[0].split())
    found, _ = extract(pages["comparison"]).results
    assert [one.startswith("A -> B: k = 0.01") for one in found.constants] == [True]
    for line in found.constants:
        assert " ".join(line.replace("->", "→").split()) in first


def test_figures_are_as_wide_as_the_page_and_move_by_themselves_on_a_telephone(pages, visit):
    wide, narrow = (visit(pages["fit"], width) for width in (WIDE, NARROW))
    full = wide.evaluate("document.querySelector('main').clientWidth")
    assert wide.locator("figure svg").first.bounding_box()["width"] > 0.9 * full
    shown = narrow.locator("figure svg").first.bounding_box()["width"]
    assert shown > NARROW  # at its own width letters can be read
    assert narrow.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_schemes_have_real_arrows_and_units_their_signs_everywhere(pages, visit):
    seen = visit(pages["all"]).locator("body").inner_text()
    assert "PC → MSC" in seen
    assert "->" not in seen
    assert "heat flask to 180 °C" in seen
    assert "degC" not in seen


def test_numbers_of_many_steps_are_not_cut_off(pages, visit):
    """A marker stands left of its item, in the padding of the list."""
    there, needed = visit(pages["simulation"]).evaluate(
        """() => {
          const list = document.querySelector("ol"), style = getComputedStyle(list);
          const pen = document.createElement("canvas").getContext("2d");
          pen.font = `${style.fontSize} ${style.fontFamily}`;
          return [parseFloat(style.paddingLeft), pen.measureText("99. ").width];
        }"""
    )
    assert there >= needed
