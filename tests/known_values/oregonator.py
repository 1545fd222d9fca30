"""OREGO: the Oregonator, a model of the Belousov-Zhabotinsky oscillation.

Field and Noyes 1974, J. Chem. Phys. 60, 1877; Hairer and Wanner 1996, Solving ODEs II, IV.10.
Values: Mazzia and Magherini 2008, Test Set for Initial Value Problem Solvers 2.4, problem OREGO
(RADAU at quadruple precision). The dimensionless equations are read as a network in mmol/L and s.
"""

from __future__ import annotations

from known_values.network import KnownNetwork

S, Q, W = 77.27, 8.375e-6, 0.161
OREGONATOR = KnownNetwork(
    "OREGO",
    f"""\
units: {{concentration: mmol/L}}
species: {{X: {{initial: 1}}, Y: {{initial: 2}}, Z: {{initial: 3}}}}
reactions:
  - {{equation: "Y -> X + Y", k: {S}}}
  - {{equation: "X -> 2 X", k: {S}}}
  - {{equation: "2 X -> X", k: {S * Q!r}}}
  - {{equation: "X + Y -> Y", k: {S}}}
  - {{equation: "X + Y -> X", k: {1 / S!r}}}
  - {{equation: "Y ->", k: {1 / S!r}}}
  - {{equation: "Z -> Y + Z", k: {1 / S!r}}}
  - {{equation: "X -> X + Z", k: {W}}}
  - {{equation: "Z ->", k: {W}}}
""",
    {360.0: (0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846706e3)},
)


def change(y):
    """Return the change of X, Y, Z, as the Test Set prints it."""
    x, y, z = y
    return [S * (y + x * (1 - Q * x - y)), (z - (1 + x) * y) / S, W * (x - z)]
