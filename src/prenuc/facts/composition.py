r"""Table S1 worked out: mass, atoms and size of every reported composition, and who excludes whom.

A formula is taken at its word; that several are reported for one absorption is kept. Sizes follow
from the volume of one unit of the bulk crystal, half of the metal and chalcogen atoms counting as
units, so a non-stoichiometric core such as Cd35Se20 has 27.5 of them:

.. math:: π D³/6 = L³/(6 √2) = \tfrac{1}{2} (N_M + N_E)\, v

with D the diameter of a sphere and L the edge of a tetrahedron of that volume v (N_M + N_E)/2.
Limits: a cluster is no piece of bulk, and ligands are left out.

Masses come from the library molmass (``pip install 'prenuc[mass]'``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prenuc.errors import FactsError, Problem
from prenuc.facts.catalogue import entries, get
from prenuc.facts.material import SPHERE_PER_EDGE, Material

if TYPE_CHECKING:
    from collections.abc import Mapping

    from molmass import Formula


def _counts(formula: str) -> dict[str, int]:
    """Return how many atoms of each element a formula holds."""
    return {item.symbol: item.count for item in _parsed(formula).composition().values()}


def _parsed(formula: str) -> Formula:
    try:
        import molmass
    except ImportError as error:
        raise FactsError("masses need the library molmass", "pip install 'prenuc[mass]'") from error
    problem = Problem(f"'{formula}' is not a formula", "Write as in '(CdSe)34' or 'Cd35Se20'")
    try:
        parsed = molmass.Formula(formula)
        empty = not parsed.atoms
    except molmass.FormulaError as error:
        raise FactsError(problem) from error
    if empty:
        raise FactsError(problem)
    return parsed


def mass_of(formula: str) -> float:
    """Return the average mass of a formula in Da, such as ``mass_of("(CdSe)34")``.

    Raises:
        FactsError: It is not a formula, or molmass is not installed.
    """
    return float(_parsed(formula).mass)


def atoms_of(formula: str) -> int:
    """Return the number of atoms of a formula.

    Raises:
        FactsError: It is not a formula, or molmass is not installed.
    """
    return int(_parsed(formula).atoms)


def units_of(formula: str, material: Material) -> float:
    """Return half of the metal and chalcogen atoms: how many bulk units fill the same volume.

    Raises:
        FactsError: The formula holds neither the metal nor the chalcogen of the material.
    """
    counts = _counts(formula)
    units = 0.5 * (counts.get(material.metal, 0) + counts.get(material.chalcogen, 0))
    if not units:
        what = f"{formula} holds neither {material.metal} nor {material.chalcogen}"
        raise FactsError(what, "Give the material that the formula belongs to")
    return units


def tetrahedron(edge_atoms: int) -> tuple[int, int]:
    """Return metal and chalcogen atoms of a tetrahedron that ends in metal on every face."""
    n = edge_atoms
    return n * (n + 1) * (n + 2) // 6, (n - 1) * n * (n + 1) // 6


def edge_atoms_of(formula: str, material: Material) -> int | None:
    """Return the metal atoms along an edge if the composition is such a tetrahedron, else None."""
    counts = _counts(formula)
    found = counts.get(material.metal, 0), counts.get(material.chalcogen, 0)
    n = next((n for n in range(2, 41) if tetrahedron(n)[0] >= found[0]), 0)
    return n if n and tetrahedron(n) == found else None


@dataclass(frozen=True)
class CompositionRow:
    """One formula of one claim, worked out.

    Args:
        claim: Identifier of the claim.
        absorption_nm: Absorption that the formula is assigned to; None when there is none.
        formula: As reported.
        mass_da: Average mass of the formula.
        printed_da: Mass that the claim prints and that lies closest, if it prints any.
        atoms: Number of atoms.
        diameter_nm: Diameter of the sphere of equal volume.
        edge_nm: Edge of the tetrahedron of equal volume.
        edge_atoms: Metal atoms on an edge, if the composition is that of a metal-ended tetrahedron.
        shape: Shape that the claim assigns.
        excludes: Claims on the same absorption that cannot be true beside this one.
    """

    claim: str
    absorption_nm: float | None
    formula: str
    mass_da: float
    printed_da: float | None
    atoms: int
    diameter_nm: float
    edge_nm: float
    edge_atoms: int | None
    shape: str
    excludes: tuple[str, ...]


def composition_table() -> list[CompositionRow]:
    """Return one row for every formula of every composition claim of the catalogue (Table S1)."""
    rows = []
    for claim in entries("claims").values():
        if claim.kind != "composition":
            continue
        material: Material = get("materials", claim.material)
        printed = [
            value.quantity.to("Da")
            for name, value in claim.quantities.items()
            if name.startswith("mz")
        ]
        for formula in claim.formulae:
            mass = mass_of(formula)
            diameter = material.diameter(units_of(formula, material))
            rows.append(
                CompositionRow(
                    claim=claim.id,
                    absorption_nm=claim.number("absorption", "nm"),
                    formula=formula,
                    mass_da=mass,
                    printed_da=_closest(printed, mass),
                    atoms=atoms_of(formula),
                    diameter_nm=diameter,
                    edge_nm=diameter / SPHERE_PER_EDGE,
                    edge_atoms=edge_atoms_of(formula, material),
                    shape=claim.shape,
                    excludes=claim.excludes,
                )
            )
    return rows


def _closest(masses: list[float], to: float) -> float | None:
    return min(masses, key=lambda mass: abs(mass - to), default=None)


@dataclass(frozen=True)
class MassMatch:
    """A composition that fits a mass.

    Args:
        counts: Metal atoms, chalcogen atoms, ligands by name.
        mass_da: Average mass.
        error_da: Mass less the measured one.
        charge: 2 per metal, −2 per chalcogen, −1 per ligand.
    """

    counts: Mapping[str, int]
    mass_da: float
    error_da: float
    charge: int


def candidates(
    mz: float,
    metal: str,
    chalcogen: str,
    *,
    ligand: str = "oleate",
    tolerance: float = 6.0,
    ratio: tuple[float, float] = (1.0, 2.3),
) -> list[MassMatch]:
    """Return every core with ligands whose average mass fits, closest first.

    Args:
        mz: Measured mass in Da, of an ion with one charge.
        metal: Element symbol.
        chalcogen: Element symbol.
        ligand: Moiety of the catalogue.
        tolerance: Largest difference in Da.
        ratio: Least and most metal atoms per chalcogen atom.
    """
    metal_mass, chalcogen_mass = mass_of(metal), mass_of(chalcogen)
    ligand_mass = mass_of(get("moieties", ligand).formula)
    found = []
    for x in range(1, int(mz / metal_mass) + 1):
        for y in range(max(1, math.ceil(x / ratio[1])), int(x / ratio[0]) + 1):
            core = x * metal_mass + y * chalcogen_mass
            z = round((mz - core) / ligand_mass)
            mass = core + z * ligand_mass
            if z >= 0 and abs(mass - mz) <= tolerance:
                counts = {metal: x, chalcogen: y, ligand: z}
                found.append(MassMatch(counts, mass, mass - mz, 2 * x - 2 * y - z))
    return sorted(found, key=lambda match: abs(match.error_da))
