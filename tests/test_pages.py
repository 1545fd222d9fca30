"""What the documentation shows runs as it stands there, and prints what is shown."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import click
import pytest

import walk
from walk import ROOT, Reader, blocks, commands, difference, parse
from walk_bench import LONG, MAY_SAY_NO, NEEDS, REAL_FILES, bring

ALL = {str(page.relative_to(ROOT)): page for page in walk.pages()}
RUNNING = {
    name: page
    for name, page in ALL.items()
    if [*commands(page)] or any(one.kind == "python" for one in blocks(page))
}


@pytest.fixture
def reader(tmp_path, monkeypatch, capsys):
    """Somebody in an empty folder with what a text names, who passes over some commands."""

    def make(page, text, passed_over):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
        bring(str(page.relative_to(ROOT)), text, tmp_path)
        return Reader(page, lambda: tuple(capsys.readouterr()), MAY_SAY_NO, passed_over)

    return make


@pytest.fixture
def read(reader):
    """Do what a page says, but for commands of some kinds."""

    def call(name, passed_over):
        page = RUNNING[name]
        return reader(page, page.read_text(encoding="utf-8"), passed_over).read()

    return call


@pytest.fixture
def follow(reader):
    """Do what stands in the help of a command, but for some of it."""

    def call(name, passed_over):
        shown = walk.examples()[name]
        one = reader(
            ROOT / "--help", "\n".join(" ".join(each.words) for each in shown), passed_over
        )
        return [said for each in shown if (said := one.do(each))]

    return call


def missing(text):
    """Return whether a command needs what is not there: a cluster, or real files beside us."""
    real = any(name in text and not Path(name).exists() for name in REAL_FILES)
    return real or any(need in text for need in NEEDS)


def long(name, text):
    return text.startswith(LONG.get(name, ()) or ("nothing",))


@pytest.mark.parametrize("name", RUNNING)
def test_what_a_page_says_runs_and_prints_what_is_shown(name, read):
    wrong = read(name, lambda one: missing(one) or long(name, one))
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.study
@pytest.mark.parametrize("name", [name for name in LONG if name != "--help"])
def test_what_takes_long_runs_too(name, read):
    wrong = read(name, missing)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("name", walk.examples())
def test_every_command_has_examples_that_run(name, follow):
    assert walk.examples()[name]
    wrong = follow(name, lambda one: missing(one) or long("--help", one))
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.study
@pytest.mark.parametrize("name", walk.examples())
def test_examples_that_take_long_run_too(name, follow):
    wrong = follow(name, lambda one: missing(one) or not long("--help", one))
    assert not wrong, "\n\n".join(wrong)


def test_every_command_parses_and_every_other_program_is_known():
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wrong = []
    for name, page in [*ALL.items(), ("CONTRIBUTING.md", ROOT / "CONTRIBUTING.md")]:
        for one in commands(page):
            said = unknown(one, make, project["optional-dependencies"])
            wrong += [f"{name}:{one.line}: {one}: {said}"] if said else []
    assert not wrong, "\n".join(wrong)


def unknown(command, make, extras):
    """Return what is wrong with a command that is not run; "" where nothing is."""
    program, *words = command.words
    if Path(program).name == "prenuc":
        try:
            parse(words)
        except click.ClickException as error:
            return error.format_message()
    elif program == "make":
        return "" if re.search(rf"^{words[0]}:", make, re.MULTILINE) else "no such target"
    elif program == "pip":
        asked = re.findall(r"prenuc\[([\w,]+)\]", " ".join(words))
        return "" if {*",".join(asked).split(",")} <= {*extras, ""} else "no such extra"
    elif program not in {"git", "cd", "source", "cp", "python", "python3"} and not (
        program.startswith(".venv/bin/")
        and Path(program).name in {"ruff", "mypy", "lint-imports", "python"}
    ):
        return "nobody tries this program"
    return ""


WRITTEN_TWICE = ["from", "prenucleation", "chemistry"]  # so begins what the package is
TOGETHER = 12  # words


def sentences(text):
    """Return the words of each paragraph, list item and cell, without blocks of code."""
    prose = re.sub(r"^(`{3,}).*?^\1\s*$", "\n\n", text, flags=re.DOTALL | re.MULTILINE)
    for part in re.split(r"\n\s*\n|\n\||\n- |\|", prose):
        yield re.findall(r"[\w°⇌'./%-]+", part.lower())


def test_no_page_repeats_another():
    """A fact has one owner; decisions say what was thought then, tables are made by scripts."""
    where = {}
    for name, page in ALL.items():
        text = page.read_text(encoding="utf-8")
        if "decisions" in name or text.startswith(("% Written by", "# Files that are read")):
            continue
        for words in sentences(text):
            if words[:3] == WRITTEN_TWICE:
                continue
            for i in range(len(words) - TOGETHER + 1):
                where.setdefault(" ".join(words[i : i + TOGETHER]), set()).add(name)
    assert not [(said, *sorted(names)) for said, names in where.items() if len(names) > 1][:5]


_HEAD = re.compile(r"^(\|.*)\n\|[ :|-]+$", re.MULTILINE)


def test_every_column_of_a_table_has_a_heading():
    """A reader who hears a table is told of which column a cell is."""
    heads = {
        (name, head)
        for name, page in ALL.items()
        for head in _HEAD.findall(page.read_text(encoding="utf-8"))
    }
    assert len(heads) > 50
    bare = [(n, h) for n, h in heads if not all(map(str.strip, h.strip().strip("|").split("|")))]
    assert bare == []


@pytest.mark.parametrize("words", ["lst species", "list nonsense", "fit a.csv", "show A --colour"])
def test_a_command_line_that_does_not_exist_is_noticed(words):
    with pytest.raises(click.ClickException):
        parse(words.split())


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a 1.00 b", "a  1.02 b", True),
        ("a 1.00 b", "a 1.03 b", False),
        ("a 10 b", "a 11 b", False),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\nd", "a\nb\nc\nd", False),
        ("a\n…", "a\nb", True),
        ("a", "a\nb", False),
        ("neither holds …", "neither holds water", True),
        ("neither holds …", "either holds water", False),
        ("1.5e-3", "1.6e-3", True),
        ("−0.5", "0.5", False),
    ],
)
def test_what_is_shown_is_compared_with_what_is_printed(shown, printed, same):
    assert (difference(shown, printed) == "") is same


def page_of(tmp_path, text):
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_commands_of_a_page_know_their_lines_and_what_is_shown(tmp_path):
    page = page_of(
        tmp_path,
        "x\n```console\n$ prenuc size CdSe 550 > a.json\n$ prenuc list \\\n  species\nMSC\n```\n\n"
        "```text\nno\n```\n\nwords\n\n```bash\nprenuc doctor\n```\n\n```text\nfine\n```\n",
    )
    found = list(commands(page))
    assert [str(one) for one in found] == [
        "prenuc size CdSe 550",
        "prenuc list species",
        "prenuc doctor",
    ]
    assert [one.shown for one in found] == [None, "MSC\n", "fine\n"]
    assert [one.line for one in found] == [3, 4, 16]
    assert found[0].to == "a.json"


def test_a_reader_notices_what_does_not_run_and_what_is_not_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    page = page_of(
        tmp_path,
        "```console\n$ prenuc show nothing\n$ prenuc size CdSe 550\nnonsense\n```\n"
        "```yaml\n# mine.yaml\nspecies: {A: {initial: 1.0}, B: {}}\nreactions:\n"
        '  - {equation: "A -> B", k: 1.0}\n```\n'
        "```console\n$ prenuc simulate mine.yaml --times '0 1'\n```\n",
    )
    wrong = Reader(page, lambda: tuple(capsys.readouterr())).read()
    assert [one.splitlines()[0] for one in wrong] == [
        "page.md:2: prenuc show nothing",
        "page.md:3: prenuc size CdSe 550",
    ]
    assert Path("mine.yaml").exists()


def test_what_is_said_to_be_long_or_to_need_something_stands_on_a_page():
    shown = {
        name: [*map(str, commands(page)), *(one.text for one in blocks(page))]
        for name, page in RUNNING.items()
    } | {"--help": [str(one) for each in walk.examples().values() for one in each]}
    for name, starts in LONG.items():
        for start in starts:
            assert any(one.startswith(start) for one in shown[name]), (name, start)
    for need in NEEDS:
        assert any(need in one for every in shown.values() for one in every), need
