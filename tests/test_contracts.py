"""What users and tools may build on: public names, light imports, types, the order of layers."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata, resources
from pathlib import Path

import pytest

import prenuc

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
HEAVY = {"scipy", "pandas", "matplotlib", "xarray"}
HEAVY_FOR_HELP = HEAVY | {"numpy", "pint", "ruamel", "rich", "sksundae"}

# A name that goes is a breaking change; a name that comes needs a line in the changelog.
PUBLIC = {
    "ArrheniusLaw",
    "Check",
    "Comparison",
    "Conditions",
    "Course",
    "Cvode",
    "DataSet",
    "Dilution",
    "Fit",
    "Flasks",
    "GlobalFit",
    "InputError",
    "Mechanism",
    "Moments",
    "PrenucError",
    "Protocol",
    "Quantity",
    "Rodas",
    "Run",
    "ScipyBdf",
    "ScipyRadau",
    "Scope",
    "SpectrumSeries",
    "Trace",
    "ablate",
    "amounts_within",
    "analyze",
    "analyze_emission",
    "calibrate",
    "check",
    "cite",
    "compare_mechanisms",
    "compare_schemes",
    "convert",
    "correct",
    "course",
    "disc_radius",
    "disc_scattering",
    "emission",
    "ensemble",
    "evolve",
    "figure",
    "fit",
    "growth_laws",
    "guinier_radius",
    "kinetic_panel",
    "mechanism_for",
    "next_experiment",
    "read",
    "read_mechanism",
    "recipe",
    "report",
    "rivals",
    "scope_of",
    "simulate",
    "simulate_many",
    "size",
    "two_pathway",
    "uv_vis",
    "view",
}


def test_the_public_names_are_pinned():
    assert set(prenuc.__all__) == PUBLIC
    assert prenuc.__all__ == sorted(prenuc.__all__)
    assert dir(prenuc) == prenuc.__all__


@pytest.mark.parametrize("name", sorted(PUBLIC - {"simulate"}))
def test_every_public_name_can_be_imported_and_is_documented(name):
    found = getattr(prenuc, name)
    assert found.__name__ == name
    assert found.__doc__
    assert found.__module__.startswith("prenuc.")
    assert not any(part.startswith("_") for part in found.__module__.split("."))
    assert getattr(importlib.import_module(found.__module__), name) is found


SIMULATE = """
import prenuc as pn
{first}
steps = ("charge flask with 1 mL ODE at 25 degC", "measure flask at 1 min")
for _ in range(2):
    run = pn.simulate(pn.two_pathway("CdS"), pn.Protocol.from_text(steps))
    assert isinstance(run, pn.Run)
"""


@pytest.mark.parametrize(
    "first", ["", "import prenuc.simulation", "pn.Run", "pn.kinetic_panel"], ids=lambda text: text
)
def test_simulate_is_the_function_although_a_layer_has_its_name(first):
    code = SIMULATE.format(first=first)
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'simulte'"):
        _ = prenuc.simulte


def test_the_former_name_of_two_comparisons_names_both():
    with pytest.raises(AttributeError, match=r"compare_schemes.*compare_mechanisms"):
        _ = prenuc.compare


def imported(*command: object) -> set[str]:
    """Return the top-level packages that a fresh interpreter imports, by its own record."""
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=True, env=environment
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    modules = {line.rpartition("|")[2].strip() for line in lines}
    assert "prenuc" in modules
    return {module.partition(".")[0] for module in modules}


def test_importing_the_package_is_light():
    assert not imported(sys.executable, "-c", "import prenuc") & HEAVY


def test_asking_the_command_for_help_is_light():
    assert not imported(BIN / "prenuc", "--help") & HEAVY_FOR_HELP


def test_the_record_of_imports_sees_a_heavy_one():
    assert "scipy" in imported(sys.executable, "-c", "import prenuc, scipy")


def test_the_command_is_installed_from_the_entry_point():
    (entry,) = metadata.entry_points(group="console_scripts", name="prenuc")
    assert entry.value == "prenuc.present.cli:main"
    assert callable(entry.load())


def test_types_and_data_are_shipped():
    inside = resources.files("prenuc")
    assert (inside / "py.typed").is_file()
    assert (inside / "data" / "references.yaml").is_file()


def test_the_version_is_the_one_that_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == metadata.version("prenuc")
    assert project["requires-python"] == ">=3.11"
    assert not [needed for needed in project["dependencies"] if "<" in needed or "==" in needed]


# --- the story order is the import order ---------------------------------------------------------


def lint_imports(folder: Path, source: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "lint-imports", "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contract_names_every_layer_without_exceptions():
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = linter["importlinter"]["contracts"]
    for contract in contracts:
        assert contract["type"] == "layers"
        assert contract["exhaustive"] is True
        assert not {"ignore_imports", "exhaustive_ignores"} & contract.keys()
    assert contracts[0]["layers"] == [
        "present",
        "infer",
        "sweeps",
        "observe",
        "simulation",
        "scope",
        "thermodynamics",
        "mechanism | protocol",
        "conditions",
        "facts",
        "quantities",
        "units",
        "ledger",
        "circumstances | processes | writing",
        "arrays",
        "errors",
    ]


@pytest.fixture
def copied(tmp_path):
    """Return a copy of the modules and of the contract."""
    shutil.copytree(
        ROOT / "src" / "prenuc",
        tmp_path / "src" / "prenuc",
        ignore=shutil.ignore_patterns("data", "__pycache__"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_layers_are_kept(copied):
    done = lint_imports(copied, copied / "src")
    assert done.returncode == 0, done.stdout
    assert ", 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("importer", "imported_"),
    [
        ("facts.source", "simulation.run"),
        ("mechanism.reaction", "protocol.steps"),
        ("protocol.steps", "mechanism.reaction"),
        ("present.tables.table", "present.figures.style"),
        ("present.figures.style", "present.files.figures"),
        ("present.files.page", "present.cli.output"),
    ],
)
def test_a_reverse_or_sideways_import_breaks_the_contract(copied, importer, imported_):
    path = copied / "src" / "prenuc" / f"{importer.replace('.', '/')}.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(f"{source}\n\nimport prenuc.{imported_}\n", encoding="utf-8")
    done = lint_imports(copied, copied / "src")
    assert done.returncode != 0
    assert f"prenuc.{importer} -> prenuc.{imported_}" in done.stdout


def test_a_module_outside_the_layers_breaks_the_contract(copied):
    (copied / "src" / "prenuc" / "utilities.py").write_text("", encoding="utf-8")
    done = lint_imports(copied, copied / "src")
    assert done.returncode != 0
    assert "utilities" in done.stdout


def test_every_result_of_the_command_line_is_strict_json():
    from prenuc.present.tables.plain import as_text

    odd = {"a": float("nan"), 2: (float("inf"), 1.0), "µ": None}
    assert json.loads(as_text(odd)) == {"a": None, "2": [None, 1.0], "µ": None}
