"""What the page "where to change what" promises, done once: one entry or one file, nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src"
COMMAND = ("-c", "from prenuc.present.cli import main; main()")

SPECIES = """
- id: MSC-777
  name: a cluster of this test
  material: CdS
  kind: MSC
  statement: It is not published.
  source: prenuc @ this test
  bands:
    - position: {value: 377, unit: nm, source: prenuc @ this test, status: assumed}
      width: {value: 12, unit: nm, source: prenuc @ this test, status: assumed}
      weight: {value: 1, unit: "1", source: prenuc @ this test, status: assumed}
"""
RECIPE = """
- id: a-recipe-of-this-test
  name: sulphur in octadecene
  panel: none
  material: CdS
  source: prenuc @ this test
  feeds:
    flask:
      ratio:
        Cd(OA)2: {value: 4, unit: "1", source: prenuc @ this test, status: assumed}
        S: {value: 1, unit: "1", source: prenuc @ this test, status: assumed}
      concentration_of: S
      concentration: {value: 30, unit: mmol/kg, source: prenuc @ this test, status: assumed}
      solvent: ODE
  procedure:
    - {step: "charge flask with {feed of flask} at 60 degC", source: prenuc @ this test}
    - {step: "hold flask for 1 min", source: prenuc @ this test}
  unreported:
    - name: batch mass
      why: amounts are ratios
      proposal: {value: 10, unit: g, source: prenuc @ this test, status: assumed}
"""
READER = '''"""Reads the one format of this test."""

import numpy as np

from prenuc.observe.readers.data_file import DataFile, Format, Options
from prenuc.observe.series import SpectrumSeries


def read_two(file: DataFile, options: Options) -> SpectrumSeries:
    """Read two readings."""
    return SpectrumSeries(np.array([400.0, 401.0]), np.array([0.0]), np.array([[0.1, 0.2]]))


FORMAT = Format("two", sniff=lambda data: data.startswith(b"TWO"), read=read_two)
'''
SOLVER = '''"""One implicit Euler step after another."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from prenuc.simulation.solvers.dense_system import dense_system
from prenuc.simulation.solvers.solver import AbstractSolver


@dataclass(frozen=True)
class Euler(AbstractSolver):
    """Implicit Euler with 20000 steps."""

    name: ClassVar[str] = "euler"

    def integrate(self, stretch):
        """Return the concentrations at the times of a stretch."""
        system = dense_system(self, stretch)
        y, t, found = system.start, 0.0, []
        for end in stretch.times:
            h = (end - t) / 20000
            for _ in range(20000):
                t += h
                y = y + h * np.linalg.solve(
                    np.eye(len(y)) - h * system.jacobian(t, y), system.change(t, y)
                )
            found.append(y)
        return system.path(np.array(found), 20000 * len(found))
'''


@pytest.fixture
def house(tmp_path):
    """Return a copy of the source, and what runs a script or a command in it."""
    shutil.copytree(SRC, tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    root = tmp_path / "src" / "prenuc"

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONPATH": str(root.parent), "COLUMNS": "200"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return root, run


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def exchange(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_species_is_an_entry_of_a_data_file(house):
    root, run = house
    append(root / "data" / "species" / "CdS.yaml", SPECIES)
    assert "a cluster of this test" in run(*COMMAND, "show", "MSC-777")


def test_a_recipe_is_an_entry_of_a_data_file(house):
    root, run = house
    append(root / "data" / "recipes" / "figure-1.yaml", RECIPE)
    script = (
        "import prenuc as pn\n"
        "print(pn.Protocol.from_recipe(pn.recipe('a-recipe-of-this-test')).steps[-1])"
    )
    assert run("-c", script).strip() == "hold flask for 1 min"


def test_a_reader_is_a_module_and_its_entry_in_the_list(house, tmp_path):
    root, run = house
    (root / "observe" / "readers" / "two.py").write_text(READER, encoding="utf-8")
    page = root / "observe" / "readers" / "__init__.py"
    exchange(page, "import delimited\n", "import delimited, two\n")
    exchange(page, "    delimited.FORMAT,\n", "    two.FORMAT,\n    delimited.FORMAT,\n")
    (tmp_path / "some.two").write_bytes(b"TWO")
    assert run("-c", "import prenuc as pn; print(len(pn.read('some.two')))").strip() == "1"


def test_a_solver_is_a_module_and_its_entry_in_the_list(house, tmp_path):
    root, run = house
    (root / "simulation" / "solvers" / "euler.py").write_text(SOLVER, encoding="utf-8")
    page = root / "simulation" / "solvers" / "__init__.py"
    exchange(
        page,
        "libraries import",
        "euler import Euler\nfrom prenuc.simulation.solvers.libraries import",
    )
    exchange(page, "(Rodas, Cvode,", "(Rodas, Euler, Cvode,")
    (tmp_path / "decay.yaml").write_text(
        "units: {time: min, concentration: mmol/L, energy: kJ/mol}\n"
        "species: {A: {initial: 1.0}, B: {}}\n"
        'reactions: [{equation: "A -> B", k: 0.5}]\n'
    )
    shown = run(*COMMAND, "simulate", "decay.yaml", "--times", "0 2", "--solver", "euler")
    assert "0.36788" in shown  # 1/e
