r"""E5: a pyrolysis whose species lie thirty decades apart.

.. math:: A \to B + C, \quad A + C \to D, \quad B + C \to, \quad D \to C

Enright, Hull and Lindberg 1975, BIT 15, 10, problem E5; constants and span of Hairer and Wanner
1996, Solving ODEs II, IV.10.

The law b = c + d follows from the stoichiometry. The numbers printed at 1e13 s in the Test Set for
Initial Value Problem Solvers 2.4 (b = 0.88677e-22, c = 0.88548e-22, d = 0) break it by 1.4 parts in
a thousand: rounding, also at quadruple precision, because b and c are ten decades below what they
once were. The values here keep the law exactly; see ``reference.py`` for how they were computed. At
1e13 s A is exp(−7890) of the start: below every number that a computer holds, so zero.
"""

from __future__ import annotations

from known_values.network import KnownNetwork

K1, K2, K3, K4 = 7.89e-10, 1.1e7, 1.13e9, 1.13e3  # 1/s, and L/(mol s) for the second and third
START = 1.76e-3
VALUES = {
    1e3: (
        1.6180769999072942e-3,
        1.3822370304983710e-10,
        8.251573500683819e-12,
        1.2997212954915329e-10,
    ),
    1e11: (3.769308219738973e-49, 1.0192582568142704e-20, 1.0192582568142704e-20, 3.7399013e-65),
    1e13: (0.0, 8.861233521291084e-23, 8.861233521291084e-23, 0.0),
}
PUBLISHED = {1e13: (0.1152903278711829e-290, 0.8867655517642120e-22, 0.8854814626268838e-22, 0.0)}
E5 = KnownNetwork(
    "E5",
    f"""\
species: {{A: {{initial: {START}}}, B: {{}}, C: {{}}, D: {{}}}}
reactions:
  - {{equation: "A -> B + C", k: {K1}}}
  - {{equation: "A + C -> D", k: {K2}}}
  - {{equation: "B + C ->", k: {K3}}}
  - {{equation: "D -> C", k: {K4}}}
""",
    VALUES,
    atol=1e-40,
    floor=1e-36,
)


def change(y):
    """Return the change of A, C, D; B = C + D never appears as a difference."""
    a, c, d = y
    made, caught, lost, freed = K1 * a, K2 * a * c, K3 * (c + d) * c, K4 * d
    return [-made - caught, made - caught - lost + freed, caught - freed]
