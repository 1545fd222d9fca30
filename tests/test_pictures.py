"""Every picture of the documentation has one maker, which is on its page, and is shown."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest

from commands import run
from prenuc.facts.catalogue import entries
from walk import ROOT, difference, pages

FIGURES = ROOT / "docs/figures"
SHOWN = re.compile(r"figures/((?:[\w-]+/)?[\w.-]+\.(?:png|svg))")
SECTION = re.compile(
    r"^## Figure [^\n]*: (?P<name>\S+)\n.*?panels/(?P=name)\.svg\n:alt: (?P<told>.*?)\n"
    r".*?^`(?P<command>prenuc .*?)` draws it\.$",
    re.MULTILINE | re.DOTALL,
)
PANELS = {m["name"]: m for m in SECTION.finditer((ROOT / "docs/reference/panels.md").read_text())}
CHEAP = ("cds-3a-msa-at-15-min", "cdte-5a", "inp-s1")
DESCRIPTION = ".//{http://purl.org/dc/elements/1.1/}description"


@pytest.fixture
def pictures(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    import pictures

    return pictures


@cache
def shown():
    """Every picture that a page shows; its texts of commands aside."""
    found = set()
    for page in pages():
        text = re.sub(r"^\$ .*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= set(SHOWN.findall(text))
    return frozenset(found)


def test_every_picture_that_is_shown_is_there_and_every_one_that_is_there_is_shown():
    there = {str(p.relative_to(FIGURES)) for p in FIGURES.rglob("*") if p.is_file()}
    assert shown() == there


def test_every_picture_has_one_maker(pictures):
    makers = {one: pictures.makers_of(one) for one in shown()}
    assert {one: found for one, found in makers.items() if len(found) != 1} == {}
    made = {one for maker in pictures.MAKERS for one in maker.pictures}
    assert made <= shown()


def test_makers_do_what_stands_on_the_page_that_shows_the_picture(pictures):
    for maker in pictures.MAKERS:
        text = (ROOT / "docs" / maker.page).read_text(encoding="utf-8")
        lines = [line.removeprefix("$ ") for line in text.splitlines()]
        assert [one for one in maker.commands if one not in lines] == []
        assert [one for one in maker.pictures if f"figures/{one}" not in text] == []


def test_makes_other_targets_are_in_the_makefile(pictures):
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    for pattern, target in pictures.TARGETS.items():
        assert re.search(rf"^{target}:", make, re.MULTILINE), target
        assert any(Path(one).match(pattern) for one in shown()), pattern


def test_a_picture_is_made_in_a_folder_of_its_own(pictures, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(pictures, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(pictures, "WORK", tmp_path / "work")
    (tmp_path / "figures").mkdir()
    pictures.main(["gallery-mechanism.svg"])
    assert [p.name for p in (tmp_path / "figures").iterdir()] == ["gallery-mechanism.svg"]
    assert "wrote" in capfd.readouterr().out
    description = ET.parse(tmp_path / "figures/gallery-mechanism.svg").find(DESCRIPTION)  # noqa: S314
    shipped = ET.parse(FIGURES / "gallery-mechanism.svg").find(DESCRIPTION)  # noqa: S314
    assert description.text == shipped.text


def test_without_measured_files_their_pictures_stay_and_a_line_says_so(pictures, tmp_path, capsys):
    before = (FIGURES / "cdse-run-2-trend.png").read_bytes()
    pictures.main(["cdse-run-2-trend.png", "--measured", str(tmp_path)])
    assert (FIGURES / "cdse-run-2-trend.png").read_bytes() == before
    said = capsys.readouterr().out
    assert len(said.splitlines()) == 1
    assert "left as they are" in said
    assert "cdse-run-2-trend.png" in said


def test_a_picture_that_nobody_makes_is_an_error(pictures, capsys):
    with pytest.raises(SystemExit):
        pictures.main(["nothing.png"])
    assert "no maker of nothing.png" in capsys.readouterr().err


def test_every_recipe_of_the_catalogue_is_a_panel_of_the_gallery():
    assert set(PANELS) == set(entries("recipes"))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Where a command of the page has drawn its panels; each command is run once."""
    done = {}

    def call(command, capsys, monkeypatch):
        if command not in done:
            done[command] = tmp_path_factory.mktemp("panels")
            monkeypatch.chdir(done[command])
            answer = run(capsys, monkeypatch, *shlex.split(command)[1:])
            assert answer.code in {0, 1}, answer.err  # 1: a row misses
        return done[command] / "figures"

    return call


def compare(name, drawn, capsys, monkeypatch):
    """Draw a panel by the command below it and compare what it says with what the page says."""
    folder = drawn(PANELS[name]["command"], capsys, monkeypatch)
    told = ET.parse(folder / f"{name}.svg").find(DESCRIPTION).text  # noqa: S314  our own
    return difference(PANELS[name]["told"], told.partition(" Simulated with ")[0])


@pytest.mark.parametrize("name", CHEAP)
def test_a_panel_is_what_its_command_draws(name, drawn, capsys, monkeypatch):
    assert compare(name, drawn, capsys, monkeypatch) == ""


@pytest.mark.study
@pytest.mark.parametrize("name", PANELS)
def test_every_panel_is_what_its_command_draws(name, drawn, capsys, monkeypatch):
    assert compare(name, drawn, capsys, monkeypatch) == ""
