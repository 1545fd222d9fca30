"""Every option of every command, and saved answers: drawn, damaged, answered or refused in lines.

The options are those that click knows, so that a new one fails here until somebody says what it
takes. Of the long studies (:data:`LONG`) an input counts as answered where it began to simulate.
"""

from __future__ import annotations

import json
import os
import platform
import random
import shutil
import tempfile
from importlib import import_module
from pathlib import Path

import click
import numpy as np
import pytest

from commands import clusters, dots, write
from fuzzing import LARGEST, SEED, Enough, ask, damaged, largest, words
from prenuc.present.cli import prenuc

LONG = {"ablate", "calibrate", "predict", "reproduce", "robustness", "next", "doctor"}
STEPS = 30  # steps of protocols that a long study may simulate before it has begun
RECIPES = ["cds-msc-311-in-toluene", "cdse-5b"]
NETWORK = "units: {time: s, concentration: mol/L}\nspecies: {A: {initial: 1}, B: {}}\nreactions:\n"
NETWORK += "  - {equation: 'A -> B', k: 0.0005}\n"
BATCH = """name: my-batch
mechanism: two-pathway/CdS
protocol:
  - charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
  - heat flask to 180 degC over 10 min
  - measure flask at 0 min, 20 min
"""
SPEC = """recipe: cdse-5b
vary: {isomerisation.k: [0.01 1/min, 0.02 1/min]}
keep: [share of PC]
"""
FILES = ["clusters.csv", "dots.csv"]
SEEDS = ["0", "1", "7"]
VALUES = {
    "--material": ["CdSe", "CdS", "CdTe"],
    "--decimal": [".", ","],
    "--decimal-of-file": [".", ","],
    "--separator": [",", ";", "tab"],
    "emission --absorption": ["dots.csv"],
    "correct --to": ["out/corrected.csv"],
    "correct --holmium": ["clusters.csv"],
    "correct --stray-light": ["0.001"],
    "correct --blank": ["clusters.csv", "no such"],
    "correct --offset": ["560 600 nm", "400 410"],
    "correct --scattering": ["560 600 nm", "400 410"],
    "correct --exponent": ["4"],
    "correct --baseline": ["1e6"],
    "correct --dilution": ["40"],
    "correct --path": ["2 mm"],
    "--sheet": ["spectra", "1"],
    "calibrate --data": ["data"],
    "calibrate --only": ["isomerisation.k", "growth"],
    "--time-unit": ["s", "min", "h", "day"],
    "--signal": ["absorbance", "photoluminescence", "%T", "T"],
    "--times": ["0 60 min", "0 100", "1 to 30 s"],
    "--mask": ["400 410 nm", "3 5 min", "0 20"],
    "--window": ["290 400 nm", "300 600 nm", "400 500"],
    "--between": ["290 400 nm"],
    "--at": ["311 nm", "320", "500 nm"],
    "--figures": ["out", "out/figures"],
    "--figure-format": ["svg", "png"],
    "--figure": ["out/figure.svg", "out/figure.png"],
    "--report": ["out/report.html"],
    "--out": ["out"],
    "--json": None,
    "--seed": SEEDS,
    "--mechanism": ["two-pathway/CdS", "classical/CdS", "mine.yaml", "droplets/CdS"],
    "--models": ["two-pathway/CdS", "two-pathway,droplets", "classical"],
    "--workers": ["1", "2"],
    "--draws": ["2", "8"],
    "--starts": ["1", "2"],
    "--noise": ["0", "0.002"],
    "list --material": ["CdSe", "CdS"],
    "cite --format": ["text", "bibtex"],
    "simulate --assume": ["batch mass=20 g", "heating rate=6 degC/min"],
    "simulate --times": ["0 1", "0 0.4 4 40"],
    "simulate --until": ["steady state", "50 % of A is consumed"],
    "simulate --coarse": None,
    "--extrapolate": None,
    "--list": None,
    "--inert": ["toluene", "ODE"],
    "scope --assume": ["batch mass=20 g", "heating rate=6 degC/min"],
    "simulate --solver": ["rodas", "cvode", "scipy-bdf", "scipy-radau"],
    "simulate --rtol": ["1e-6", "1e-4"],
    "simulate --atol": ["1e-9", "1e-12"],
    "ablate --out": ["out/answer.json"],
    "ablate --refit": None,
    "ablate --on": ["3a", "2a-b"],
    "calibrate --out": ["out/sets.yaml"],
    "calibrate --ensemble": ["out/ensemble.yaml"],
    "calibrate --leave-out": ["all", "2a-b"],
    "calibrate --search": ["CdS-calibrated", "CdTe"],
    "calibrate --mechanism": ["classical", "droplets"],
    "reproduce --mechanism": ["classical", "droplets"],
    "robustness --out": ["out/study.json"],
    "robustness --page": ["out/study.md"],
    "--ledger": ["out/ledger.sqlite"],
    "next --step": ["Pathway 2", "growth"],
    "next --units": ["5", "20"],
    "next --map": ["out/map.svg"],
    "batch --times": ["2", "0.5"],
    "dilute --of": ["ODE", "toluene"],
    "dilute --absorbance": ["0.5", "1.9"],
    "dilute --wanted": ["0.1", "0.5"],
    "find --material": ["CdSe", "CdS"],
    "size --hwhm": ["16", "20 nm"],
    "size --force": None,
    "size --absorbance": ["0.42", "1"],
    "size --path": ["1 cm", "2 mm"],
    "size --dilution": ["60"],
    "size --volume": ["20 mL"],
    "size --metal": ["0.4 mmol"],
    "view --components": ["2", "3"],
    "view --closure": None,
    "fit --through-origin": None,
    "fit --background": None,
    "fit --non-negative": None,
    "fit --start": ["k=0.02", "k1=0.1"],
    "fit --subtract": ["4 min", "no such"],
    "fit --absorbing": ["A", "A, B"],
    "fit --referee": None,
    "fit --bootstrap": ["5", "20"],
    "fit --column": ["A", "1"],
    "compare --column": ["A", "1"],
    "join --to": ["out/joined.csv"],
    "join --time-from": ["name", "header", "modified"],
    "compare --schemes": ["A -> B", "A -> B; A <-> B"],
    "compare --protocol": [*RECIPES, "batch.yaml"],
    "compare --free-spectra": None,
    "compare --refitted": None,
    "compare --observations": ["CdS", "CdSe"],
    "next --protocol": [*RECIPES, "batch.yaml"],
    "next --sharpen": ["isomerisation.k"],
    "next --vary": ["temperature", "time,dilution"],
    "next --most": ["1", "5"],
    "report --to": ["out/page.html"],
    "report --author": ["A. Chemist", "<b>x</b>"],
    "report --extract": None,
    "report --title": ["Run 2", "µ <b>bold</b> & $x$"],
    "app --port": ["0"],
    "app --no-browser": None,
    "sweep --workers": ["1"],
    "sweep --dask": ["tcp://127.0.0.1:8786"],
    "sweep --slurm": None,
    "sweep --jobs": ["1", "2"],
    "sweep --slurm-option": ["timeout_min=5"],
    "sweep --local": None,
    "sweep --shard": ["1/2", "2/2"],
    "sweep --dry-run": None,
    "sweep --to": ["csv", "xlsx", "netcdf", "parquet"],
    "plot --what": ["spectra", "course", "species", "sizes", "distribution", "fluxes", "protocol"],
    "plot --at": ["30, 75 min", "1 h", "5"],
    "plot --vary": ["heat flask = 5, 10 min", "heat flask = 160 degC"],
    "plot --vessel": ["flask"],
    "plot --size": ["8.5 cm", "17 x 12 cm"],
    "plot --font": ["7", "8", "12"],
    "plot --range": ["300 400 nm", "0 20 min", "300 500"],
    "plot --ordinate": ["0 0.5", "0 6 nm"],
    "plot --title": ["Mine", "µ <b>bold</b> & $x$"],
    "plot --out": ["out/plot.svg", "out/plot.png"],
    "plot --to": ["csv", "xlsx", "origin"],
    "convert --to": ["csv", "xlsx", "netcdf", "origin"],
    "convert --out": ["out/spectra.csv", "out/spectra.nc"],
}
ARGUMENTS = {
    "list": [["species"], ["recipes"], ["references"]],
    "show": [["MSC-311"], ["cdse-5b"]],
    "cite": [["cdse-5b"], ["MSC-311", "two-pathway/CdS"]],
    "find": [["oleate"], ["msc", "311"]],
    "batch": [["cdse-5b"], ["0.3 mmol S and 9 g ODE"], ["batch.yaml"]],
    "dilute": [["25 uL", "3 mL"], ["27.8 mg", "3 mL", "--of", "ODE"]],
    "check": [["mine.yaml"], ["two-pathway/CdS"], ["mine.yaml", "classical/CdTe"]],
    "scope": [["batch.yaml"], ["cdse-5b"], ["batch.yaml"]],
    "simulate": [
        ["mine.yaml"],
        ["mine.yaml"],
        ["mine.yaml"],
        ["batch.yaml"],
        *([r] for r in RECIPES),
    ],
    "reproduce": [["2a-b"], ["3a"], []],
    "ablate": [["two-pathway/CdS"], ["classical/CdTe"], []],
    "calibrate": [["CdS"], ["CdSe"], []],
    "predict": [["CdS@0.1"]],
    "robustness": [[]],
    "sweep": [["sweep.yaml"], ["merge", "sweep.yaml"]],
    "analyze": [[name] for name in FILES],
    "size": [["CdSe", "550"], ["CdS", "2.9 eV"], ["CdTe", "600 nm"]],
    "view": [["clusters.csv"], ["series.csv"]],
    "fit": [
        ["trace.csv", "A -> B"],
        ["trace.csv", "A -> B"],
        ["clusters.csv", "A -> B"],
        ["trace.csv", "mine.yaml"],
    ],
    "compare": [["trace.csv"]],
    "next": [["CdS"], ["CdSe"]],
    "report": [["clusters.csv"], ["fit.json"], ["dots.json"]],
    "convert": [["clusters.csv"], ["dots.csv"]],
    "plot": [["clusters.csv"], ["batch.yaml"], ["dots.csv", "clusters.csv"]],
    "growth": [["dots.csv"], ["clusters.csv"]],
    "emission": [["clusters.csv", "--signal", "photoluminescence"], ["dots.csv"]],
    "correct": [["clusters.csv"], ["dots.csv"]],
    "join": [["clusters.csv", "dots.csv"], ["clusters.csv"]],
    "app": [[]],
    "doctor": [[]],
}
WEIGHTS = {
    "fit": 0.5,
    "compare": 0.1,
    "analyze": 0.3,
    "view": 0.3,
    "app": 0.0,  # goes on until it is ended
    "doctor": 0.05,
    "reproduce": 0.5,
    "sweep": 0.3,
}
NEEDED = {
    "growth --material",
    "report --to",
    "convert --to",
    "correct --to",
    "join --to",
    "sweep --out",
}
USUAL = {
    "simulate mine.yaml": ["--times", "0 1"],
    "convert": ["--out", "out/spectra.csv"],
    "plot": ["--out", "out/plot.svg"],
}
ODD = [
    "", " ", "-1", "0", "nan", "inf", "-inf", "1e999", "1e-320", "9" * 50, "1.5", "-", "--", "µ",
    "\udcff", "$\\frac{1}{$", "<script>alert(1)</script>", "=1+1", "x" * 300, "CON", "a/b/c", "..",
    "None", "[]", "{}", "1e9", "1000000", "0 1e300", "1 0", "nan nan", "5 5", "A", "%", "*", "~",
]  # fmt: skip
OPTIONS = {
    name: [option for option in command.params if isinstance(option, click.Option)]
    for name, command in prenuc.commands.items()
}


