"""Sweeps: designs, descriptions, and work that loses nothing wherever it is done."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import faults
import prenuc as pn
from prenuc.errors import InputError, SimulationError
from prenuc.ledger import Entry
from prenuc.present.figures.maps import Mark, plot_map
from prenuc.present.figures.page_size import Layout
from prenuc.present.files.sweeps import write_ends, write_map, write_table
from prenuc.protocol.protocol import read_protocol
from prenuc.sweeps.cluster import run_slurm
from prenuc.sweeps.design import Design, Factor
from prenuc.sweeps.marks import marks
from prenuc.sweeps.observables import Observable
from prenuc.sweeps.spec import read_spec
from prenuc.sweeps.sweep import Sweep, best_and_worst, plain_table
from prenuc.sweeps.swept import swept

SPEC = """\
protocol:
  - charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
  - heat flask to 180 degC over 10 min
  - hold flask for 10 min
  - take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC
  - measure cuvette at 0 min, 30 min
mechanism: two-pathway/CdS
vary:
  heat flask: {from: 140 degC, to: 220 degC, steps: 5}
  dilute charge flask: {from: 1, to: 100, steps: 4, scale: log}
constants:
  isomerisation.k: [0.02 1/min, 0.05 1/min]
keep: [share of PC, amount of MSC-311, absorbance at 311 nm, diameter of dots]
map: {x: heat flask, y: dilute charge flask, of: share of PC}
rank: share of PC in cuvette 2
"""
TASKS = 40


@pytest.fixture
def described(tmp_path):
    """A description, and a sweep in a folder of its own."""

    def make(text=SPEC, folder="out"):
        path = tmp_path / "spec.yaml"
        path.write_text(text)
        return read_spec(path), Sweep(read_spec(path).job, tmp_path / folder)

    return make


@pytest.fixture
def undisturbed(described):
    """The table of a sweep that nothing disturbed."""
    sweep = described(folder="undisturbed")[1]
    assert sweep.run().done == TASKS
    return write_table(sweep, "csv").read_bytes()


def command(path, folder, *options):
    code = "from prenuc.present.cli import main; main()"
    return [sys.executable, "-c", code, "sweep", str(path), "--out", str(folder), *options]


# ---- designs -----------------------------------------------------------------------------------


def test_a_grid_takes_every_combination_once():
    factors = (Factor("a", ("1", "2", "3")), Factor("b", ("x", "y")))
    design = Design(factors)
    assert [design.values(i) for i in range(len(design))] == [(a, b) for a in "123" for b in "xy"]


def test_a_range_is_even_on_its_scale():
    log = Factor.between("d", 1.0, 100.0, steps=3, log=True)
    assert log.values == ("1", "10", "100")
    assert [log.at(x) for x in (0.0, 0.5, 1.0)] == ["1", "10", "100"]
    linear = Factor.between("t", 140.0, 220.0, unit="degC", steps=3)
    assert linear.values == ("140 degC", "180 degC", "220 degC")
    assert linear.at(0.25) == "160 degC"


@pytest.mark.parametrize("kind", ["random", "sobol"])
def test_a_seeded_design_is_the_same_again_and_another_for_another_seed(kind):
    factors = (Factor.between("a", 0.0, 1.0), Factor.between("b", 0.0, 1.0))
    one, again, other = (Design(factors, kind, 50, seed) for seed in (3, 3, 4))
    rows = [[d.values(i) for i in range(50)] for d in (one, again, other)]
    assert rows[0] == rows[1] != rows[2]


def test_a_sobol_design_fills_every_cell_alike():
    """128 scrambled points: two in each of 8 × 8 cells, which random ones never do."""
    factors = (Factor.between("a", 0.0, 1.0), Factor.between("b", 0.0, 1.0))
    design = Design(factors, "sobol", 128, 7)
    points = np.array([list(map(float, design.values(i))) for i in range(128)])
    counts = np.histogram2d(*points.T, bins=8, range=[[0, 1], [0, 1]])[0]
    assert set(counts.ravel()) == {2.0}


def test_texts_of_a_table_are_no_formulas(described):
    """A heading, a value and a reason may be anything that a file says."""
    pandas = import_module("pandas")
    sweep = described(folder="texts")[1]
    sweep.run()
    table = {"=2+2": ["@a", "-b"], "n": np.array([1.0, np.nan])}
    for to in ("csv", "xlsx"):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("prenuc.present.files.sweeps.plain_table", lambda _: table)
            written = write_table(sweep, to)
        mark = "'" if to == "csv" else ""  # cells of a workbook are texts or numbers
        read = pandas.read_csv(written) if to == "csv" else pandas.read_excel(written, skiprows=[1])
        assert list(read[f"{mark}=2+2"]) == [f"{mark}@a", f"{mark}-b"]
        np.testing.assert_array_equal(read["n"], table["n"])
        if to == "xlsx":
            openpyxl = import_module("openpyxl")
            sheet = openpyxl.load_workbook(written)["results"]
            assert {sheet[cell].data_type for cell in ("A1", "A3", "A4")} == {"s"}


def test_a_recipe_stands_on_the_map_with_its_own_amounts(described):
    """TOPO from the beginning is in panel 1e alone, 2.64 mmol of it."""
    text = SPEC.replace("constants:", '  "charge flask: TOPO": [0 mmol, 3 mmol]\nconstants:')
    spec, sweep = described(text)
    found = marks(sweep.job, spec.chart.x, spec.chart.y)
    with_topo = {name for name, *_, at in found if at == {"charge flask: TOPO": "3 mmol"}}
    without = {name for name, *_, at in found if at == {"charge flask: TOPO": "0 mmol"}}
    assert with_topo == {"1e"}
    assert {"2a-b", "3a", "3b"} <= without
    on = [Mark(*one).on(("charge flask: TOPO: 3 mmol", "isomerisation.k: 1")) for one in found]
    assert [one[0] for one, there in zip(found, on, strict=True) if there] == ["1e"]


def test_nothing_to_rank_and_nothing_to_draw_is_said():
    with pytest.raises(InputError, match="no flask has a number to rank"):
        best_and_worst(np.full(3, np.nan))
    table = {"a": ["1", "1", "2", "2"], "b": ["1", "2"] * 2, "c": np.full(4, np.nan)}
    plot_map(table, Layout(), "a", "b", ["c"])


@pytest.mark.parametrize(
    ("up", "ends"),
    [(["1", "10"], (1, 10)), (["1", "4", "7"], (1, 7)), (["10", "13", "16"], (8.5, 17.5))],
)
def test_a_map_shows_no_dilution_below_zero(up, ends):
    """Cells reach as far beyond the values as half way to the next, but where nothing can be."""
    table = {"a": [one for one in ("160 degC", "200 degC") for _ in up], "b": 2 * up}
    made = plot_map(table | {"c": np.arange(2.0 * len(up))}, Layout(), "a", "b", ["c"])
    axes = made.figure.axes[0]
    assert axes.get_xlim() == (160.0, 200.0)
    assert axes.get_ylim() == pytest.approx(ends)


@pytest.mark.parametrize(
    "said", ["samples: 2.5", "samples: 0", "samples: 3\nseed: 1.5", "samples: 3\nseed: -1"]
)
def test_what_is_counted_is_whole(tmp_path, said):
    path = tmp_path / "sweep.yaml"
    text = f"recipe: cdse-5b\ndesign: random\n{said}\nkeep: [share of PC]\n"
    path.write_text(text + "constants: {isomerisation.k: {from: 0.01 1/min, to: 0.1 1/min}}\n")
    line = text[: text.index(said.split("\n")[-1])].count("\n") + 1
    with pytest.raises(InputError, match=rf"sweep\.yaml:{line}: .*is no count"):
        read_spec(path)


@pytest.mark.parametrize(
    ("many", "few"),
    [
        ("steps: 25000}\n  dilute charge flask: {from: 1, to: 9, steps: 20000}", "steps: 5}"),
        ("steps: 1000000000}", "steps: 5}"),
        ("steps: 5}\ndesign: sobol\nsamples: 1000000000", "steps: 5}"),
    ],
)
def test_a_description_of_a_design_without_end_is_refused_with_its_count(described, many, few):
    text = SPEC.replace("  dilute charge flask: {from: 1, to: 100, steps: 4, scale: log}\n", "")
    with pytest.raises(InputError, match="1,000,000,000"):
        described(text.replace(few, many))


def test_a_design_that_nobody_would_wait_for_is_refused_with_its_count():
    factors = tuple(Factor.between(name, 0.0, 1.0, steps=1000) for name in "abc")
    with pytest.raises(InputError, match=r"1000 × 1000 × 1000 has 1,000,000,000 tasks"):
        Design(factors)


# ---- descriptions ------------------------------------------------------------------------------


def test_all_problems_of_a_description_are_said_at_once(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(
        "recipe: cds-4c-oleate\nvary:\n  heat flsk: [180 degC]\n"
        "  hold flask: {from: 2 h, to: 1 h}\n"
        "constants:\n  isomerization.k: [1 1/s]\nassume:\n  batch mas: [1 g, 2 g]\n"
        "keep: [share of PX, colour]\ndesign: gird\nmapp: {}\n"
    )
    with pytest.raises(InputError) as caught:
        read_spec(path)
    said = "\n".join(map(str, caught.value.problems))
    for line, what in (
        (3, "no step 'heat flsk'"),
        (4, "does not ascend"),
        (6, "no constant 'isomerization.k'"),
        (8, "'batch mas'"),
        (9, "no component 'PX'"),
        (9, "no observable 'colour'"),
        (10, "no design 'gird'"),
        (11, "has no 'mapp'"),
    ):
        assert any(f"bad.yaml:{line}: " in row and what in row for row in said.split("\n")), what


# ---- answers -----------------------------------------------------------------------------------


def test_an_answer_is_what_a_run_of_its_own_gives(described):
    spec, sweep = described()
    sweep.run()
    table = plain_table(sweep)
    for task in (0, 17, TASKS - 1):
        run = pn.simulate(*sweep.job.single(task))
        spectra = pn.uv_vis(run)
        place = list(spectra.wavelength).index(311.0)
        for i, look in enumerate(run.measurements, 1):
            assert table[f"share of PC in cuvette {i}"][task] == run.fractions(look)["PC"]
            assert table[f"amount of MSC-311 in cuvette {i}"][task] == run.amounts(look)["MSC-311"]
            seen = table[f"absorbance at 311 nm in cuvette {i}"][task]
            assert seen == pytest.approx(spectra.absorbance[i - 1, place], rel=1e-12)
    best = int(np.argmax(table[spec.rank]))
    write_ends(sweep, spec)
    protocol, named = read_protocol(sweep.folder / "best.yaml")
    assert named == "two-pathway/CdS"
    assert str(protocol) == str(sweep.job.single(best)[1])


def test_spectra_are_kept_whole(described):
    text = SPEC.replace("keep: [share of PC,", "keep: [spectra, share of PC,")
    _, sweep = described(text)
    sweep.run()
    import xarray as xr

    with xr.open_dataset(write_table(sweep, "netcdf"), engine="scipy") as data:
        assert data["absorbance"].shape == (TASKS, 2, 416)
        run = pn.simulate(*sweep.job.single(3))
        np.testing.assert_array_equal(data["absorbance"][3], pn.uv_vis(run).absorbance)


def test_a_table_with_spectra_is_written_without_having_them_all_in_memory(described):
    """Two thousand made-up answers, one missing and one failed: 14 MB of spectra in less than 6."""
    text = SPEC.replace("keep: [share of PC,", "keep: [spectra, share of PC,")
    text = text.replace("mechanism:", "design: random\nsamples: 2000\nmechanism:")
    _, sweep = described(text)
    width, spectra = len(sweep.job.columns), 2 * 416
    with sweep.open() as ledger:
        ledger.add([Entry(sweep.ids[1], b"", "it boils")])
        ledger.add(
            Entry(name, (task + np.arange(width + spectra, dtype="<f8")).tobytes())
            for task, name in enumerate(sweep.ids[2:], 2)
        )
    import xarray as xr

    write_table(sweep, "netcdf")  # the libraries that it loads are not counted
    tracemalloc.start()
    written = write_table(sweep, "netcdf")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6e6 < 2000 * spectra * 8 / 2
    with xr.open_dataset(written, engine="scipy") as data:
        found = data["absorbance"].to_numpy()
        assert data["failed because"].to_numpy()[:3].tolist() == ["not done", "it boils", ""]
    assert np.isnan(found[:2]).all()
    first = np.arange(2, 2000)[:, None, None] + width
    np.testing.assert_array_equal(found[2:], first + np.arange(spectra).reshape(2, 416))


def test_a_flask_that_cannot_be_has_its_reason_in_the_table(described):
    """Flasks above the boiling point of the solvent, in the middle of the range."""
    text = SPEC.replace(
        "{from: 140 degC, to: 220 degC, steps: 5}", "[140 degC, 330 degC, 220 degC]"
    )
    spec, sweep = described(text)
    state = sweep.run()
    assert (state.done, state.failed) == (24, 8)
    assert write_map(swept(sweep, spec), sweep.folder, "svg").exists()
    rows = list(csv.DictReader(write_table(sweep, "csv").read_text().splitlines()))
    assert len(rows) == 24
    assert {row["heat flask"] for row in rows if "boil" in row["failed because"]} == {"330 degC"}


def test_what_no_observable_is_said_to_be_is_refused():
    model = pn.two_pathway("CdS")
    with pytest.raises(InputError, match="285 to 700 nm"):
        Observable.read("absorbance at 200 nm", model)
    assert Observable.read("absorbance at  311 nm", model).nm == 311.0


# ---- nothing is lost ---------------------------------------------------------------------------


def test_a_sweep_goes_on_where_it_stopped(described, undisturbed):
    _, sweep = described()
    with sweep.open() as ledger:
        ledger.add(sweep.job.answers(range(0, TASKS, 3)))
    state = sweep.run()
    assert (state.tasks, state.done, state.skipped) == (TASKS, TASKS, 14)
    assert write_table(sweep, "csv").read_bytes() == undisturbed
    assert len(list(sweep.folder.iterdir())) <= 10


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.study)])
def test_kills_lose_nothing(tmp_path, undisturbed, kills):
    """The whole command, processes and all, is killed at random instants until it is done."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    instants, folder = np.random.default_rng(2), tmp_path / "out"
    for _ in range(kills):
        with subprocess.Popen(
            command(tmp_path / "spec.yaml", folder, "--workers", "1"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            time.sleep(float(instants.uniform(0.6, 2.0)))
            os.killpg(running.pid, signal.SIGKILL)
    done = command(tmp_path / "spec.yaml", folder, "--json")
    answer = json.loads(subprocess.run(done, check=True, capture_output=True).stdout)
    assert answer["done"] == answer["tasks"] == TASKS
    assert (folder / "results.csv").read_bytes() == undisturbed


@faults.can_be_made
@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.study)])
def test_a_fault_at_any_write_fsync_or_rename_loses_nothing(tmp_path, described, step):
    """The disk is full at every ``step``-th of them in turn; afterwards the command goes on."""
    text = SPEC.replace("steps: 5", "steps: 3").replace("steps: 4", "steps: 2").split("map:")[0]
    text += "rank: share of PC in cuvette 2\n"
    _, sweep = described(text, folder="undisturbed")
    assert sweep.run().done == 12
    wanted = write_table(sweep, "csv").read_bytes()
    library, at, said = faults.library(tmp_path), 1, 0
    while True:
        folder = tmp_path / str(at)
        words = command(tmp_path / "spec.yaml", folder, "--workers", "1")
        done = faults.run(words, library, at)
        if faults.MADE not in done.stderr:
            break
        assert "Traceback" not in done.stderr
        table = folder / "results.csv"
        if done.returncode == 0:
            assert table.read_bytes() == wanted
        else:
            said += 1
            assert "prenuc: " in done.stderr
            assert not table.exists() or table.read_bytes() == wanted
        assert not [*folder.glob(".*.part")]
        again = Sweep(sweep.job, folder)
        assert again.run().done == 12
        assert write_table(again, "csv").read_bytes() == wanted
        at += step
    assert said > 50 / step


