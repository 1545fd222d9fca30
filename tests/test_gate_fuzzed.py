"""Thirty thousand inputs, half of them broken: each is answered, or refused in clear lines.

With the command lines and saved answers of ``test_gate_commands.py`` they are fifty thousand.

Healthy inputs are drawn from grammars of the package's own files, sentences, schemes and units;
half of them are then damaged: characters lost, doubled or foreign, lines moved, values emptied.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from fuzzing import LARGEST, NUMBERS, SEED, SPECIES, damaged, largest
from prenuc.errors import PrenucError
from prenuc.facts.catalogue import entries
from prenuc.infer.schemes.scheme import parse as parse_scheme
from prenuc.mechanism.network_file import read_mechanism
from prenuc.protocol.protocol import Protocol, read_protocol
from prenuc.quantities import parse as parse_quantity
from prenuc.sweeps.spec import read_spec
from prenuc.thermodynamics.check import check

WAYS_BACK = [
    *[("->", "")] * 4,
    ("->", ", irreversible: {because: the gas leaves}"),
    ("<->", ", k_reverse: 0.3"),
    ("<->", ", K: 4"),
    ("<->", ", K: {value: 4, at: 60 degC, dH: -20}"),
]
UNITS = ["s", "min", "h", "mol/L", "mmol/L", "1/min", "L/mmol/min", "degC", "nm", "kJ/mol", "m^2"]


def network(rng):
    names = rng.sample(SPECIES, rng.randint(2, 4))
    lines = ["units: {time: s, concentration: mol/L, energy: kJ/mol}", "species:"]
    lines += [f"  {name}: {{initial: {rng.choice(NUMBERS)}}}" for name in names]
    lines.append("reactions:")
    for _ in range(rng.randint(1, 3)):
        one, other = rng.sample(names, 2)
        k = rng.choice([*NUMBERS, "{at: 25 degC, value: 1, Ea: 50}"])
        arrow, back = rng.choice(WAYS_BACK)
        lines.append(f"  - {{equation: '{one} {arrow} {other}', k: {k}{back}}}")
    return "\n".join(lines) + "\n"


def scheme(rng):
    steps = [rng.choice(["A -> B", "A <-> B", "A -8-> B", "2 A -> B", "A + B -> 2 B", "B -> C"])]
    text = "; ".join(steps + rng.sample(["B -> C", "A -> C"], rng.randint(0, 1)))
    return text + rng.choice(["", "", " after lag"])


def quantity(rng):
    return f"{rng.choice(NUMBERS)} {rng.choice(UNITS)}"


def sentences(rng):
    recipe = rng.choice([*entries("recipes").values()])
    return "\n".join(str(step) for step in Protocol.from_recipe(recipe).steps)


def protocol(rng):
    recipe = rng.choice([*entries("recipes").values()])
    steps = Protocol.from_recipe(recipe).steps
    names = {"name": "mine", "mechanism": f"two-pathway/{recipe.material}"}
    kept = rng.sample([*names], rng.randint(0, 2))
    head = "".join(f"{name}: {names[name]}\n" for name in kept)
    return head + "protocol:\n" + "".join(f"  - '{step}'\n" for step in steps)


def blocks(rng):
    """A mechanism in blocks as the documentation writes one."""
    amount, k, energy = rng.choice(NUMBERS), rng.choice(["0.01", "1.4e-6"]), rng.choice(NUMBERS)
    law = rng.choice([k, f"{{value: {k}, at: 25 degC, Ea: {energy}}}", f"{k} 1/h"])
    catalysts = rng.choice(
        ["", "\n    catalysts: {toluene: {}}", "\n    catalysts: {HPPh2: {half: 2}}"]
    )
    return f"""units: {{time: min, concentration: mmol/L, energy: kJ/mol}}
components:
  PC-311: {{initial: {amount}, composition: {{Cd: 2, S: 1, oleate: 2}}, kind: PC}}
  MSC-311:
    composition: {{Cd: 2, S: 1, oleate: 2}}
    kind: MSC
    formed: {{from: PC-311, K: 9.8, at: 25 degC, H: -30}}
  HPPh2: {{initial: 10}}
  toluene: {{initial: 9400}}
reactions:
  isomerisation:
    equation: PC-311 <-> MSC-311
    k: {law}{catalysts}
"""


def change(rng):
    material = rng.choice(["CdS", "CdSe"])
    k = f"{rng.choice(['0.03', '2', '1e-3'])} 1/{rng.choice(['min', 'h', 's'])}"
    return f"based_on: two-pathway/{material}\nchange:\n  isomerisation.k: {k}\n"


def sweep(rng):
    """A description of many flasks, with every section that there is."""
    ramp = "heat flask: {from: 170 degC, to: 180 degC}"
    step = rng.choice(["hold flask: [19 min, 20 min]", ramp])
    design = rng.choice(["grid", "random\nsamples: 3\nseed: 2", "sobol\nsamples: 4"])
    kept = rng.sample(["share of PC", "absorbance at 311 nm", "diameter of dots", "spectra"], 2)
    return f"""recipe: cds-msc-311-in-toluene
design: {design}
vary:
  {step}
constants:
  isomerisation.k: {{from: 0.01 1/min, to: 0.1 1/min, steps: 3, scale: log}}
keep: [share of MSC-311, {", ".join(kept)}]
map: {{x: isomerisation.k, y: {step.partition(":")[0]}, of: share of MSC-311}}
rank: share of MSC-311
solver: {{rtol: {rng.choice(["1e-6", "1e-5"])}}}
"""


def read_sweep(text, folder):
    path = folder / "sweep.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return read_spec(path)


def read_batch(text, folder):
    path = folder / "batch.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return read_protocol(path)


def read_network(text, folder):
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    found = read_mechanism(path)
    check(found).as_dict()
    return found


KINDS = {
    "network": (network, read_network),
    "protocol": (protocol, read_batch),
    "blocks": (blocks, read_network),
    "change": (change, read_network),
    "sweep": (sweep, read_sweep),
    "scheme": (scheme, lambda text, _: parse_scheme(text, "min")),
    "quantity": (quantity, lambda text, _: parse_quantity(text)),
    "sentences": (sentences, lambda text, _: Protocol.from_text(text)),
}


@pytest.mark.study
@pytest.mark.parametrize("kind", KINDS)
def test_every_input_is_answered_or_refused(kind, tmp_path):
    make, read = KINDS[kind]
    rng = random.Random(f"{SEED} {kind}")  # noqa: S311  # no secret
    before = largest()
    answered = 0
    count = 4_300
    for number in range(count):
        healthy = make(rng)
        text = healthy if rng.random() < 0.5 else damaged(rng, healthy)
        said = "an answer"
        try:
            with np.errstate(all="ignore"):
                read(text, tmp_path)
            answered += 1
        except PrenucError as error:
            said = str(error).strip()
        except Exception as error:  # noqa: BLE001  # a traceback for the user
            pytest.fail(f"{kind} {number}: {error!r}\n{text[:2000]}")
        assert said, f"{kind} {number}: nothing is said\n{text[:2000]}"
    assert largest() - before < LARGEST
    assert answered >= 0.3 * count
