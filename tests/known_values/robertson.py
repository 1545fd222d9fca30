"""Robertson's autocatalysis, over fifteen decades of time.

Robertson 1966, in: Numerical Analysis, an Introduction (ed. Walsh), 178. The value at 1e11 s is
that of Mazzia and Magherini 2008, Test Set for Initial Value Problem Solvers 2.4, problem ROBER
(RADAU at quadruple precision); those used here were computed for this module as it says in
``reference.py``, and agree with it in twelve digits of A and B. (The published C is 1e-14 away
from 1 − A − B.)
"""

from __future__ import annotations

from known_values.network import KnownNetwork

PUBLISHED = {1e11: (0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050)}
VALUES = {
    40.0: (0.7158270687194051, 9.185534764558749e-6, 0.2841637457458304),
    4e7: (5.203071844120547e-5, 2.0813357318925327e-10, 0.9999479690734252),
    1e11: (2.0833401497012941e-8, 8.333360770334783e-14, 0.9999999791665152),
}
ROBERTSON = KnownNetwork(
    "Robertson",
    """\
units: {time: s, concentration: mol/L, energy: kJ/mol}
species: {A: {initial: 1.0}, B: {}, C: {}}
reactions:
  - {equation: "A -> B", k: 0.04}
  - {equation: "2 B -> B + C", k: 3.0e7}
  - {equation: "B + C -> A + C", k: 1.0e4}
""",
    VALUES,
    atol=1e-24,
)


def change(y):
    """Return the change of A, B, C."""
    a, b, c = y
    first, second, third = 0.04 * a, 3e7 * b * b, 1e4 * b * c
    return [third - first, first - third - second, second]
