"""Compiled kernels are kept on disk, and what is kept is never stale."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import prenuc
from prenuc.simulation.engine_cache import kernels_are_compiled
from prenuc.simulation.evolve import evolve
from prenuc.simulation.kernels import compiled, rodas
from prenuc.simulation.kernels.compiled import HERE, cache_folder, source_hash
from test_engine import DECAY

OUTER = """\
from mini.compiled import entry
from mini.inner import power

@entry
def twice(x):
    return 2.0 * power(x)

print(twice(3.0), len(twice.stats.cache_hits))
"""
INNER = """\
from mini.compiled import part

@part
def power(x):
    return x
"""


def python(folder, *arguments, cache="cache"):
    """Return what a fresh process with ``folder`` on its path prints."""
    cache = {"PRENUC_CACHE": str(folder / cache), "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | cache,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.fixture
def mini(tmp_path):
    """Return a folder with kernels of its own: one calls another in another file."""
    (tmp_path / "mini").mkdir()
    for name, text in {"__init__": "", "inner": INNER, "outer": OUTER}.items():
        (tmp_path / "mini" / f"{name}.py").write_text(text, encoding="utf-8")
    shutil.copy(HERE / "compiled.py", tmp_path / "mini")
    return tmp_path


def test_an_edited_callee_in_another_file_is_seen(mini):
    assert python(mini, "-m", "mini.outer") == ["6.0", "0"]
    assert python(mini, "-m", "mini.outer") == ["6.0", "1"]  # from the disk
    inner = mini / "mini" / "inner.py"
    inner.write_text(INNER.replace("return x", "return x * x"), encoding="utf-8")
    assert python(mini, "-m", "mini.outer") == ["18.0", "0"]
    inner.write_text(INNER, encoding="utf-8")
    assert python(mini, "-m", "mini.outer") == ["6.0", "1"]  # the old one is still there


def test_where_nothing_can_be_kept_nothing_stale_is_served(mini):
    """numba would fall back on __pycache__, which does not see the callee."""
    (mini / "file").touch()
    for law, result in (("return x", "6.0"), ("return x * x", "18.0")):
        inner = INNER.replace("return x", law)
        (mini / "mini" / "inner.py").write_text(inner, encoding="utf-8")
        assert python(mini, "-m", "mini.outer", cache="file/no-folder") == [result, "0"]


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.py")))
def test_the_folder_follows_every_file(name, tmp_path):
    copy = tmp_path / "kernels"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert source_hash(copy) == source_hash()
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("# \n")
    assert source_hash(copy) != source_hash()


def test_a_file_that_comes_or_goes_is_another_folder(tmp_path):
    copy = tmp_path / "kernels"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "more.py").touch()
    assert source_hash(copy) != source_hash()
    (copy / "more.py").unlink()
    (copy / "dense.py").rename(copy / "solid.py")
    assert source_hash(copy) != source_hash()


def test_the_user_says_where_kernels_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("PRENUC_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path / f"kernels-{source_hash()}"
    monkeypatch.delenv("PRENUC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(compiled.sys, "platform", "linux")
    assert cache_folder().parent == tmp_path / "mine" / "prenuc"
    assert tmp_path not in Path(rodas.integrate.stats.cache_path).parents  # decided when imported


def test_kernels_are_kept_in_that_folder(tmp_path, monkeypatch):
    evolve(DECAY, [1.0])
    assert cache_folder() in Path(rodas.integrate.stats.cache_path).parents
    assert kernels_are_compiled()
    monkeypatch.setenv("PRENUC_CACHE", str(tmp_path))
    assert not kernels_are_compiled()


def test_kernels_of_another_numba_do_not_count(monkeypatch):
    evolve(DECAY, [1.0])
    monkeypatch.setattr("numba.__version__", "0.0.1")
    assert not kernels_are_compiled()


RUN = """\
from prenuc.mechanism import Arrhenius, Component, Mechanism, Reaction
from prenuc.mechanism.reaction import Power
from prenuc.simulation.evolve import evolve
decay = Reaction("R", {"S": -1.0}, Arrhenius(1.0), (Power({"S": 1.0}, 3.0),))
model = Mechanism("decay", {"S": Component("S")}, (decay,))
print(repr(float(evolve(model, [1.0], start={"S": 1.0}).of("S")[-1])))
"""


@pytest.mark.study
def test_an_edited_law_of_the_package_changes_the_result(tmp_path):
    """Two compilations of the whole engine: S³ becomes S² in a callee two files away."""
    source = Path(prenuc.__file__).parent
    shutil.copytree(source, tmp_path / "prenuc", ignore=shutil.ignore_patterns("__pycache__"))
    assert float(python(tmp_path, "-c", RUN)[0]) == pytest.approx(3**-0.5, rel=1e-8)
    rates = tmp_path / "prenuc" / "simulation" / "kernels" / "rates.py"
    text = rates.read_text(encoding="utf-8")
    assert text.count("return x * x * x\n") == 1
    rates.write_text(text.replace("return x * x * x\n", "return x * x\n"), encoding="utf-8")
    assert float(python(tmp_path, "-c", RUN)[0]) == pytest.approx(1 / 2, rel=1e-3)
