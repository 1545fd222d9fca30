"""POLLU: the chemistry of an air pollution model, 20 species and 25 reactions.

Verwer 1994, SIAM J. Sci. Comput. 15, 1243, Table 1. Values: Mazzia and Magherini 2008, Test Set for
Initial Value Problem Solvers 2.4, problem POLLU (RADAU5 at quadruple precision). The original
counts in ppm and minutes; ppm is read as umol/L.
"""

from __future__ import annotations

from known_values.network import KnownNetwork

REACTIONS = (
    ("NO2 -> NO + O3P", 0.35),
    ("NO + O3 -> NO2", 26.6),
    ("HO2 + NO -> NO2 + OH", 1.23e4),
    ("HCHO -> 2 HO2 + CO", 8.6e-4),
    ("HCHO -> CO", 8.2e-4),
    ("HCHO + OH -> HO2 + CO", 1.5e4),
    ("ALD -> MEO2 + HO2 + CO", 1.3e-4),
    ("ALD + OH -> C2O3", 2.4e4),
    ("C2O3 + NO -> NO2 + MEO2 + CO2", 1.65e4),
    ("C2O3 + NO2 -> PAN", 9.0e3),
    ("PAN -> C2O3 + NO2", 0.022),
    ("MEO2 + NO -> CH3O + NO2", 1.2e4),
    ("CH3O -> HCHO + HO2", 1.88),
    ("NO2 + OH -> HNO3", 1.63e4),
    ("O3P -> O3", 4.8e6),
    ("O3 -> O1D", 3.5e-4),
    ("O3 -> O3P", 0.0175),
    ("O1D -> 2 OH", 1.0e8),
    ("O1D -> O3P", 4.44e11),
    ("SO2 + OH -> SO4 + HO2", 1.24e3),
    ("NO3 -> NO", 2.1),
    ("NO3 -> NO2 + O3P", 5.78),
    ("NO2 + O3 -> NO3", 0.0474),
    ("NO3 + NO2 -> N2O5", 1.78e3),
    ("N2O5 -> NO3 + NO2", 3.12),
)
VALUES = {
    "NO2": 0.5646255480022769e-1,
    "NO": 0.1342484130422339,
    "O3P": 0.4139734331099427e-8,
    "O3": 0.5523140207484359e-2,
    "HO2": 0.2018977262302196e-6,
    "OH": 0.1464541863493966e-6,
    "HCHO": 0.7784249118997964e-1,
    "CO": 0.3245075353396018,
    "ALD": 0.7494013383880406e-2,
    "MEO2": 0.1622293157301561e-7,
    "C2O3": 0.1135863833257075e-7,
    "CO2": 0.2230505975721359e-2,
    "PAN": 0.2087162882798630e-3,
    "CH3O": 0.1396921016840158e-4,
    "HNO3": 0.8964884856898295e-2,
    "O1D": 0.4352846369330103e-17,
    "SO2": 0.6899219696263405e-2,
    "SO4": 0.1007803037365946e-3,
    "NO3": 0.1772146513969984e-5,
    "N2O5": 0.5682943292316392e-4,
}
START = {"NO": 0.2, "O3": 0.04, "HCHO": 0.1, "CO": 0.3, "ALD": 0.01, "SO2": 0.007}

_SPECIES = "\n".join(f"  {name}: {{initial: {START.get(name, 0.0)}}}" for name in VALUES)
_LINES = "\n".join(f'  - {{equation: "{equation}", k: {k}}}' for equation, k in REACTIONS)
POLLU = KnownNetwork(
    "POLLU",
    f"units: {{time: min, concentration: umol/L}}\nspecies:\n{_SPECIES}\nreactions:\n{_LINES}\n",
    {60.0: tuple(VALUES.values())},
    atol=1e-22,
)
