"""User journeys through the command line, and what it says to wrong input."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import pytest

from known_values.robertson import ROBERTSON
from prenuc.errors import FactsError
from prenuc.facts.catalogue import read_files
from prenuc.facts.reagent import Moiety
from prenuc.present.cli import main
from prenuc.present.cli import prenuc as prenuc_group

CONSOLE_SCRIPT = Path(sys.executable).with_name("prenuc")
CDS = "cds-msc-311-in-toluene"
CDTE = "cdte-dmsc-371-in-toluene-ota"
KINDS = (
    "species",
    "recipes",
    "materials",
    "reagents",
    "mechanisms",
    "observations",
    "references",
    "sources",
)


CHARGE = "charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC"
TAKE = "take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC"
LOOK = "measure cuvette every 50 min until 200 min"
BATCH = (CHARGE, "heat flask to 180 degC over 10 min", "hold flask for 20 min", TAKE, LOOK)


def protocol_text(*steps: str, head: str = "name: my-batch\nmechanism: two-pathway/CdS\n") -> str:
    return head + "protocol:\n" + "".join(f"  - {step}\n" for step in steps)


def network_text(species: str, *reactions: str) -> str:
    lines = [f"species: {species}", "reactions:", *(f"  - {reaction}" for reaction in reactions)]
    return "\n".join(["units: {time: s, concentration: mol/L}", *lines]) + "\n"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def json(self):
        assert self.code == 0, self.err
        return strict_json(self.out)

    def complaints(self, count: int | None = None) -> list[str]:
        """Return the lines of a refusal, which has exit status 2 and says nothing else."""
        assert self.code == 2, (self.out, self.err)
        assert self.out == ""
        lines = self.err.strip().splitlines()
        assert lines
        assert all(line.startswith("prenuc: ") and line.endswith(".") for line in lines), lines
        assert "Traceback" not in self.err
        assert count is None or len(lines) == count, lines
        return lines


def strict_json(text: str):
    def refuse(word: str):
        pytest.fail(f"{word} is not strict JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(autouse=True)
def inside_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def run(monkeypatch, capsys):
    """Return the command line as a function: the very entry point, without a new process."""

    def call(*words: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["prenuc", *map(str, words)])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            code = 0
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return call


def started(*words: object) -> Answer:
    """Run the installed command as a user does, in a process of its own."""
    done = subprocess.run(
        [CONSOLE_SCRIPT, *map(str, words)], capture_output=True, text=True, check=False
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def growth(minutes, noise=1e-3, seed=5):
    k, plateau = 0.015, 0.4
    clean = plateau * (1 - np.exp(-k * minutes))
    return clean + np.random.default_rng(seed).normal(0.0, noise, minutes.shape)


def write_trace(path: Path, unit: str, per_minute: float) -> Path:
    minutes = np.arange(4.0, 200.0, 4.0)
    rows = zip(minutes * per_minute, growth(minutes), strict=True)
    text = "".join(f"{time:.10g},{value:.8g}\n" for time, value in rows)
    path.write_text(f"time ({unit}),A at 311 nm\n{text}", encoding="utf-8")
    return path


# --- looking things up ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("calibrate", "CdS", "--starts", 0),
        ("calibrate", "CdS", "--workers", 0),
        ("robustness", "--draws", -1),
        ("ablate", "two-pathway/CdS", "--workers", -2),
        ("next", "CdS", "--most", 0),
        ("next", "CdS", "--draws", 0),
        ("sweep", "map.yaml", "--out", "map", "--jobs", 0),
    ],
)
def test_a_count_that_is_none_is_refused_at_once(run, words):
    refused = run(*words)
    assert refused.code == 2
    assert f"Invalid value for '{words[-2]}'" in refused.err


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_listed_as_a_table_and_as_json(run, kind):
    entries = run("list", kind, "--json").json()
    assert entries
    assert all(entry["id"] and entry["name"] for entry in entries)
    assert len({entry["id"] for entry in entries}) == len(entries)
    table = run("list", kind)
    assert table.code == 0
    assert all(entry["id"] in table.out for entry in entries)


def test_the_25_references_of_the_seed_are_listed_with_full_bibliographic_data(run):
    references = run("list", "references", "--json").json()
    assert len(references) == 25
    for reference in references:
        assert {"id", "name", "authors", "journal", "year"} <= reference.keys()
        assert all(reference[key] for key in ("id", "name", "authors", "journal"))
        assert 1900 < int(reference["year"]) < 2030
        assert all(isinstance(author, str) for author in reference["authors"])
    assert "jiang2010" in {reference["id"] for reference in references}


def test_species_of_one_material(run):
    found = run("list", "species", "--material", "CdS", "--json").json()
    assert {entry["material"] for entry in found} == {"CdS"}
    assert {"PC-311", "MSC-311"} <= {entry["id"] for entry in found}
    everything = run("list", "species", "--json").json()
    assert found == [entry for entry in everything if entry["material"] == "CdS"]


@pytest.mark.parametrize("identifier", ["MSC-311", "toluene", "jiang2010", "CdS", CDS])
def test_an_entry_is_shown(run, identifier):
    shown = run("show", identifier)
    assert shown.code == 0
    assert f"id: {identifier}" in shown.out
    entry = run("show", identifier, "--json").json()
    assert entry["id"] == identifier


def test_a_shown_number_has_unit_source_and_status(run):
    shown = run("show", "toluene").out
    assert "density: 0.867 ± 0.001 g/mL  [measured; handbook @" in shown
    density = run("show", "toluene", "--json").json()["density"]
    assert density["value"] == 0.867
    assert density["unit"] == "g/mL"
    assert density["status"] == "measured"
    assert density["source"].startswith("handbook @ ")


def test_a_misspelt_identifier_gets_the_nearest_name(run):
    (line,) = run("show", "MCS-311").complaints()
    assert "no entry 'MCS-311'" in line
    assert "'MSC-311'" in line


def test_what_was_used_is_cited_as_text_bibtex_and_json(run):
    text = run("cite", "MSC-311")
    assert text.code == 0
    assert text.out.startswith("[seed] ")
    assert "Note S1" in text.out
    bibtex = run("cite", "MSC-311", "--format", "bibtex").out
    assert bibtex.startswith("@")
    assert bibtex.count("{") == bibtex.count("}")
    assert "seed," in bibtex
    data = run("cite", "MSC-311", "--json").json()
    assert "seed" in {entry["id"] for entry in data}
    for entry in data:
        assert entry["text"]
        assert entry["bibtex"].startswith("@")
        assert entry["bibtex"] in bibtex


def test_a_cited_locator_stands_once(run):
    (line,) = [line for line in run("cite", CDS).out.splitlines() if line.startswith("[seed]")]
    locators = line.split("Used: ")[1].split("; ")
    assert len(set(locators)) == len(locators)


@pytest.mark.parametrize("style", ["text", "bibtex"])
def test_a_reference_can_be_cited_itself(run, style):
    cited = run("cite", "jiang2010", "--format", style)
    assert cited.code == 0
    assert "Jiang" in cited.out
    assert "2010" in cited.out


def test_unknown_things_cannot_be_cited(run):
    (line,) = run("cite", "MSC-311", "jiang2011").complaints()
    assert "'jiang2010'" in line


# --- simulating ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """Return the answer to ``simulate --json`` for the CdS recipe, and its standard error."""
    folder = tmp_path_factory.mktemp("simulated")
    answer = started("simulate", CDS, "--json", "--out", folder / "new" / "results")
    return answer.json(), answer, folder / "new" / "results"


def test_a_recipe_is_simulated_and_answers_in_the_promised_shape(simulated):
    answer, _, _ = simulated
    assert {
        "recipe",
        "mechanism",
        "measurements",
        "assumptions",
        "conservation",
        "stats",
    } <= answer.keys()
    assert answer["recipe"] == CDS
    assert answer["mechanism"] == "two-pathway/CdS"
    assert len(answer["measurements"]) == 49
    for number, measurement in enumerate(answer["measurements"], 1):
        assert measurement["time_min"] == pytest.approx(4.0 * number)
        assert measurement["label"]
        assert len(measurement["absorbance"]) == len(measurement["wavelength_nm"]) > 50
        assert {"PC-311", "MSC-311"} <= measurement["amounts"].keys()
    assert measurement["wavelength_nm"] == sorted(measurement["wavelength_nm"])


def test_the_simulated_cluster_band_grows_while_the_precursor_turns_into_it(simulated):
    first, last = (simulated[0]["measurements"][i] for i in (0, -1))
    at = first["wavelength_nm"].index(311.0)
    assert last["absorbance"][at] - first["absorbance"][at] > 0.3
    assert last["amounts"]["MSC-311"] > 5 * first["amounts"]["MSC-311"]
    kin = "as-PC-311", "PC-311", "MSC-311"
    pair = [sum(m["amounts"][name] for name in kin) for m in (first, last)]
    assert pair[1] <= pair[0] * (1 + 1e-9)


def test_assumptions_are_listed_with_value_and_status(simulated):
    assumed = {entry["name"]: entry for entry in simulated[0]["assumptions"]}
    assert assumed["batch mass"]["value"] == 10
    assert assumed["batch mass"]["unit"] == "g"
    assert {entry["status"] for entry in assumed.values()} == {"assumed"}
    assert all(entry["why"] for entry in assumed.values())


def test_conservation_is_reported_for_every_vessel_and_for_the_ledger(simulated):
    conservation = simulated[0]["conservation"]
    assert {"flask", "cuvette", "ledger"} <= conservation.keys()
    assert 0 <= conservation["ledger"]["final"] < 1e-12
    for vessel in ("flask", "cuvette"):
        assert {"Cd", "S"} <= conservation[vessel].keys()
        assert all(0 <= error < 1e-10 for error in conservation[vessel].values())


def test_results_are_written_whole_and_agree_with_the_answer(simulated):
    answer, _, folder = simulated
    names = {path.name for path in folder.iterdir()}
    assert {
        "simulation.json",
        "spectra.csv",
        "spectra.svg",
        "samples.csv",
    } == names  # no temporary file is left
    written = strict_json((folder / "simulation.json").read_text(encoding="utf-8"))
    assert written == answer
    with (folder / "spectra.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[1:] == [measurement["label"] for measurement in answer["measurements"]]
    assert [float(row[0]) for row in rows] == answer["measurements"][0]["wavelength_nm"]
    last = [float(row[-1]) for row in rows]
    assert last == pytest.approx(answer["measurements"][-1]["absorbance"], rel=1e-5, abs=1e-9)
    assert (folder / "spectra.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")


def test_the_written_spectra_are_read_back_by_fit(simulated, run):
    options = ("--at", "311 nm", "--time-unit", "min", "--json")
    fitted = run("fit", simulated[2] / "spectra.csv", "PC -> MSC", *options)
    k = fitted.json()["parameters"]["k"]
    assert k["unit"] == "1/min"
    assert k["value"] == pytest.approx(0.015, rel=0.03)


def test_a_readable_simulation_names_what_it_did(run):
    shown = run("simulate", CDS)
    assert shown.code == 0
    assert "two-pathway/CdS" in shown.out
    assert "MSC-311" in shown.out
    assert "batch mass: 10 g (assumed)" in shown.out
    assert "conservation" in shown.out


def final_amount(answer, name="MSC-311"):
    return answer["measurements"][-1]["amounts"][name]


def test_an_assumption_of_the_user_is_used_and_listed(run, simulated):
    answer = run("simulate", CDS, "--assume", "room temperature=35 degC", "--json").json()
    (assumed,) = [a for a in answer["assumptions"] if a["name"] == "room temperature"]
    assert (assumed["value"], assumed["unit"]) == (35, "degC")
    assert assumed["source"].startswith("user")
    early = [run_["measurements"][4]["amounts"]["MSC-311"] for run_ in (answer, simulated[0])]
    assert early[0] > 1.2 * early[1]
    assert answer["measurements"][0]["temperature_K"] == pytest.approx(308.15)


def test_two_solvers_agree(run):
    first = "--mechanism", "two-pathway/CdS@0.1"
    answer = run("simulate", CDS, *first, "--solver", "scipy-bdf", "--coarse", "--json").json()
    ours = run("simulate", CDS, *first, "--coarse", "--json").json()
    fine = run("simulate", CDS, *first, "--json").json()
    assert answer["stats"]["solver"] == "scipy-bdf"
    assert final_amount(answer) == pytest.approx(final_amount(ours), rel=1e-5)
    assert final_amount(ours) == pytest.approx(final_amount(fine), rel=1e-3)


def test_a_library_is_not_given_more_size_classes_than_it_can_hold(run):
    answer = run("simulate", CDS, "--solver", "scipy-bdf")
    assert answer.code == 2
    assert "size classes" in answer.err
    assert "--coarse" in answer.err


def test_coarse_says_what_it_costs(run):
    asked = "simulate", "cds-4c-oleate", "--coarse", "--mechanism", "two-pathway/CdS@0.1"
    answer = run(*asked, "--json").json()
    error = answer["stats"]["coarse error"]
    assert set(error) == {"number", "size", "width", "absorbance"}
    assert all(0 < one < 1 for one in error.values())
    assert "off from size classes" in run(*asked).out
    asked = ["cdtese-5c"], ["cds-4c-oleate"], ["cds-4c-oleate", "--mechanism", "classical/CdS"]
    for what in asked:
        refused = run("simulate", *what, "--coarse")
        assert refused.code == 2
        assert "class by class" in refused.err


def test_tolerances_reach_the_solver(run, simulated):
    answer = run("simulate", CDS, "--rtol", "1e-4", "--atol", "1e-9", "--json").json()
    assert (answer["stats"]["rtol"], answer["stats"]["atol"]) == (1e-4, 1e-9)
    assert answer["stats"]["evaluations"] < simulated[0]["stats"]["evaluations"]


def test_a_bare_network_answers_in_the_promised_shape(run):
    Path("robertson.yaml").write_text(ROBERTSON.text, encoding="utf-8")
    answer = run("simulate", "robertson.yaml", "--times", "0 0.4 4 40", "--json").json()
    assert {"time", "unit", "species", "stats"} <= answer.keys()
    assert answer["time"] == [0.0, 0.4, 4.0, 40.0]
    assert answer["unit"] == "s"
    assert list(answer["species"]) == ["A", "B", "C"]
    # Printed in the documentation of many integrators (Robertson 1966, as in CVODE's example).
    assert answer["species"]["A"] == pytest.approx([1.0, 0.98517, 0.90552, 0.71583], abs=1e-5)
    for amounts in zip(*answer["species"].values(), strict=True):
        assert math.fsum(amounts) == pytest.approx(1.0, rel=1e-10)


def test_a_bare_network_is_shown_as_a_table(run):
    Path("robertson.yaml").write_text(ROBERTSON.text, encoding="utf-8")
    shown = run("simulate", "robertson.yaml", "--times", "0, 0.4, 40", "--rtol", "1e-9")
    assert shown.code == 0
    assert "0.71582" in shown.out or "0.71583" in shown.out


def test_a_bare_network_without_times_asks_for_them(run):
    Path("robertson.yaml").write_text(ROBERTSON.text, encoding="utf-8")
    (line,) = run("simulate", "robertson.yaml").complaints()
    assert "--times" in line


def test_a_bare_network_refuses_what_it_would_not_heed(run):
    Path("robertson.yaml").write_text(ROBERTSON.text, encoding="utf-8")
    asked = ("simulate", "robertson.yaml", "--times", "0 4")
    (line,) = run(*asked, "--report", "rob.html", "--noise", "1").complaints()
    assert "a bare network hears nothing of" in line
    assert "--report" in line
    assert "--noise" in line
    assert not Path("rob.html").exists()


def test_a_protocol_file_is_simulated_with_the_mechanism_that_it_names(run):
    Path("batch.yaml").write_text(protocol_text(*BATCH), encoding="utf-8")
    answer = run("simulate", "batch.yaml", "--json").json()
    assert answer["recipe"] == "my-batch"
    assert [m["time_min"] for m in answer["measurements"]] == pytest.approx([50, 100, 150, 200])


def test_a_mechanism_on_the_command_line_wins_over_the_one_in_the_file(run):
    Path("batch.yaml").write_text(protocol_text(*BATCH), encoding="utf-8")
    slow = "based_on: two-pathway/CdS\nchange: {isomerisation.k: 0.001 1/min}\n"
    Path("slow.yaml").write_text(slow, encoding="utf-8")
    ours = run("simulate", "batch.yaml", "--json").json()
    slowed = run("simulate", "batch.yaml", "--mechanism", "slow.yaml", "--json").json()
    assert final_amount(slowed) < 0.5 * final_amount(ours)


def test_a_protocol_file_needs_a_mechanism_from_somewhere(run):
    Path("batch.yaml").write_text(protocol_text(*BATCH, head=""), encoding="utf-8")
    (line,) = run("simulate", "batch.yaml").complaints()
    assert "--mechanism" in line


def test_noise_has_a_seed(run):
    Path("batch.yaml").write_text(protocol_text(*BATCH), encoding="utf-8")

    def absorbance(*options: str):
        answer = run("simulate", "batch.yaml", "--noise", "0.01", *options, "--json").json()
        return np.array([m["absorbance"] for m in answer["measurements"]])

    first = absorbance("--seed", "3")
    assert np.array_equal(first, absorbance("--seed", "3"))
    assert np.std(first - absorbance("--seed", "4")) == pytest.approx(0.01 * 2**0.5, rel=0.2)


def test_a_simulation_is_reported_in_one_file(run):
    Path("batch.yaml").write_text(protocol_text(*BATCH), encoding="utf-8")
    assert run("simulate", "batch.yaml", "--report", "new/report.html").code == 0
    page = Path("new/report.html").read_text(encoding="utf-8")
    assert "two-pathway/CdS" in page
    assert [path.name for path in Path("new").iterdir()] == ["report.html"]


# --- fitting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "per_minute"), [("min", 1.0), ("s", 60.0), ("h", 1 / 60)])
def test_a_rate_comes_in_the_inverse_of_the_files_own_time_unit(run, unit, per_minute):
    path = write_trace(Path("trace.csv"), unit, per_minute)
    answer = run("fit", path, "A -> B", "--json").json()
    k, lag = answer["parameters"]["k"], answer["parameters"]["lag"]
    assert k["unit"] == f"1/{unit}"
    assert lag["unit"] == unit
    assert k["value"] == pytest.approx(0.015 / per_minute, rel=0.03)
    low, high = k["ci95"]
    assert low < k["value"] < high
    assert high - low < 0.1 * k["value"]


def test_a_fit_answers_in_the_promised_shape(run):
    path = write_trace(Path("trace.csv"), "min", 1.0)
    answer = run("fit", path, "A -> B", "--json").json()
    assert {
        "scheme",
        "parameters",
        "derived",
        "noise",
        "equivalent_schemes",
        "warnings",
    } <= answer.keys()
    assert answer["scheme"] == "A -> B"
    for parameter in answer["parameters"].values():
        assert {"value", "unit", "stderr", "ci95", "identifiable"} <= parameter.keys()
        assert len(parameter["ci95"]) == 2
    assert answer["parameters"]["k"]["identifiable"] is True
    assert answer["parameters"]["k"]["stderr"] > 0
    assert isinstance(answer["equivalent_schemes"], list)
    assert isinstance(answer["warnings"], list)
    assert isinstance(answer["noise"], dict)


def test_a_fit_derives_the_plateau(run):
    path = write_trace(Path("trace.csv"), "min", 1.0)
    derived = run("fit", path, "A -> B", "--json").json()["derived"]
    assert derived["A_inf"] == pytest.approx(0.4, rel=0.01)


def test_a_trace_through_the_origin_has_no_lag_and_a_narrower_interval(run):
    path = write_trace(Path("trace.csv"), "min", 1.0)
    free = run("fit", path, "A -> B", "--json").json()["parameters"]
    tied = run("fit", path, "first-order", "--through-origin", "--json").json()["parameters"]
    assert "lag" not in tied
    assert tied["k"]["value"] == pytest.approx(0.015, rel=0.02)
    width = [p["k"]["ci95"][1] - p["k"]["ci95"][0] for p in (tied, free)]
    assert width[0] < width[1]


def test_a_fit_is_shown_drawn_and_reported(run):
    path = write_trace(Path("trace.csv"), "min", 1.0)
    shown = run("fit", path, "PC -> MSC", "--figure", "out/fit.svg", "--report", "out/fit.html")
    assert shown.code == 0
    assert "1/min" in shown.out
    assert "95 % interval" in shown.out
    assert {path.name for path in Path("out").iterdir()} == {"fit.svg", "fit.html"}
    assert "PC → MSC" in Path("out/fit.html").read_text(encoding="utf-8")


def test_a_chain_asked_of_a_trace_without_a_lag_is_answered(run):
    path = write_trace(Path("trace.csv"), "min", 1.0)
    answer = run("fit", path, "A -8-> B -> C", "--json").json()
    assert answer["parameters"]["k"]["value"] == pytest.approx(0.015, rel=0.1)


# --- the tool itself -----------------------------------------------------------------------------


def test_the_doctor_reports_versions_and_a_self_check(run):
    answer = run("doctor", "--json").json()
    assert answer["ok"] is True
    assert answer["checks"]
    assert all(check["ok"] for check in answer["checks"].values())
    assert answer["needed"]["numpy"] == np.__version__
    shown = run("doctor")
    assert shown.code == 0
    assert answer["prenuc"] in shown.out
    assert "FAIL" not in shown.out


@pytest.mark.parametrize("name", ["", *sorted(prenuc_group.commands)])
def test_the_help_of_every_command_shows_an_example(run, name):
    shown = run(*name.split(), "--help")
    assert shown.code == 0
    _, found, examples = shown.out.partition("Example")
    assert found
    assert f"  prenuc {name}" in examples


@pytest.mark.parametrize("name", sorted(prenuc_group.commands))
def test_every_option_is_explained(name):
    unexplained = [
        parameter.name
        for parameter in prenuc_group.commands[name].params
        if isinstance(parameter, click.Option)
        and not parameter.help
        and not isinstance(parameter.type, click.Choice)  # its choices say everything
        and parameter.name != "solver_name"
    ]
    assert not unexplained


def test_the_promised_commands_exist():
    assert {"list", "show", "cite", "simulate", "fit", "doctor"} <= set(prenuc_group.commands)


def test_the_installed_command_refuses_with_status_2_and_no_traceback():
    refused = started("simulate", f"{CDS}x")
    (line,) = refused.complaints()
    assert f"'{CDS}'" in line


def test_the_installed_command_keeps_warnings_off_standard_output():
    warm = (CHARGE.replace(" and", ", 0.1 mmol MeOH and"), "heat flask to 240 degC over 9 min")
    text = protocol_text(*warm, TAKE, LOOK)
    Path("warm.yaml").write_text(text, encoding="utf-8")
    answer = started("simulate", "warm.yaml", "--json")
    assert "prenuc: warning: " in answer.err
    assert strict_json(answer.out)["warnings"]


def test_the_installed_command_says_so_when_the_integrator_gives_up():
    text = network_text("{A: {initial: 1.0}}", '{equation: "2 A -> 3 A", k: 1.0e30}')
    Path("bang.yaml").write_text(text, encoding="utf-8")
    answer = started("simulate", "bang.yaml", "--times", "0 10", "--json")
    assert answer.code == 1
    assert answer.out == ""
    assert "Traceback" not in answer.err
    line = answer.err.strip().splitlines()[-1]  # the library may have spoken before
    assert line.startswith("prenuc: the integrator gave up ")
    assert "'A'" in line


@pytest.mark.parametrize("solver", ["scipy-bdf", "scipy-radau"])
def test_a_second_opinion_that_gives_up_says_so_too(run, solver):
    text = network_text("{A: {initial: 1.0}}", '{equation: "2 A -> 3 A", k: 1.0}')
    Path("bang.yaml").write_text(text, encoding="utf-8")
    answer = run("simulate", "bang.yaml", "--times", "0 10", "--solver", solver, "--json")
    assert answer.code == 1
    assert answer.out == ""
    assert answer.err.startswith("prenuc: the integrator gave up ")


def test_the_installed_command_runs_from_a_folder_with_spaces_and_umlauts(tmp_path):
    folder = tmp_path / "Übung 1"
    folder.mkdir()
    path = write_trace(folder / "Spur 1.csv", "min", 1.0)
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [CONSOLE_SCRIPT, "fit", path, "A -> B", "--figure", folder / "Bild.svg", "--json"],
        capture_output=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert strict_json(done.stdout.decode("utf-8"))["scheme"] == "A -> B"
    assert (folder / "Bild.svg").is_file()


# --- bad input -----------------------------------------------------------------------------------

AB = "{A: {initial: 1.0}, B: {}}"
CD = "{A: {initial: 1.0, composition: {Cd: 1}}, B: {composition: {Cd: 2}}}"
GO = '{equation: "A -> B", k: 1.0}'

# Each row: what is wrong, the file's text, then for every problem its line (None when the message
# names no line) and words of the message.
BAD_NETWORKS = [
    (
        "wrong unit",
        (
            "units: {time: mol,\n  concentration: parsec}\nspecies: {A: {}, B: {}}\n"
            f"reactions:\n  - {GO}\n"
        ),
        [(1, "'1 mol' has the wrong unit"), (2, "'1 parsec' has the wrong unit")],
    ),
    (
        "unknown unit",
        f"units: {{time: fortnigt}}\nspecies: {AB}\nreactions:\n  - {GO}\n",
        [(1, "'fortnigt' is not a unit")],
    ),
    (
        "unknown species",
        network_text("{Cadmium: {initial: 1.0}}", '{equation: "Cadmum -> Cadmium", k: 1.0}'),
        [(4, "no species 'Cadmum'. Nearest: 'Cadmium'")],
    ),
    (
        "species given twice",
        (
            "species:\n  A: {initial: 1.0}\n  B: {}\n  A: {}\nreactions:\n"
            '  - {equation: "A -> B", k: 1.0}\n'
        ),
        [(4, "duplicate key")],
    ),
    (
        "not a number",
        network_text("{A: {initial: .nan}, B: {}}", '{equation: "A -> B", k: .inf}'),
        [(2, "'initial' is not finite"), (4, "'k' is not finite")],
    ),
    (
        "below zero",
        network_text("{A: {initial: -1.0}, B: {}}", '{equation: "A -> B", k: -2.0}'),
        [(2, "'A' starts below zero"), (4, "a rate constant is below zero")],
    ),
    (
        "unbalanced reactions",
        network_text(CD, GO, '{equation: "2 A -> B", k: 1.0}', '{equation: "B -> A", k: 1.0}'),
        [(4, "makes +1 Cd"), (6, "makes -1 Cd")],
    ),
    (
        "an unbalanced reaction among other problems",
        network_text(CD, GO, '{equation: "A -> Z", k: 1.0}'),
        [(4, "makes +1 Cd"), (5, "no species 'Z'")],
    ),
    (
        "unknown keys",
        network_text("{A: {inital: 1.0}, B: {}}", '{equation: "A -> B", k: 1.0, kk: 2}')
        + "solver: fast\n",
        [(2, "no 'inital'. Nearest: 'initial'"), (4, "no 'kk'. Nearest: 'k'"), (5, "no 'solver'")],
    ),
    (
        "several problems of several kinds",
        network_text(
            AB,
            '{equation: "A -> Z", k: 1.0}',
            '{equation: "A -> B"}',
            '{equation: "A = B", k: 1.0}',
            '{equation: "A -> B", k: fast}',
        ),
        [(4, "no species 'Z'"), (5, "'k' is missing"), (6, "has no arrow"), (7, "'fast'")],
    ),
    (
        "a temperature below absolute zero",
        network_text(AB, '{equation: "A -> B", k: {at: -300 degC, value: 1.0, Ea: 50}}'),
        [(4, "absolute zero")],
    ),
    (
        "an energy that is no number",
        network_text(AB, '{equation: "A -> B", k: {at: 25 degC, value: 1.0, Ea: high}}'),
        [(4, "'Ea' must be a number, found 'high'")],
    ),
    ("broken YAML", "species: {A: {initial: 1.0\nreactions: []\n", [(2, "expected ',' or '}'")]),
    ("nested without end", "[" * 1000, [(None, "bad.yaml")]),
    (
        "a number without end",
        network_text("{A: {initial: 1" + "0" * 400 + "}, B: {}}", GO),
        [(2, "'initial' is not finite")],
    ),
]

BAD_PROTOCOLS = [
    (
        "wrong unit",
        protocol_text(CHARGE, "heat flask to 180 min over 10 min"),
        [(5, "'180 min' has the wrong unit. Expected a unit such as degC")],
    ),
    (
        "no unit",
        protocol_text(CHARGE, "hold flask for 20"),
        [(5, "'20' has no unit. Expected a unit such as min")],
    ),
    (
        "unknown reagents",
        protocol_text("charge flask with 1.2 mmol Cd(OA)3, 3 mmol Sx and 9.2 g ODE at 60 degC"),
        [(4, "no reagent 'Cd(OA)3'. Nearest: 'Cd(OA)2'"), (4, "no reagent 'Sx'. Nearest: 'S'")],
    ),
    (
        "cyclic vessels",
        protocol_text(
            CHARGE,
            "take 1 mL of flask into vial at 25 degC",
            "take 0.5 mL of vial into flask at 25 degC",
        ),
        [(6, "flask would feed itself through vial")],
    ),
    (
        "a vessel used before it is filled",
        protocol_text(CHARGE, TAKE, "measure cuvete at 5 min"),
        [(6, "no filled vessel 'cuvete'. Nearest: 'cuvette'")],
    ),
    (
        "not a number",
        protocol_text("charge flask with nan mmol S and 9.2 g ODE at 60 degC"),
        [(4, "'nan mmol S'")],
    ),
    (
        "more than a float holds",
        protocol_text("charge flask with 1e999 mmol S and 9.2 g ODE at 60 degC"),
        [(4, "not finite")],
    ),
    (
        "nothing in it",
        protocol_text("charge flask with 0 mL ODE at 25 degC", "measure flask at 5 min"),
        [(4, "")],
    ),
    (
        "a sentence that cannot be read beside ones that cannot be done",
        protocol_text(
            "charge flask with 1.2 mmol Cd(OA)3 and 9.2 g ODE at 60 degC",
            "hoold flask for 5 min",
            "measure cuvete at 5 min",
        ),
        [(4, "no reagent 'Cd(OA)3'"), (5, "'hoold'"), (6, "no filled vessel 'cuvete'")],
    ),
    (
        "several vessels in trouble",
        protocol_text(
            CHARGE,
            "heat flask to 900 degC over 10 min",
            CHARGE.replace("flask", "vial"),
            "discard 5 kg of vial",
        ),
        [(5, "above the boiling point of ODE"), (7, "5 kg are taken from vial")],
    ),
    (
        "unknown keys",
        protocol_text(CHARGE, head="nmae: x\n"),
        [(1, "no 'nmae'. Nearest: 'name'")],
    ),
    (
        "a key given twice",
        protocol_text(CHARGE, head="name: x\nname: y\n"),
        [(2, "duplicate key")],
    ),
    (
        "no spectra",
        protocol_text(CHARGE, "hold flask for 5 min"),
        [(None, "measures nothing")],
    ),
    (
        "unknown mechanism",
        protocol_text(
            CHARGE, LOOK.replace("cuvette", "flask"), head=("mechanism: two-pathway/CdZ\n")
        ),
        [(None, "no mechanism 'two-pathway/CdZ'. Nearest: 'two-pathway/CdS'")],
    ),
]

BAD_CHANGES = [
    (
        "unknown basis",
        "based_on: two-pathway/CdX\n",
        [(1, "no mechanism 'two-pathway/CdX'. Nearest: 'two-pathway/CdS'")],
    ),
    (
        "unknown parameter, wrong unit, unknown key",
        (
            "based_on: two-pathway/CdS\nchange:\n  isomerisation.kk: 1 1/min\n"
            "  isomerisation.k: 3 min\n  MSC-311.K: 3 min\nfoo: 1\n"
        ),
        [
            (3, "no constant 'isomerisation.kk'. Nearest: 'isomerisation.k'"),
            (4, "'3 min' has the wrong unit. Expected a unit such as 1/min"),
            (5, "'3 min' has the wrong unit"),
            (6, "no 'foo'"),
        ],
    ),
    (
        "not a number",
        "based_on: two-pathway/CdS\nchange: {isomerisation.k: .nan 1/min}\n",
        [(2, "'.nan 1/min' is not a quantity")],
    ),
    (
        "a temperature at absolute zero",
        "based_on: two-pathway/CdS\nchange: {isomerisation.at: 0 K}\n",
        [(2, "absolute zero")],
    ),
    (
        "a rate constant below zero",
        "based_on: two-pathway/CdS\nchange: {isomerisation.k: -1 1/min}\n",
        [(2, "below zero")],
    ),
]


def check_refusal(answer: Answer, problems: list[tuple[int | None, str]], file: str) -> None:
    lines = answer.complaints(len(problems))
    for line, words in problems:
        where = "" if line is None else f"prenuc: {file}:{line}: "
        assert any(said.startswith(where) and words in said for said in lines), (
            where,
            words,
            lines,
        )


def names(rows):
    return [row[0] for row in rows]


@pytest.mark.parametrize(("_what", "text", "problems"), BAD_NETWORKS, ids=names(BAD_NETWORKS))
def test_a_wrong_network_is_refused_with_all_its_problems(run, _what, text, problems):
    Path("bad.yaml").write_text(text, encoding="utf-8")
    answer = run("simulate", "bad.yaml", "--times", "0 1", "--json", "--out", "out")
    check_refusal(answer, problems, "bad.yaml")
    assert not Path("out").exists()


@pytest.mark.parametrize(("_what", "text", "problems"), BAD_PROTOCOLS, ids=names(BAD_PROTOCOLS))
def test_a_wrong_protocol_is_refused_with_all_its_problems(run, _what, text, problems):
    Path("bad.yaml").write_text(text, encoding="utf-8")
    answer = run("simulate", "bad.yaml", "--json", "--out", "out", "--report", "out/report.html")
    check_refusal(answer, problems, "bad.yaml")
    assert not Path("out").exists()


@pytest.mark.parametrize(("_what", "text", "problems"), BAD_CHANGES, ids=names(BAD_CHANGES))
def test_a_wrong_change_of_a_mechanism_is_refused(run, _what, text, problems):
    Path("bad.yaml").write_text(text, encoding="utf-8")
    answer = run("simulate", CDS, "--mechanism", "bad.yaml", "--json", "--out", "out")
    check_refusal(answer, problems, "bad.yaml")
    assert not Path("out").exists()


BAD_FILES = {
    "empty": b"",
    "blank": b"\n \n",
    "binary": bytes(range(256)) * 4,
    "UTF-16": "species: {}".encode("utf-16"),
    "Latin-1": "name: Übung\n".encode("latin-1"),
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
@pytest.mark.parametrize(
    "words",
    [
        ("simulate", "bad.yaml"),
        ("simulate", "bad.yaml", "--times", "0 1"),
        ("simulate", CDS, "--mechanism", "bad.yaml"),
    ],
    ids=["protocol", "network", "mechanism"],
)
def test_a_file_that_is_no_text_is_refused(run, words, content):
    Path("bad.yaml").write_bytes(content)
    (line,) = run(*words, "--out", "out").complaints()
    assert line.startswith("prenuc: bad.yaml")
    assert not Path("out").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("simulate", "bad.yaml"),
        ("simulate", "bad.yaml", "--times", "0 1"),
        ("simulate", CDS, "--mechanism", "bad.yaml"),
        ("fit", "bad.yaml", "A -> B"),
    ],
    ids=["protocol", "network", "mechanism", "trace"],
)
@pytest.mark.parametrize("what", ["missing", "folder"])
def test_a_missing_file_or_a_folder_is_refused(run, words, what):
    if what == "folder":
        Path("bad.yaml").mkdir()
    (line,) = run(*words).complaints()
    assert line.startswith("prenuc: bad.yaml: ")


MINUTES = range(4, 44, 4)
BAD_TRACES = [
    ("empty", "", "bad.csv: the file is empty"),
    ("binary", "\0\1\2\3" * 64, "bad.csv:1: "),
    ("words", "hello there\nworld\n", "bad.csv: "),
    (
        "not a number",
        "time (min),A\n" + "".join(f"{t},{'0.1O2' if t == 12 else t / 100}\n" for t in MINUTES),
        "bad.csv:4: '0.1O2'",
    ),
    (
        "times fall",
        "time (min),A\n" + "".join(f"{t},{t / 100}\n" for t in reversed(MINUTES)),
        "bad.csv:3: the times do not ascend",
    ),
    ("too short", "time (min),A\n1,1\n2,2\n3,3\n", "3 points are too few"),
    ("flat at zero", "time (min),A\n" + "".join(f"{t},0\n" for t in MINUTES), ""),
    ("beyond all measure", "time (min),A\n" + "".join(f"{t},{t}e300\n" for t in MINUTES), ""),
]


@pytest.mark.parametrize(("_what", "text", "words"), BAD_TRACES, ids=names(BAD_TRACES))
def test_a_wrong_trace_is_refused(run, _what, text, words):
    Path("bad.csv").write_text(text, encoding="utf-8")
    (line,) = run(
        "fit", "bad.csv", "A -> B", "--json", "--figure", "out/fit.svg", "--report", "out/fit.html"
    ).complaints()
    assert line.startswith(f"prenuc: {words}")
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("simulate", "cds-msc-311-in-tolune"), f"Nearest: '{CDS}'"),
        (("simulate", CDS, "--mechanism", "two-pathway/CdX"), "Nearest: 'two-pathway/CdS'"),
        (("simulate", CDS, "--solver", "cvod"), "no solver 'cvod'. Nearest: 'cvode'"),
        (("simulate", CDS, "--rtol", "2"), "--rtol 2 is not a tolerance"),
        (("simulate", CDS, "--rtol", "nan"), "--rtol nan is not a tolerance"),
        (("simulate", CDS, "--atol", "-1"), "--atol -1 is not a tolerance"),
        (("simulate", CDS, "--noise", "-1"), "noise"),
        (("simulate", CDS, "--noise", "nan"), "noise"),
        (("simulate", CDS, "--noise", "0.1", "--seed", "-1"), "seed"),
        (("simulate", CDS, "--assume", "batch mass"), "has no '='"),
        (("simulate", CDS, "--assume", "batch mas=10 g"), "Nearest: 'batch mass'"),
        (("simulate", CDS, "--assume", "batch mass=10 min"), "'10 min' has the wrong unit"),
        (("simulate", CDS, "--assume", "batch mass=nan g"), "'nan g' is not a quantity"),
        (("simulate", CDS, "--assume", "batch mass=-10 g"), "-10 g"),
        (("simulate", CDS, "--assume", "path length=-1 cm"), "path length"),
        (("simulate", CDS, "--assume", "path length=0 cm"), "path length"),
        (("simulate", "robertson.yaml", "--times", "0 nan"), "the times must ascend from 0"),
        (("simulate", "robertson.yaml", "--times", "4 1"), "the times must ascend from 0"),
        (("simulate", "robertson.yaml", "--times", "soon"), "'soon' is not a list of times"),
        (("simulate", "changed.yaml", "--times", "0 1"), "changed.yaml"),
        (("simulate", "batch.yaml", "--assume", "batch mass=3 g"), "batch mass"),
        (("list", "species", "--material", "CdZ"), "no material 'CdZ'. Nearest: 'CdS'"),
        (("fit", "trace.csv", "A + B"), "'A + B'"),
        (("fit", "trace.csv", "A -> B", "--through-origin", "--background"), "origin"),
        (("fit", "trace.csv", "A -> B", "--figure", "out/fit.bmp"), "'.bmp'"),
        (("fit", "trace.csv", "A -> B", "--figure", "trace.csv/fit.svg"), "trace.csv/fit.svg"),
        (("fit", "trace.csv", "A -> B", "--report", "trace.csv/fit.html"), "trace.csv/fit.html"),
        (("fit", "trace.csv", "A -> B", "--figure", "out/fit.svg", "--report", "a.txt"), "a.txt"),
        (("fit", "trace.csv", "A -> B", "--at", "311 nm"), "311 nm"),
        (("fit", "trace.csv", "A -> B", "--subtract", "4 min"), "4 min"),
        (("simulate", "batch.yaml", "--out", "trace.csv"), "trace.csv"),
        (("simulate", "batch.yaml", "--out", "trace.csv/out"), "trace.csv"),
        (("simulate", "batch.yaml", "--out", "out", "--report", "report.txt"), "report.txt"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_option_is_refused_and_nothing_is_written(run, words, said):
    Path("robertson.yaml").write_text(ROBERTSON.text, encoding="utf-8")
    Path("changed.yaml").write_text("based_on: two-pathway/CdS\n", encoding="utf-8")
    Path("batch.yaml").write_text(protocol_text(*BATCH), encoding="utf-8")
    write_trace(Path("trace.csv"), "min", 1.0)
    before = sorted(Path().rglob("*"))
    (line,) = run(*words).complaints()
    assert said in line
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    [("list", "nonsense"), ("nonsense",), ("show",), ("cite",), ("simulate", CDS, "--nonsense")],
    ids=" ".join,
)
def test_a_command_that_does_not_exist_is_refused(run, words):
    answer = run(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err
    assert answer.err


def test_an_identifier_used_twice_in_two_fact_files_is_refused_with_both_places(tmp_path):
    entry = """\
- id: {name}
  name: sulfur
  kind: chalcogen
  formula: S
  molar_mass: {{value: 32.06, unit: g/mol, source: iupac @ table 1, status: measured}}
  molar_volume: {{value: 15, unit: cm^3/mol, source: handbook @ table 2, status: measured}}
"""
    for file, ids in (("a.yaml", ("S", "Se")), ("b.yaml", ("Te", "S", "Se"))):
        text = "".join(entry.format(name=name) for name in ids)
        (tmp_path / file).write_text(text, encoding="utf-8")
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    with pytest.raises(FactsError) as refused:
        read_files(files, lambda node: node.entry(Moiety), "a moiety")
    said = [str(problem) for problem in refused.value.problems]
    assert len(said) == 2, said
    assert said[0].startswith(f"{files[1]}:7: id 'S' is used twice. ")
    assert f"{files[0]}:1" in said[0]
    assert said[1].startswith(f"{files[1]}:13: id 'Se' is used twice. ")