def values_of(command, option):
    name = max(option.opts, key=len)
    known = f"{command} {name}"
    return VALUES[known] if known in VALUES else VALUES[name]


def test_every_option_is_drawn():
    """A new option, or an option that is gone, shows here."""
    said = {"--help", "--version"}
    every = {f"{c} {max(o.opts, key=len)}" for c, options in OPTIONS.items() for o in options}
    unknown = {one for one in every if one not in VALUES and one.split()[1] not in VALUES}
    assert unknown - said == set()
    assert {one for one in VALUES if " " in one} <= every
    assert set(ARGUMENTS) == set(prenuc.commands)
    for command, options in OPTIONS.items():
        for option in options:
            assert option.is_flag == (values_of(command, option) is None), option.name


def drawn(rng):
    """Return the words of a healthy command line."""
    names = [*ARGUMENTS]
    command = rng.choices(names, [WEIGHTS.get(name, 1.0) for name in names])[0]
    arguments = rng.choice(ARGUMENTS[command])
    given = [*arguments]
    offered = [o for o in OPTIONS[command] if o.opts[0] != "--between"]
    chosen = rng.sample(offered, min(len(offered), rng.choice([0, 0, 1, 1, 2, 3])))
    chosen += [o for o in offered if f"{command} {o.opts[-1]}" in NEEDED and o not in chosen]
    for option in chosen:
        values = values_of(command, option)
        given += [max(option.opts, key=len)] + ([] if values is None else [rng.choice(values)])
    usual = USUAL.get(f"{command} {' '.join(arguments)}", USUAL.get(command, []))
    return [command, *given, *(usual if usual and usual[0] not in given else [])]


