"""Thirty thousand inputs, half of them broken: each is answered, or refused in clear lines.

With the command lines and saved answers of ``test_gate_commands.py`` they are fifty thousand.

Healthy inputs are drawn from grammars of the package's own files, sentences, schemes and units;
half of them are then damaged: characters lost, doubled or foreign, lines moved, values emptied.
"""

from __future__ import annotations

import random
import time

import numpy as np
import pytest

from fuzzing import LARGEST, LONGEST, NUMBERS, SEED, SPECIES, damaged, largest
from prenuc.errors import PrenucError
from prenuc.facts.catalogue import entries
from prenuc.infer.schemes.scheme import parse as parse_scheme
from prenuc.mechanism.network_file import read_mechanism
from prenuc.protocol.protocol import Protocol
from prenuc.quantities import parse as parse_quantity

UNITS = ["s", "min", "h", "mol/L", "mmol/L", "1/min", "L/mmol/min", "degC", "nm", "kJ/mol", "m^2"]


def network(rng):
    names = rng.sample(SPECIES, rng.randint(2, 4))
    lines = ["units: {time: s, concentration: mol/L, energy: kJ/mol}", "species:"]
    lines += [f"  {name}: {{initial: {rng.choice(NUMBERS)}}}" for name in names]
    lines.append("reactions:")
    for _ in range(rng.randint(1, 3)):
        one, other = rng.sample(names, 2)
        k = rng.choice([*NUMBERS, "{at: 25 degC, value: 1, Ea: 50}"])
        lines.append(f"  - {{equation: '{one} -> {other}', k: {k}}}")
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


def read_network(text, folder):
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return read_mechanism(path)


KINDS = {
    "network": (network, read_network),
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
    count = 7_500
    for number in range(count):
        healthy = make(rng)
        text = healthy if rng.random() < 0.5 else damaged(rng, healthy)
        start, said = time.process_time(), "an answer"
        try:
            with np.errstate(all="ignore"):
                read(text, tmp_path)
            answered += 1
        except PrenucError as error:
            said = str(error).strip()
        except Exception as error:  # noqa: BLE001  # a traceback for the user
            pytest.fail(f"{kind} {number}: {error!r}\n{text[:2000]}")
        assert said, f"{kind} {number}: nothing is said\n{text[:2000]}"
        assert time.process_time() - start < LONGEST, f"{kind} {number}\n{text[:2000]}"
    assert largest() - before < LARGEST
    assert answered >= 0.3 * count
