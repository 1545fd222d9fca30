"""HIRES: high irradiance response of photomorphogenesis, eight species.

Schäfer 1975, J. Math. Biol. 2, 41; Hairer and Wanner 1996, Solving ODEs II, IV.10. Values: Mazzia
and Magherini 2008, Test Set for Initial Value Problem Solvers 2.4, problem HIRES (RADAU5 at
quadruple precision).
"""

from __future__ import annotations

from known_values.network import KnownNetwork

HIRES = KnownNetwork(
    "HIRES",
    """\
species:
  Pr: {initial: 1}
  Pfr: {}
  PrX: {}
  PfrX: {}
  PrX2: {}
  PfrX2: {}
  PfrX2E: {}
  E: {initial: 0.0057}
reactions:
  - {equation: "-> Pr", k: 0.0007}
  - {equation: "Pr <-> Pfr", k: 1.71, k_reverse: 0.43}
  - {equation: "PrX -> Pr", k: 8.32}
  - {equation: "Pfr -> PfrX", k: 8.32}
  - {equation: "PrX <-> PfrX", k: 1.71, k_reverse: 0.43}
  - {equation: "PrX2 -> PrX", k: 0.035}
  - {equation: "PfrX -> PfrX2", k: 0.69}
  - {equation: "PrX2 <-> PfrX2", k: 1.71, k_reverse: 0.43}
  - {equation: "PfrX2 + E <-> PfrX2E", k: 280, k_reverse: 0.69}
  - {equation: "PfrX2E -> PrX2 + E", k: 0.43}
  - {equation: "PfrX2E -> E", k: 0.69}
""",
    {
        321.8122: (
            0.7371312573325668e-3,
            0.1442485726316185e-3,
            0.5888729740967575e-4,
            0.1175651343283149e-2,
            0.2386356198831331e-2,
            0.6238968252742796e-2,
            0.2849998395185769e-2,
            0.2850001604814231e-2,
        )
    },
)


def change(y):
    """Return the change of all species, as the Test Set prints it."""
    y1, y2, y3, y4, y5, y6, y7, y8 = y
    bound = 280 * y6 * y8
    return [
        -1.71 * y1 + 0.43 * y2 + 8.32 * y3 + 0.0007,
        1.71 * y1 - 8.75 * y2,
        -10.03 * y3 + 0.43 * y4 + 0.035 * y5,
        8.32 * y2 + 1.71 * y3 - 1.12 * y4,
        -1.745 * y5 + 0.43 * y6 + 0.43 * y7,
        -bound + 0.69 * y4 + 1.71 * y5 - 0.43 * y6 + 0.69 * y7,
        bound - 1.81 * y7,
        -bound + 1.81 * y7,
    ]