def test_processes_and_threads_give_the_same_table(described, undisturbed):
    for folder, given in (
        ("processes", {"workers": 2}),
        ("threads", {"workers": 3, "executor": ThreadPoolExecutor(3)}),
    ):
        _, sweep = described(folder=folder)
        assert sweep.run(**given).done == TASKS
        assert write_table(sweep, "csv").read_bytes() == undisturbed


def test_workers_that_are_killed_are_replaced(described, undisturbed, monkeypatch):
    from prenuc.sweeps import work

    _, sweep = described()
    victims, killed = [], []
    made = work._processes

    def noted(workers):
        pool = made(workers)
        victims.append(pool)
        return pool

    def kill_all(_):
        if not killed:
            killed.extend(victims[0]._processes)
            for process in killed:
                os.kill(process, signal.SIGKILL)

    monkeypatch.setattr(work, "_processes", noted)
    assert sweep.run(workers=2, progress=kill_all).done == TASKS
    assert len(victims) == 2
    assert write_table(sweep, "csv").read_bytes() == undisturbed


PARENT = """
import os, sys, time
from prenuc.infer.calibration.parallel import work
from prenuc.sweeps.work import _processes

def stay(piece):
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(300)

if __name__ == "__main__":
    if sys.argv[1] == "sweep":
        list(_processes(2).map(stay, range(2)))
    work(stay, range(2), workers=2)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("room", ["sweep", "calibration"])
def test_workers_end_with_the_process_that_began_them(tmp_path, room):
    (tmp_path / "parent.py").write_text(PARENT)
    words = [sys.executable, str(tmp_path / "parent.py"), room]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        workers = [int(parent.stdout.readline()) for _ in range(2)]
        assert all(alive(worker) for worker in workers)
        parent.kill()
    until = time.monotonic() + 120.0
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, workers))


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


class Forgetful(ThreadPoolExecutor):
    """Loses the first piece of work that it is given: it never comes back, and nobody says so."""

    lost = None

    def submit(self, *given):
        if self.lost is None:
            self.lost = Future()
            return self.lost
        return super().submit(*given)


class Lossy(ThreadPoolExecutor):
    """Loses everything, as a cluster whose nodes all die."""

    def submit(self, *_):
        future = Future()
        future.set_exception(BrokenProcessPool("a worker died"))
        return future


def test_work_that_never_comes_back_is_given_out_again(described, undisturbed, monkeypatch):
    from prenuc.sweeps import work

    _, sweep = described()
    waited_for = []
    with Forgetful(2) as executor:

        def patient(out, *, timeout, **how):
            """Wait for what can still come; where nothing can, it is as if the time were over."""
            assert timeout == work.PATIENCE
            if coming := {*out} - {executor.lost}:
                return wait(coming, **how)
            assert not waited_for, "it was given up already"
            waited_for.append(executor.lost)
            return set(), out

        monkeypatch.setattr(work, "wait", patient)
        assert sweep.run(workers=2, executor=executor).done == TASKS
        assert executor.lost.cancelled()
    assert write_table(sweep, "csv").read_bytes() == undisturbed


def test_workers_that_are_always_lost_end_the_sweep_with_what_is_done(described):
    _, sweep = described()
    with sweep.open() as ledger:
        ledger.add(sweep.job.answers(range(5)))
    with Lossy(2) as executor, pytest.raises(SimulationError, match="lost 4 times at tasks"):
        sweep.run(workers=2, executor=executor)
    assert sweep.state().done == 5


@pytest.mark.parametrize("instants", [(1, 2, 3), pytest.param((3, 1, 4), marks=pytest.mark.study)])
def test_shards_each_killed_once_and_merged_give_the_same_table(tmp_path, undisturbed, instants):
    """Before the first answers are entered, after that, and before or after the next ones."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    killer = [sys.executable, str(Path(__file__).with_name("killing.py"))]
    words = ["sweep", "spec.yaml", "--out", "out"]
    for number, instant in enumerate(instants, 1):
        part = [*words, "--shard", f"{number}/3"]
        done = subprocess.run([*killer, str(instant), *part], cwd=tmp_path, check=False)
        assert done.returncode == -signal.SIGKILL
        subprocess.run([*killer, "0", *part], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / ".rows").unlink()
    merging = [*killer, "0", "sweep", "merge", *words[1:], "--json"]
    answer = subprocess.run(merging, cwd=tmp_path, check=True, capture_output=True)
    assert json.loads(answer.stdout)["done"] == TASKS
    assert (tmp_path / "out" / "results.csv").read_bytes() == undisturbed


