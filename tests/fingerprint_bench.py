"""What every mechanism of the package is, in numbers, so that a move can be seen to change none.

``python tests/fingerprint_bench.py`` writes ``tests/data/fingerprints.json`` anew. Run it only
where a mechanism is meant to change, and read the difference. What is frozen stands in
``tests/data/fingerprints-0.1.json``, which nothing writes.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prenuc.conditions import Conditions
from prenuc.facts.catalogue import entries
from prenuc.mechanism.dots import Classes, Moments
from prenuc.mechanism.named import mechanism_named

if TYPE_CHECKING:
    from prenuc.mechanism.mechanism import Mechanism

FILE = Path(__file__).parent / "data" / "fingerprints.json"
FROZEN = FILE.with_name("fingerprints-0.1.json")
OTHER_METALS = {"CdS": "Cd(MSA)2", "CdTe": "Cd(OA)2", "CdSe": "Cd(OA)2"}
TEMPERATURES = 298.15, 453.15


def mechanisms() -> dict[str, Mechanism]:
    """Return every mechanism of the package, also with other metals."""
    return {label: one for name in entries("parameters") for label, one in _metals(name).items()}


def frozen() -> dict[str, Mechanism]:
    """Return every frozen mechanism, also with other metals and other ways to count."""
    found = {}
    for name, entry in entries("frozen").items():
        found |= _metals(name)
        if entry.model == "two-pathway":
            found[f"{name}, moments"] = mechanism_named(name, dots=Moments())
            fewer = mechanism_named(name, dots=Classes()).with_constants(
                {"stage.count": 2, "metal per chalcogen": 1.75, "nucleation.size": 31}
            )
            found[f"{name}, other structure"] = fewer
    return found


def _metals(name: str) -> dict[str, Mechanism]:
    found = {name: mechanism_named(name)}
    metal = OTHER_METALS.get(name.partition("/")[2].removesuffix("@0.1"))
    if metal is not None:
        found[f"{name} of {metal}"] = mechanism_named(name, metal=metal)
    return found


def amount(name: str) -> float:
    """Return some concentration (mol/m³) of a component: 0.1 to 2, always the same."""
    return 0.1 + 1.9 * int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32


def fingerprint(mechanism: Mechanism) -> dict[str, Any]:
    """Return components, constants, and what changes how fast in some mixture."""
    there = {name: amount(name) for name in mechanism.components}
    changes: dict[str, dict[str, float]] = {}
    for kelvin in TEMPERATURES:
        change = changes.setdefault(f"{kelvin:g} K", dict.fromkeys(mechanism.components, 0.0))
        for one in mechanism.all_reactions:
            rate = one.rate(Conditions(kelvin, 1.0, there, {}))
            for name, number in one.stoichiometry.items():
                change[name] += number * rate
    sizes = mechanism.population
    constants = [[name, value.as_dict()] for name, value in mechanism.constants.items()]
    return {
        "components": {
            name: [part.composition, part.basis, part.kind, part.species]
            for name, part in mechanism.components.items()
        },
        "constants": hashlib.sha256(json.dumps(constants).encode()).hexdigest(),
        "changes": changes,
        "reactions": sorted(one.name for one in mechanism.all_reactions),
        "sizes": sizes and [dict(sizes.nuclei), sizes.capillarity, sizes.smallest, sizes.largest],
    }


if __name__ == "__main__":
    recorded = {name: fingerprint(one) for name, one in mechanisms().items()}
    FILE.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
