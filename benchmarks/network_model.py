"""The stiff network of the benchmarks: two pathways cut down to twelve species, 20 constants.

A precursor pair forms an assembly (AS), which turns into a first precursor compound stage (Q1) and,
over Q2 and Q3, into PC and MSC; monomers (M) come from Q1, make dimers (D) and trimers (T), and
trimers feed Q1. MSC also grows on its own. All mass action, mmol/L and s; the constants are made up
and span twelve decades. At 2000 s everything still moves.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prenuc.mechanism.mechanism import Mechanism

DURATION = 2000.0  # s
INITIAL = {"Cd": 30.0, "S": 15.0}  # mmol/L
SPECIES = ("Cd", "S", "BP", "AS", "Q1", "Q2", "Q3", "PC", "MSC", "M", "D", "T")
REACTIONS = (
    ("Cd + S -> AS", 10.0),
    ("AS -> Cd + S", 1e3),
    ("AS -> Q1 + BP", 2e-2),
    ("Q1 + BP -> AS", 1e-4),
    ("Q1 -> Q2", 5.0),
    ("Q2 -> Q1", 50.0),
    ("Q2 -> Q3", 1e4),
    ("Q3 -> Q2", 1e5),
    ("Q3 -> PC", 1.0),
    ("PC -> Q3", 1e-4),
    ("PC -> MSC", 1e-3),
    ("MSC -> PC", 1e-5),
    ("Q1 -> M", 1e-2),
    ("M -> Q1", 1e-3),
    ("2 M -> D", 1e4),
    ("D -> 2 M", 1e6),
    ("D + M -> T", 1e5),
    ("T -> D + M", 1e7),
    ("T -> 3 Q1", 1e-1),
    ("AS + MSC -> 2 MSC + BP", 1e-5),
)
SPREAD, SEED = 0.5, 5  # of ln k in the ensemble


def constants() -> list[float]:
    """Return the rate constants."""
    return [k for _, k in REACTIONS]


def constant_sets(count: int) -> NDArray[np.float64]:
    """Return log-normal rate constants, shape (count, 20)."""
    noise = np.random.default_rng(SEED).normal(scale=SPREAD, size=(count, len(REACTIONS)))
    sets: NDArray[np.float64] = np.array(constants()) * np.exp(noise)
    return sets


def question(task: str, **more: object) -> dict[str, Any]:
    """Return the network as a JSON document for peers."""
    return {
        "task": task,
        "species": SPECIES,
        "reactions": [equation for equation, _ in REACTIONS],
        "constants": constants(),
        "initial": [INITIAL.get(name, 0.0) for name in SPECIES],
        "duration": DURATION,
        **more,
    }


def yaml() -> str:
    """Return the network as a user of ours writes it."""
    lines = ["units: {time: s, concentration: mmol/L, energy: kJ/mol}", "species:"]
    lines += [f"  {name}: {{initial: {INITIAL.get(name, 0.0)}}}" for name in SPECIES]
    lines += ["reactions:"]
    lines += [f'  - {{equation: "{equation}", k: {k!r}}}' for equation, k in REACTIONS]
    return "\n".join([*lines, ""])


def mechanism() -> Mechanism:
    """Return the network in our own words."""
    from prenuc.mechanism import read_mechanism

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "twelve-species.yaml"
        path.write_text(yaml(), encoding="utf-8")
        return read_mechanism(path)