def damaged_line(rng, line):
    command, *given = line
    for _ in range(rng.choice([1, 1, 2])):
        place = rng.randrange(len(given)) if given else 0
        how = rng.randrange(6)
        if how == 0 and given:
            given[place] = rng.choice(ODD)
        elif how == 1 and given and given[place]:
            given[place] = damaged(rng, given[place]).replace("\0", "")
        elif how == 2 and given:
            del given[place]
        elif how == 3:
            given.insert(place, rng.choice([*given, *ODD]))
        elif how == 4:
            option = rng.choice(OPTIONS[command])
            given += [max(option.opts, key=len), rng.choice(ODD)]
        else:
            rng.shuffle(given)
    return [command, *given]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A folder with everything that the healthy command lines name."""
    folder = tmp_path_factory.mktemp("inputs")
    platform.platform()  # asks the machine once, and matplotlib makes its folders once
    import_module("matplotlib.pyplot")
    import_module("pybaselines")  # where there is numba, it keeps what it compiled
    write(clusters(), folder / "clusters.csv")
    write(dots(), folder / "dots.csv")
    write(clusters(tuple(np.linspace(0, 1, 9))), folder / "series.csv")
    time = np.linspace(0, 100, 30)
    noise = np.random.default_rng(3).normal(0, 1e-3, time.size)
    rows = zip(time, 1 - np.exp(-0.03 * time) + noise, strict=True)
    text = "time / min,signal\n" + "".join(f"{t:.4f},{v:.6f}\n" for t, v in rows)
    (folder / "trace.csv").write_text(text, encoding="utf-8")
    (folder / "mine.yaml").write_text(NETWORK, encoding="utf-8")
    (folder / "batch.yaml").write_text(BATCH, encoding="utf-8")
    (folder / "sweep.yaml").write_text(SPEC, encoding="utf-8")
    saved = {
        "simulation": ["simulate", "cds-msc-311-in-toluene"],
        "fit": ["fit", "trace.csv", "A -> B"],
        "global": ["fit", "series.csv", "A -> B"],
        "clusters": ["analyze", "clusters.csv", "--material", "CdS"],
        "dots": ["analyze", "dots.csv", "--material", "CdSe"],
    }
    here = Path.cwd()
    os.chdir(folder)
    try:
        for name, line in saved.items():
            answer = ask([*line, "--json"])
            assert not answer.fault, answer.fault
            (folder / f"{name}.json").write_text(answer.out, encoding="utf-8")
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def here(inputs, tmp_path, monkeypatch):
    """A fresh folder with the inputs, where a long study only begins."""
    for path in inputs.iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", words(tmp_path / "out"))  # where libraries keep theirs
    return tmp_path


@pytest.fixture
def only_begin(monkeypatch):
    """Let a long study simulate a few steps of protocols and start no process."""
    from prenuc.infer.calibration import parallel
    from prenuc.simulation.vessels import Vessels
    from prenuc.sweeps import cluster

    carry_out, left = Vessels.carry_out, [STEPS]

    def once(self, operation):
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise Enough
        return carry_out(self, operation)

    def pool(*_, **__):
        raise Enough

    monkeypatch.setattr(Vessels, "carry_out", once)
    monkeypatch.setattr(parallel, "ProcessPoolExecutor", pool)
    monkeypatch.setattr(cluster, "dask_executor", pool)
    monkeypatch.setattr(cluster, "run_slurm", pool)

    def begin(line):
        long = line[0] in LONG or {"--protocol", "--observations"} & {*line}
        left[0] = STEPS if long else None

    return begin


def state(folder):
    return {
        p.name: (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.iterdir() if p.is_file()
    }


def command_lines(count, folder, begin, show=pytest.fail):
    rng = random.Random(f"{SEED} commands")  # noqa: S311  # no secret
    before, answered = largest(), 0
    inputs = state(folder)
    for number in range(count):
        line = drawn(rng)
        if rng.random() < 0.5:
            line = damaged_line(rng, line)
        begin(line)
        answer = ask(line, [words(folder)])
        if answer.fault:
            show(f"{number}: {line}\n{answer.fault}")
        if largest() - before > LARGEST:
            show(f"{number}: {line} took {largest() - before:.3g} bytes")
            before = largest()
        answered += answer.answered
        now = state(folder)
        named = " ".join(line)
        changed = [n for n in inputs if now.get(n) != inputs[n] and n not in named]
        if changed:
            show(f"{number}: {line} changed {changed}")
        inputs = now
    return answered


def test_some_command_lines_are_answered_or_refused(here, only_begin):
    assert command_lines(150, here, only_begin) >= 0.3 * 150


class Plain:
    """Draws a document anew: most of it as it is, some of it in another healthy way."""

    TEXTS = ("plain", "µ 4 min", "<b>bold</b> & 'quoted'", "$x$", "=SUM(A1)", "a\nb", "🙂", "")

    def __init__(self, rng):
        self.rng = rng

    def simulation(self, document):
        kept = self.rng.sample(document["measurements"], self.rng.randint(1, 4))
        every, part = self.rng.choice([20, 50, 100]), []
        for one in kept:
            axis = {key: one[key][::every] for key in ("wavelength_nm", "absorbance")}
            part.append({**one, **axis, "label": self.text(one["label"])})
        part.sort(key=lambda one: one["time_min"])
        return {**document, "measurements": part, "recipe": self.text(document["recipe"])}

    def fit(self, document):
        small = {k: v for k, v in document.items() if k not in {"spectra", "concentrations"}}
        return {**small, "scheme": self.text(document["scheme"])}

    def analysis(self, document):
        rows = self.rng.sample(document, self.rng.randint(1, len(document)))
        return [{**row, "label": self.text(row["label"])} for row in rows]

    def text(self, usual):
        return self.rng.choice([usual, *self.TEXTS])


STORED = {
    "simulation": Plain.simulation,
    "fit": Plain.fit,
    "global": Plain.fit,
    "clusters": Plain.analysis,
    "dots": Plain.analysis,
}
DEEP = "[" * 3000 + "]" * 3000
STRANGE = [
    None, True, False, 0, -1, 1e308, -1e308, 1e-320, 10**400, float("nan"), float("inf"),
    "", "x", "<script>alert(1)</script>", "$\\frac{1}{$", "\ud800", "\0", "x" * 5000, "1", "nan",
    [], {}, [[]], [None], {"value": 1}, [1, [2]], [1e999] * 3, list(range(50)), "😀" * 100,
]  # fmt: skip


def places(thing, path=()):
    """Yield where something stands in a document, by its keys and numbers."""
    items = thing.items() if isinstance(thing, dict) else enumerate(thing)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, (dict, list)):
            yield from places(item, (*path, key))


def damaged_document(rng, document):
    """Return a document of which something was taken, changed, doubled or renamed."""
    document = json.loads(json.dumps(document))
    for _ in range(rng.choice([1, 1, 2, 3])):
        shallow = [path for path in places(document) if len(path) < 4 or rng.random() < 0.05]
        if not shallow:
            break
        *above, last = rng.choice(shallow)
        owner = document
        for key in above:
            owner = owner[key]
        how = rng.randrange(4)
        if how == 0:
            del owner[last]
        elif how == 1 and isinstance(owner, list):
            owner.insert(last, rng.choice([*STRANGE, owner[last]]))
        elif how == 2 and isinstance(owner, dict):
            owner[rng.choice(["x", "", "file", "value"])] = owner.pop(last)
        else:
            owner[last] = rng.choice(STRANGE)
    return document


def saved_answers(count, folder, show=pytest.fail):
    """Hand drawn and damaged answers to report and convert; return how many were taken."""
    rng = random.Random(f"{SEED} saved")  # noqa: S311  # no secret
    known = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in STORED}
    before, answered = largest(), 0
    file, page = folder / "mine.json", folder / "out" / "page.html"
    for number in range(count):
        kind = rng.choices([*STORED], [1, 3, 2, 3, 3])[0]
        document = STORED[kind](Plain(rng), known[kind])
        if rng.random() < 0.5:
            document = damaged_document(rng, document)
        text = json.dumps(document)
        if rng.random() < 0.1:
            text = rng.choice([damaged(rng, text), text[: rng.randrange(len(text))], DEEP])
        file.write_text(text, encoding="utf-8")
        line = ["report", "mine.json", "--to", "out/page.html"]
        if kind == "simulation" and rng.random() < 0.7:
            to = rng.choice(["csv", "xlsx", "netcdf", "origin"])
            line = ["convert", "mine.json", "--to", to, "--out", f"out/mine.{to}"]
        answer = ask(line, [words(folder / "out")])
        if answer.fault:
            show(f"{number}: {line} {text[:3000]}\n{answer.fault}")
        if largest() - before > LARGEST:
            show(f"{number}: {line} took {largest() - before:.3g} bytes\n{text[:3000]}")
            before = largest()
        answered += answer.answered
    assert page.exists()
    return answered


def test_some_saved_answers_are_shown_or_refused(here):
    assert saved_answers(50, here) >= 0.3 * 50


@pytest.mark.study
def test_every_saved_answer_is_shown_or_refused(here):
    assert saved_answers(10_000, here) >= 0.3 * 10_000


@pytest.mark.study
def test_every_command_line_is_answered_or_refused(here, only_begin):
    assert command_lines(10_000, here, only_begin) >= 0.3 * 10_000