def test_shards_each_stopped_once_and_merged_give_the_same_table(described, undisturbed):
    _, sweep = described()
    for number in (1, 2, 3):
        with sweep.open(f"shard-{number:04d}-of-0003.sqlite") as shard:  # what it did before
            shard.add(sweep.job.answers([number - 1, number + 2]))
        with sweep.open():  # another may read, or hold, the ledger meanwhile
            sweep.run(shard=(number, 3))
    assert sweep.merge() == TASKS
    assert [one.name for one in sweep.folder.iterdir()] == ["sweep.sqlite"]
    assert write_table(sweep, "csv").read_bytes() == undisturbed


def test_another_description_in_an_old_folder_keeps_what_is_the_same(described):
    _, sweep = described()
    sweep.run()
    _, other = described(SPEC.replace("[0.02 1/min, 0.05 1/min]", "[0.02 1/min, 0.08 1/min]"))
    state = other.state()
    assert (state.done, state.other) == (20, 20)
    assert other.run().skipped == 20


def test_a_ledger_of_another_version_is_refused(described):
    _, sweep = described()
    sweep.folder.mkdir()
    vars(sweep.job)["about"] = {**sweep.job.about, "prenuc": "0.0.1"}
    sweep.open().close()
    _, today = described()
    with pytest.raises(InputError, match=r"prenuc 0\.0\.1 there"):
        today.run()


