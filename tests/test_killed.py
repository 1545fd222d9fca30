"""Killed at any instant, a command leaves old files or new ones, each whole, and loses no row.

The long study kills at 250 instants and more: a third of them uniform over the time of a run, the
others at a write, before and after an fsync, before and after a rename (``killing.py``). A further
command is one line of :data:`COMMANDS`.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commands import clusters, write
from killing import KEEPS

KILLER = Path(__file__).parent / "killing.py"
OLD = "an older file, which is whole\n"
LEDGERS = "study.sqlite", "out/sweep.sqlite"
SPEC = """recipe: cds-msc-311-in-toluene
vary:
  hold flask: {from: 15 min, to: 25 min, steps: 4}
keep: [share of PC]
rank: share of PC
"""
# What is run, and the files that it makes.
COMMANDS = {
    "simulate": (
        "simulate cds-msc-311-in-toluene --out out --report page.html",
        ["out/spectra.svg", "out/spectra.csv", "out/simulation.json", "page.html"],
    ),
    "report": ("report clusters.csv --to page.html", ["page.html"]),
    "correct": (
        "correct clusters.csv --offset '400 420 nm' --to out/corrected.csv",
        ["out/corrected.csv"],
    ),
    "convert": ("convert clusters.csv --to netcdf --out out/clusters.nc", ["out/clusters.nc"]),
    "calibrate": ("calibrate CdSe --starts 1 --workers 1 --out set.yaml", ["set.yaml"]),
    "robustness": (
        f"robustness --workers 1 --out study.json --page study.md --ledger {LEDGERS[0]}",
        ["study.json", "study.md"],
    ),
    "sweep": (
        "sweep spec.yaml --out out --workers 1",
        ["out/results.csv", "out/best.yaml", "out/worst.yaml"],
    ),
}
EACH, UNIFORM = 42, 14  # instants of a command, and those of them by the clock


class Bench:
    """Runs one command again and again in fresh folders, and knows what it makes in peace."""

    def __init__(self, command, folder):
        line, self.targets = COMMANDS[command]
        self.words = line.split()
        self.folder = folder
        self.count = 0
        began = time.monotonic()
        place = self.fresh()
        self.status = self.run(place, 0)
        self.lasts = time.monotonic() - began
        self.made = {name: content(place / name) for name in self.targets}
        self.instants = (place / KEEPS[0]).read_text(encoding="utf-8")

    def fresh(self):
        self.count += 1
        place = self.folder / str(self.count)
        (place / "out").mkdir(parents=True)
        for name in self.targets:
            (place / name).write_text(OLD, encoding="utf-8")
        write(clusters(), place / "clusters.csv")
        (place / "spec.yaml").write_text(SPEC, encoding="utf-8")
        return place

    def run(self, place, number, after=None):
        """Run it, to be killed at an instant of its own or after a time; return its status."""
        words = [sys.executable, str(KILLER), str(number), *self.words]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(words, cwd=place, stdout=quiet, stderr=quiet) as running:
            try:
                return running.wait(after)
            except subprocess.TimeoutExpired:
                running.kill()
                return running.wait()

    def chosen(self, count):
        """Return numbers of instants: those of fsync and rename, then of writes, spread evenly."""
        rare = [n for n, letter in enumerate(self.instants, 1) if letter != "w"]
        writes = [n for n, letter in enumerate(self.instants, 1) if letter == "w"]
        rare = spread(rare, min(len(rare), count * 2 // 3))
        return rare + spread(writes, min(len(writes), count - len(rare)))

    def check(self, place):
        """Hold that all files are old or new, and that another run is none the worse."""
        found = {name: content(place / name) for name in self.targets}
        for name, now in found.items():
            assert now in (OLD.encode(), self.made[name]), f"{name} is torn"
        visible = {p.name for p in place.rglob("*") if p.is_file() and p.name[0] != "."}
        given = {"clusters.csv", "spec.yaml"}
        ledgers = {Path(name).name + end for name in LEDGERS for end in ("", "-wal", "-journal")}
        assert visible <= {Path(name).name for name in self.targets} | given | ledgers
        rows = self.rows(place)
        sure = place / KEEPS[1]
        assert len(rows) >= (len(sure.read_text(encoding="utf-8")) if sure.exists() else 0)
        return rows

    def rows(self, place):
        rows = []
        for path in (place / name for name in LEDGERS):
            if path.exists():
                with contextlib.closing(sqlite3.connect(path)) as ledger:
                    if [*ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'answers'")]:
                        rows += ledger.execute("SELECT id, answer FROM answers")
        return rows

    def killed(self, number, after=None):
        place = self.fresh()
        status = self.run(place, number, after)
        assert status in ({-signal.SIGKILL} if number else {-signal.SIGKILL, self.status})
        rows = self.check(place)
        return place, rows

    def again(self, place, rows):
        """Hold that the next run makes everything, and goes on from the rows that there were."""
        assert self.run(place, 0) == self.status
        assert {name: content(place / name) for name in self.targets} == self.made
        now = self.rows(place)
        assert {*rows} <= {*now}  # nothing that was finished is done again


def content(path):
    """Return the bytes of a file, without the time that a run took."""
    found = path.read_bytes()
    if path.suffix == ".json" and found != OLD.encode():
        document = json.loads(found)
        document.get("stats", {}).pop("cpu_s", None)
        return json.dumps(document)
    return found


def spread(things, count):
    return [things[int((i + 0.5) * len(things) / count)] for i in range(count)]


@pytest.mark.study
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_at_any_instant_nothing_is_torn_or_lost(command, tmp_path):
    bench = Bench(command, tmp_path)
    times = [(0, bench.lasts * (i + 0.5) / UNIFORM) for i in range(UNIFORM)]
    points = bench.chosen(EACH - UNIFORM)
    places = [(number, None) for number in spread(points * 30, EACH - UNIFORM)]
    for i, (number, after) in enumerate([*times, *places]):
        place, rows = bench.killed(number, after)
        if i % 5 == 0:
            bench.again(place, rows)
        shutil.rmtree(place)


@pytest.mark.parametrize("command", ["convert", "robustness", "sweep"])
def test_killed_in_a_write_and_at_the_rename_nothing_is_torn_or_lost(command, tmp_path):
    bench = Bench(command, tmp_path)
    for letter in "wr":
        number = bench.instants.rindex(letter) + 1
        place, rows = bench.killed(number)
        assert list(place.rglob(".*.part"))  # it was in the middle of something
        bench.again(place, rows)


def test_the_study_would_see_a_torn_file(tmp_path):
    """A writer that does not go by ``prenuc.writing`` is found out."""
    bench = Bench("convert", tmp_path)
    place = bench.fresh()
    half = bench.made["out/clusters.nc"]
    (place / "out/clusters.nc").write_bytes(half[: len(half) // 2])
    with pytest.raises(AssertionError, match="torn"):
        bench.check(place)
