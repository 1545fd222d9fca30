"""What a terminal shows: tables that fit it, progress, and what a shell completes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class
from hypothesis import given
from hypothesis import strategies as st

import commands
from prenuc.facts.catalogue import entries
from prenuc.infer.experiments.reproduce import checks
from prenuc.present.cli import output, prenuc
from prenuc.present.tables.columns import GAP, parts
from walk_bench import trace

WORDS = st.text("abc–1/", min_size=1, max_size=12)
CELLS = st.lists(WORDS, max_size=5).map(" ".join)
TABLES = st.integers(1, 9).flatmap(
    lambda many: st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=many, max_size=many)
)


@given(TABLES, st.integers(30, 100))
def test_every_column_stands_in_a_part_that_fits_and_no_word_is_cut(columns, room):
    found = list(parts(columns, room))
    assert {i for part in found for i in part} == {*range(len(columns))}
    assert all(0 in part for part in found)
    for part in found:
        assert sum(part.values()) + GAP * (len(part) - 1) <= room
        for i, width in part.items():
            assert all(len(word) <= width for text in columns[i] for word in text.split())


def test_a_table_that_fits_breaks_no_cell_and_one_that_does_not_breaks_long_ones_first():
    columns = [["name", "a cell of some words", "b"], ["value", "480.0 to 488.6", "–"]]
    assert list(parts(columns, 36)) == [{0: 20, 1: 14}]
    columns = [["name", "a sentence that is longer than what may stand whole"], columns[1]]
    assert list(parts(columns, 36)) == [{0: 20, 1: 14}]
    assert list(parts(columns, 16)) == [{0: 9, 1: 5}]


@pytest.mark.parametrize(
    "words",
    [
        "simulate cds-msc-311-in-toluene",
        "ablate two-pathway/CdS",
        "reproduce 2a",
        "size CdSe 550",
        "list recipes",
        "compare --refitted",
        "scope cds-3b-msa-at-30-min",
    ],
)
def test_no_line_of_a_table_is_wider_than_80_signs(words, capsys, monkeypatch):
    answer = commands.run(capsys, monkeypatch, *words.split(), columns=80)
    tables = re.findall(r"(?m)^─+$(?:\n(?!  ).+)*", answer.out)
    assert tables
    assert not [line for table in tables for line in table.splitlines() if len(line) > 80]


def test_fit_and_compare_begin_with_the_rate_constant(capsys, monkeypatch, tmp_path):
    trace(tmp_path / "trace.csv")
    monkeypatch.chdir(tmp_path)
    fitted = commands.run(capsys, monkeypatch, "fit", "trace.csv", "A -> B", "--background")
    assert re.match(r"k = 0\.0150\d \(0\.01\d+ to 0\.01\d+\) per minute: ", fitted.out)
    schemes = ("--schemes", "A -> B; 2 A -> B")
    compared = commands.run(capsys, monkeypatch, "compare", "trace.csv", *schemes)
    verdict, constant = compared.out.splitlines()[:2]
    assert verdict.startswith("The data support A -> B;")
    assert re.match(r"  A -> B: k = 0\.0150\d* 1/min  \(95 % interval ", constant)


SAID = "  note   a constant of 0.015 1/min lies under cds-msc-311-in-toluene; the lag is lost"


@pytest.fixture
def shown(monkeypatch, capsys):
    """Return what a terminal of some width shows of a text, and of an error, line by line."""

    def call(text, columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        found = []
        for name, err in (("out", False), ("err", True)):
            monkeypatch.setattr(getattr(sys, f"std{name}"), "isatty", lambda: True)
            output.echo(text, err=err)
            found.append(getattr(capsys.readouterr(), name).splitlines())
        return found

    return call


@pytest.mark.parametrize("columns", [30, 40, 80])
def test_prose_is_broken_between_words_at_the_width_of_the_terminal(shown, columns):
    for lines in shown(f"{SAID}\n{SAID}", columns):
        assert len(lines) > 2
        assert all(len(line) <= columns for line in lines)
        assert " ".join(" ".join(lines).split()) == " ".join(f"{SAID} {SAID}".split())
        assert lines[0].startswith("  note   a")
        assert all(line.startswith(("  note", " " * 6)) for line in lines)
        assert "cds-msc-311-in-toluene;" in " ".join(lines)


def test_no_terminal_is_so_wide_that_a_line_is_longer_than_100_signs(shown):
    (lines, _) = shown(" ".join(40 * ["word"]), 300)
    assert 90 < max(map(len, lines)) <= 100
    path = "/".join(30 * ["folder"])
    assert shown(f"wrote {path}", 80)[0][-1].strip() == path  # whole, to be copied


def test_a_pipe_gets_every_line_whole(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    output.echo(f"{SAID}\n{SAID}")
    output.echo(SAID, err=True)
    assert tuple(capsys.readouterr()) == (f"{SAID}\n{SAID}\n", f"{SAID}\n")


def test_commands_print_prose_by_one_function_alone():
    folder = Path(output.__file__).parent
    others = {
        path.name
        for path in folder.glob("*.py")
        if "click.echo(" in path.read_text("utf-8").replace("click.echo(json.", "")
    }
    assert others == {"output.py"}


@pytest.fixture
def _terminal(monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("_terminal")
def test_work_that_lasts_shows_how_far_it_is_and_how_long_it_will_take(monkeypatch, capsys):
    monkeypatch.setattr(output, "PATIENCE", 0.0)
    monkeypatch.setattr("rich.progress.Task.time_remaining", 42.0)
    with output.progress("counting") as report:
        report(0.25)
        wait_for_a_bar()
    said = capsys.readouterr()
    assert "counting" in said.err
    assert "25 %" in said.err
    assert "42 s left" in said.err
    assert said.out == ""


def wait_for_a_bar():
    """Let the timer start the bar, however slow the machine is."""
    import threading

    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()


@pytest.mark.usefixtures("_terminal")
def test_work_that_is_done_soon_shows_nothing(capsys, monkeypatch):
    monkeypatch.setattr(output, "PATIENCE", 600.0)  # sooner than this, on any machine
    with output.progress("counting") as report:
        report(0.5)
    assert capsys.readouterr().err == ""


def test_a_pipe_gets_no_bar(monkeypatch, capsys):
    monkeypatch.setattr(output, "PATIENCE", 0.0)
    with output.progress("counting") as report:
        report(0.5)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, ""), (3.2, "3 s left"), (200, "3 min left"), (0, "0 s left")]
)
def test_time_that_is_left_is_said_as_one_says_it(seconds, said):
    assert output._left(seconds) == said


def completed(*words: str, begun: str = "", shell: str = "bash") -> list[tuple[str, str]]:
    asked = get_completion_class(shell)(prenuc, {}, "prenuc", "_PRENUC_COMPLETE")
    return [(one.type, one.value) for one in asked.get_completions(list(words), begun)]


def names(found):
    return {value for kind, value in found if kind == "plain"}


RECIPES, MECHANISMS = (
    set(entries("recipes")),
    set(entries("parameters")),
)
COMPLETED = {
    ("simulate",): (RECIPES, True),
    ("scope",): (RECIPES, True),
    ("plot",): (RECIPES, True),
    ("plot", "cds-3b-msa-at-30-min"): (RECIPES, True),
    ("plot", "--what", "mechanism"): (MECHANISMS, True),
    ("simulate", "cds-4c-oleate", "--mechanism"): (MECHANISMS, True),
    ("simulate", "cds-4c-oleate", "--inert"): (set(entries("reagents")), False),
    ("reproduce", "--mechanism"): (MECHANISMS, False),
    ("reproduce",): ({check.panel for check in checks()}, False),
    ("check",): (MECHANISMS, True),
    ("ablate",): (MECHANISMS, True),
    ("compare", "a.csv", "--protocol"): (RECIPES, True),
    ("analyze", "a.csv", "--material"): (set(entries("materials")), False),
    ("size",): (set(entries("materials")), False),
    ("list", "recipes", "--material"): (set(entries("materials")), False),
    ("next",): (set(entries("materials")), False),
}


@pytest.mark.parametrize("words", COMPLETED, ids=" ".join)
def test_a_shell_offers_names_and_files_where_they_may_stand(words):
    expected, files = COMPLETED[words]
    found = completed(*words)
    assert names(found) == expected
    assert (("file", "") in found) is files


def test_what_is_begun_narrows_what_is_offered():
    assert names(completed("simulate", begun="cdte-")) == {
        name for name in RECIPES if name.startswith("cdte-")
    }
    assert ("file", "my") in completed("simulate", begun="my")
    assert names(completed(begun="conv")) == {"convert"}
    assert "--mechanism" in names(completed("simulate", begun="--"))
    assert {"two-pathway/CdS", "MSC-311", "yu2003"} <= names(completed("show"))
    assert completed("fit", begun="sp") == [("file", "sp")]


def test_the_last_of_several_mechanisms_is_completed():
    found = names(completed("compare", "a.csv", "--models", begun="two-pathway/CdS,drop"))
    assert found == {f"two-pathway/CdS,{one}" for one in MECHANISMS if one.startswith("drop")}


def test_steps_of_a_mechanism_are_offered():
    assert any(one.startswith("Pathway 2") for one in names(completed("next", "--step")))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_and_answers(shell):
    """As the shells call it: a variable says what is asked for, others what was written."""

    def asked(**variables):
        main = "from prenuc.present.cli import main; main()"
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | variables
        command = [sys.executable, "-c", main]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    script = asked(_PRENUC_COMPLETE=f"{shell}_source").stdout
    assert f"_PRENUC_COMPLETE={shell}_complete" in script
    written = {
        "COMP_WORDS": "prenuc show MSC-31",
        "COMP_CWORD": "MSC-31" if shell == "fish" else "2",
    }
    answer = asked(_PRENUC_COMPLETE=f"{shell}_complete", **written).stdout
    assert "MSC-311" in answer
    assert "MSC-322" not in answer
