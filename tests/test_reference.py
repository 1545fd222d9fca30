"""The reference pages hold every public name, command and option, and are up to date."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path

import click
import pytest

import prenuc as pn
from prenuc.present.cli import prenuc

ROOT = Path(__file__).resolve().parents[1]
PYTHON, CLI = (
    (ROOT / f"docs/reference/{name}.md").read_text("utf-8") for name in ("python", "cli")
)


def script():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "examples/reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date():
    assert script().python_page() == PYTHON, "run: make reference"
    assert script().cli_page() == CLI, "run: make reference"


@pytest.mark.parametrize("name", pn.__all__)
def test_every_public_name_has_a_section(name):
    assert len(re.findall(rf"^### pn\.{name}$", PYTHON, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", prenuc.commands)
def test_every_command_has_a_section_with_all_its_options_and_an_example(name):
    _, _, rest = CLI.partition(f"\n## prenuc {name}\n")
    section = rest.partition("\n## ")[0]
    assert f"  prenuc {name}" in section
    for option in prenuc.commands[name].params:
        if isinstance(option, click.Option) and not option.hidden:
            assert f"- `{option.opts[0]}" in section
            assert option.help


def test_every_parameter_of_a_public_function_is_explained():
    silent = []
    for name in pn.__all__:
        thing = getattr(pn, name)
        parameters = [] if isinstance(thing, type) else list(inspect.signature(thing).parameters)
        section = PYTHON.partition(f"\n### pn.{name}\n")[2].partition("\n### ")[0]
        if len(parameters) >= 3:
            silent += [f"{name}: {one}" for one in parameters if f"\n- `{one}`: " not in section]
    assert not silent


def test_a_docstring_becomes_markdown_without_marks_of_another_language():
    arguments = "Args:\n    x: Long\n        text.\n\nRaises:\n    E: No."
    said = script().markdown(f"Do :func:`~prenuc.fit.fit` to ``x``.\n\n{arguments}")
    assert said.startswith("Do `fit` to `x`.")
    assert "- `x`: Long\n  text.\n" in said
    assert "*Raises*\n\n- `E`: No." in said
    assert ":func:" not in PYTHON
    assert "``" not in PYTHON.replace("```", "")