def test_a_ledger_of_another_model_is_refused(described):
    _, sweep = described()
    sweep.open().close()
    other = sweep.job.mechanism.with_constants({"isomerisation.k": "0.03 1/min"})
    with pytest.raises(InputError, match=r"model two-pathway/CdS \(\w+\) there, two-"):
        Sweep(replace(sweep.job, mechanism=other), sweep.folder).run()


def test_what_is_given_to_workers_does_not_grow_with_the_design(described):
    few, many = (
        described(f"design: random\nsamples: {count}\n{SPEC}")[0].job for count in (10, 100000)
    )
    assert many.values(99999) != few.values(9)  # points have been drawn
    assert abs(len(many.packed) - len(few.packed)) < 100


def test_a_worker_that_computes_otherwise_is_refused(tmp_path):
    """One with other kernels for products: its numbers would be other ones in the last bit."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    code = "import pathlib, sys; from prenuc.sweeps.spec import read_spec; "
    pack = code + "pathlib.Path('job').write_bytes(read_spec(pathlib.Path('spec.yaml')).job.packed)"
    work = "from prenuc.sweeps.job import answer; answer(open('job', 'rb').read(), [0, 1])"

    def run(text, kernels):
        environment = {**os.environ, "OPENBLAS_CORETYPE": kernels}
        words = [sys.executable, "-c", text]
        return subprocess.run(
            words, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
        )

    assert run(pack, "Haswell").returncode == 0
    assert run(work, "Haswell").returncode == 0
    if "arithmetic" not in run(work, "Prescott").stderr:
        pytest.skip("numpy's library has the same kernels for all machines")
    assert "a worker is unlike" in run(work, "Prescott").stderr


def test_the_name_of_a_task_hangs_on_all_that_its_answer_does(described):
    _, sweep = described()
    one = sweep.job
    others = [
        replace(one, solver=pn.Rodas(rtol=1e-7)),
        replace(one, keep=one.keep[:1]),
        replace(one, protocol=one.protocol.with_duration({"hold flask": "11 min"})),
        replace(one, roles=("vary", "vary", "vary")),
    ]
    names = {job.id(0) for job in (one, *others)}
    assert len(names) == 1 + len(others)
    assert len(set(sweep.ids)) == TASKS


# ---- clusters ----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_that_loses_a_worker_gives_the_same_table(described, undisturbed):
    distributed = pytest.importorskip("distributed", reason="pip install 'prenuc[dask]'")
    from prenuc.sweeps.cluster import dask_executor

    _, sweep = described()
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        killed = []

        def kill_one(_):
            if not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.process.process.pid if worker.process else None)
                os.kill(killed[0], signal.SIGKILL)

        with dask_executor(cluster.scheduler_address) as (executor, workers):
            state = sweep.run(workers=workers, executor=executor, progress=kill_one)
    assert killed
    assert state.done == TASKS
    assert write_table(sweep, "csv").read_bytes() == undisturbed


@pytest.mark.filterwarnings("ignore")
def test_jobs_of_submitit_give_the_same_table(described, undisturbed):
    pytest.importorskip("submitit", reason="pip install 'prenuc[slurm]'")
    _, sweep = described()
    state = run_slurm(sweep, 2, cluster="local")
    assert (state.done, state.skipped) == (TASKS, 0)
    assert write_table(sweep, "csv").read_bytes() == undisturbed


def test_dots_that_are_not_there_have_no_size(described):
    _, sweep = described(SPEC.replace("heat flask: {from: 140", "heat flask: {from: 61"))
    job = sweep.job
    (entry,) = job.answers([0])
    found = dict(zip(job.columns, job.read(entry), strict=True))
    assert np.isnan(found["diameter of dots in cuvette 1"])
    assert found["amount of MSC-311 in cuvette 1"] >= 0.0


# ---- the command -------------------------------------------------------------------------------


@pytest.fixture
def prenuc(tmp_path):
    """The command on a description of six tasks; its answer."""
    from click.testing import CliRunner

    from prenuc.present.cli.sweeping import sweep

    small = SPEC.replace("steps: 5", "steps: 3").replace("steps: 4", "steps: 2")

    def run(*words, text=small):
        (tmp_path / "spec.yaml").write_text(text.replace("[0.02 1/min, 0.05 1/min]", "0.02 1/min"))
        path = str(tmp_path / "spec.yaml")
        given = [path if word == "SPEC" else word for word in words]
        return CliRunner().invoke(sweep, [*given, "--out", str(tmp_path / "out"), "--workers", "1"])

    return run


def test_a_dry_run_says_how_much_there_is_and_leaves_nothing(prenuc, tmp_path):
    answer = json.loads(prenuc("SPEC", "--dry-run", "--json").stdout)
    assert (answer["tasks"], answer["done"]) == (6, 0)
    assert answer["seconds_left"] == pytest.approx(6 * answer["seconds_each"])
    assert not (tmp_path / "out").exists()


def test_shards_by_the_command_are_merged_by_the_command(prenuc, tmp_path):
    for number in ("1/2", "2/2"):
        assert prenuc("SPEC", "--shard", number).exit_code == 0
    assert len(list((tmp_path / "out").glob("shard-*"))) == 2
    answer = json.loads(prenuc("merge", "SPEC", "--json").stdout)
    assert answer["done"] == 6
    assert {one.name for one in (tmp_path / "out").iterdir()} == {
        "sweep.sqlite",
        "results.csv",
        "map.svg",
        "best.yaml",
        "worst.yaml",
    }


def test_a_changed_description_is_told_what_is_kept(prenuc):
    prenuc("SPEC")
    other = SPEC.replace("steps: 4", "steps: 2")
    said = prenuc("SPEC", text=other)
    assert "6 of 10 tasks are kept" not in said.stderr  # nothing is other: the grid has grown
    assert "6 of 10 tasks are done already" in said.stderr
    fewer = other.replace("{from: 140 degC, to: 220 degC, steps: 5}", "[140 degC, 150 degC]")
    said = prenuc("SPEC", text=fewer)
    assert "2 of 4 tasks are kept, 8 others" in said.stderr


def test_jobs_by_the_command_are_tried_on_this_machine(prenuc, tmp_path, undisturbed):
    pytest.importorskip("submitit", reason="pip install 'prenuc[slurm]'")
    answer = json.loads(prenuc("SPEC", "--slurm", "--local", "--jobs", "2", "--json").stdout)
    assert answer["done"] == 6
    table = (tmp_path / "out" / "results.csv").read_text("utf-8-sig").split("\n")
    rows = undisturbed.decode().split("\n")
    own = [",".join(row.split(",")[1:]) for row in table if row]  # without the names of tasks
    assert len(own) == 7
    assert {*own} <= {",".join(row.split(",")[1:]) for row in rows}


@pytest.mark.parametrize("part", ["0/3", "4/3", "a/b", "3"])
def test_a_part_that_is_none_is_refused(prenuc, part):
    assert isinstance(prenuc("SPEC", "--shard", part).exception, InputError)


def test_every_format_holds_the_same_table(prenuc, tmp_path):
    import pandas as pd
    import xarray as xr

    for to in ("csv", "xlsx", "netcdf", "parquet"):
        assert prenuc("SPEC", "--to", to).exit_code == 0
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    book = pd.read_excel(tmp_path / "out" / "results.xlsx", skiprows=[1])  # of units
    column = "share of PC in cuvette 2"
    text = [float(row[column]) for row in rows]
    np.testing.assert_allclose(book[column], text, rtol=1e-15)  # a workbook has 16 digits
    with xr.open_dataset(tmp_path / "out" / "results.nc", engine="scipy") as data:
        np.testing.assert_array_equal(data["share of PC"][:, 1], text)
    flat = pd.read_parquet(tmp_path / "out" / "results.parquet")
    assert list(flat) == list(rows[0])
    np.testing.assert_array_equal(flat[column], text)
    assert flat["heat flask"].tolist() == [row["heat flask"] for row in rows]


@pytest.mark.parametrize(
    ("to", "missing", "extra"),
    [("xlsx", "openpyxl", "data"), ("netcdf", "xarray", "data"), ("parquet", "pyarrow", "parquet")],
)
def test_a_library_that_is_not_there_is_named(prenuc, tmp_path, monkeypatch, to, missing, extra):
    monkeypatch.setitem(sys.modules, missing, None)
    said = prenuc("SPEC", "--to", to).exception
    assert isinstance(said, InputError)
    assert f"{missing} is not installed" in str(said)
    assert f"pip install 'prenuc[{extra}]'" in str(said)
    assert not list((tmp_path / "out").glob("results*"))
