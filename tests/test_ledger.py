"""What a ledger keeps, whatever happens to the process or to the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import faults
from prenuc.errors import InputError
from prenuc.ledger import Entry, Ledger, merge

ABOUT = {"prenuc": "1", "facts and code": "a"}

WRITER = """
import sys
from pathlib import Path
from prenuc.ledger import Entry, Ledger
ledger = Ledger(Path(sys.argv[1]), {"prenuc": "1", "facts and code": "a"})
for i in range(int(sys.argv[2]), 100000):
    ledger.add([Entry(f"task {i:06d}", bytes([i % 256]) * 50)])
    print(i, flush=True)
"""

CAREFUL = """
import sys
from pathlib import Path
from prenuc.errors import InputError
from prenuc.ledger import Entry, Ledger
try:
    with Ledger(Path(sys.argv[1]), {"prenuc": "1", "facts and code": "a"}) as ledger:
        for i in range(12):
            ledger.add([Entry(f"task {i:06d}", bytes([i]) * 5000)])
            print(i, flush=True)
except InputError as error:
    print("said:", error)
"""


def entries(path):
    with Ledger(path, ABOUT) as ledger:
        return list(ledger.entries())


def test_what_was_added_is_there_and_a_first_answer_stays(tmp_path):
    path = tmp_path / "deep" / "ledger.sqlite"
    with Ledger(path, ABOUT) as ledger:
        ledger.add([Entry("b", b"\x00\xff"), Entry("a", b"", "it boils")])
        ledger.add([Entry("b", b"other")])
        assert ledger.ids() == {"a", "b"}
        assert ledger.get("b") == Entry("b", b"\x00\xff")
        assert ledger.get("c") is None
    assert entries(path) == [Entry("a", b"", "it boils"), Entry("b", b"\x00\xff")]
    assert [one.name for one in path.parent.iterdir()] == ["ledger.sqlite"]


@pytest.mark.parametrize("kills", [12, pytest.param(50, marks=pytest.mark.study)])
def test_nothing_that_was_added_is_lost_to_a_kill(tmp_path, kills):
    """Kills at random instants, each followed by a writer that goes on."""
    path, seen = tmp_path / "ledger.sqlite", 0
    instants = np.random.default_rng(4)
    for _ in range(kills):
        command = [sys.executable, "-c", WRITER, str(path), str(seen)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            last = int(writer.stdout.readline())
            time.sleep(instants.uniform(0.0, 0.1))
            os.kill(writer.pid, signal.SIGKILL)
            told = [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        last = told[-1] if told else last
        found = entries(path)
        assert [one.id for one in found] == [f"task {i:06d}" for i in range(len(found))]
        assert all(one.answer == bytes([i % 256]) * 50 for i, one in enumerate(found))
        assert last + 1 <= len(found) <= last + 2  # one may be there that could not be told
        seen = len(found)


@faults.can_be_made
def test_a_fault_of_the_disk_is_said_and_what_was_added_stays(tmp_path):
    """Every write and every fsync in turn finds the disk full."""
    library = faults.library(tmp_path)
    failed = 0
    for at in range(1, 40):
        path = tmp_path / f"{at}.sqlite"
        done = faults.run([sys.executable, "-c", CAREFUL, str(path)], library, at)
        assert done.returncode == 0
        told = [line for line in done.stdout.split("\n") if line.isdigit()]
        failed += "said:" in done.stdout
        assert "Traceback" not in done.stderr
        found = [one.id for one in entries(path)]
        assert set(found) >= {f"task {int(i):06d}" for i in told}
    assert failed > 20  # the faults did happen


@pytest.mark.parametrize("cut", [1, 40, 500, 3000])
def test_a_torn_log_loses_what_was_torn_and_nothing_before(tmp_path, cut):
    path = tmp_path / "ledger.sqlite"
    code = (
        WRITER.replace("100000", "8") + "\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, path, "0"], check=False, capture_output=True)
    log = path.with_name(path.name + "-wal")
    os.truncate(log, log.stat().st_size - cut)
    found = [one.id for one in entries(path)]
    assert found == [f"task {i:06d}" for i in range(len(found))]
    assert len(found) in {6, 7}


def test_a_ledger_of_other_work_is_refused_with_what_differs(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger(path, ABOUT).close()
    with pytest.raises(InputError, match="prenuc 1 there, 2 here; instructions none there, avx2 h"):
        Ledger(path, {**ABOUT, "prenuc": "2", "instructions": "avx2"})


@pytest.mark.parametrize("content", [b"no ledger at all, but text of some length" * 30, b"SQLite"])
def test_a_file_of_somebody_else_is_left_alone(tmp_path, content):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no ledger"):
        Ledger(path, ABOUT)
    assert path.read_bytes() == content


def test_a_database_of_somebody_else_is_left_alone(tmp_path):
    import sqlite3

    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="no ledger"):
        Ledger(path, ABOUT)
    assert path.read_bytes() == before


def test_a_place_where_nothing_can_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        Ledger(tmp_path / "file" / "ledger.sqlite", ABOUT)
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be opened"):
        Ledger(tmp_path / "folder", ABOUT)


def test_two_processes_do_not_write_to_one_ledger(tmp_path, monkeypatch):
    monkeypatch.setattr("prenuc.ledger.PATIENCE", 0.0)
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, ABOUT), pytest.raises(InputError, match="another process"):
        Ledger(path, ABOUT)


def test_shards_are_merged_and_taken_away(tmp_path):
    shards = [tmp_path / f"shard-{i}.sqlite" for i in range(3)]
    for i, path in enumerate(shards):
        with Ledger(path, ABOUT) as shard:
            shard.add([Entry(f"{n}", bytes([n])) for n in range(i, i + 3)])
    with Ledger(tmp_path / "all.sqlite", ABOUT) as ledger:
        assert merge(ledger, shards, ABOUT) == 5
        assert ledger.ids() == set("01234")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["all.sqlite"]


# ---- who remembers in it ------------------------------------------------------------------------


def test_searches_that_are_remembered_are_not_made_again(tmp_path, monkeypatch):
    import prenuc.infer.calibration.search as searching
    from test_calibrate import toy_task
    from toy import toy_set

    path = tmp_path / "ledger.sqlite"
    with toy_set():
        first = searching.searches(toy_task("first.k"), 2, ledger=path)
        made = []
        plain = searching.search
        monkeypatch.setattr(searching, "search", lambda t, s: made.append(s) or plain(t, s))
        again = searching.searches(toy_task("first.k"), 3, ledger=path)
        other = searching.searches(toy_task("second.k"), 1, ledger=path)
    assert made == [2, 0]
    assert [(one.seed, one.cost, one.u.tolist()) for one in again[:2]] == [
        (one.seed, one.cost, one.u.tolist()) for one in first
    ]
    assert other[0].u.tolist() != first[0].u.tolist()


def test_checks_that_are_remembered_are_not_run_again(tmp_path, monkeypatch):
    import prenuc.infer.experiments.reproduce as bench

    path = tmp_path / "ledger.sqlite"
    first = bench.reproduce(["2b"], ledger=path)
    assert first
    asked = []
    monkeypatch.setattr(bench, "measure", lambda *given: asked.append(given[2]) or 0.0)
    again = bench.reproduce(["2b"], ledger=path)
    assert asked == []
    assert [row.as_dict() for row in again] == [row.as_dict() for row in first]
    rival = bench.reproduce(["2b"], runs=bench.experiments_for("classical"), ledger=path)
    assert len(asked) == len(rival)


def test_the_ledger_of_another_study_is_refused(tmp_path):
    from prenuc.ledger import memory

    path = tmp_path / "ledger.sqlite"
    with memory(path, "robustness") as kept:
        kept.keep("a", {"x": float("nan"), "y": [1, "two"]})
    with memory(path, "robustness") as kept:
        found = kept.get("a")
    assert np.isnan(found.pop("x"))
    assert found == {"y": [1, "two"]}
    with (
        pytest.raises(InputError, match="work robustness there, calibrate here"),
        memory(path, "calibrate"),
    ):
        pass
