"""The page on Table S1, worked out: every formula of every claim, with mass and size beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pages import head_of, markdown

from prenuc.facts.catalogue import entries, get
from prenuc.facts.composition import candidates, composition_table, mass_of

if TYPE_CHECKING:
    from prenuc.facts.composition import CompositionRow

SHOWN = 10  # candidates of a mass that are printed


def number_or_dash(x: float | None, digits: int) -> str:
    """Return a number with a fixed number of decimals."""
    return "—" if x is None else f"{x:.{digits}f}"


def short(claim: str) -> str:
    """Return the name of a claim without the table's."""
    return claim.removeprefix("table-s1-").replace("-", " ")


def own_mass(row: CompositionRow) -> float | None:
    """Return the printed m/z if none of the claim's other formulae is closer to it."""
    mz = row.printed_da
    if mz is None:
        return None
    best = min(get("claims", row.claim).formulae, key=lambda formula: abs(mass_of(formula) - mz))
    return mz if best == row.formula else None


def masses() -> str:
    """Return printed and computed masses side by side."""
    rows = []
    for row in composition_table():
        mz = own_mass(row)
        if mz is not None:
            rows.append((row.formula, mz, row.mass_da, 2.0, short(row.claim)))
    zinc = entries("claims")["table-s2-znse-maldi"]
    formula, mz = zinc.formulae[0], zinc.number("mz", "Da") or math.nan
    rows.append((formula, mz, mass_of(formula), 10.0, "Table S2, ZnSe"))
    return markdown(
        ["formula", "printed m/z", "mass / Da", "difference / Da", "limit / Da", "claim"],
        [
            [
                formula,
                f"{mz:g}",
                f"{mass:.1f}",
                f"{mass - mz:+.1f}".replace("-", "−")
                + ("" if abs(mass - mz) <= limit else " **over**"),
                f"{limit:g}",
                claim,
            ]
            for formula, mz, mass, limit, claim in rows
        ],
    )


def many_formulae() -> str:
    """Return what the mass of PC-311 leaves open."""
    claim = entries("claims")["table-s2-cds-maldi"]
    mz = claim.number("mz", "Da") or math.nan
    found = candidates(mz, "Cd", "S", ligand="oleate", tolerance=6.0)
    lines = [
        [
            f"Cd{c.counts['Cd']}S{c.counts['S']}(oleate){c.counts['oleate']}",
            f"{c.mass_da:.1f}",
            f"{c.error_da:+.1f}".replace("-", "−"),
            f"{c.charge:+d}".replace("-", "−"),
        ]
        for c in found[:SHOWN]
    ]
    cadmium = [c.counts["Cd"] for c in found]
    neutral = sum(c.charge == 0 for c in found)
    return f"""PC-311 and MSC-311 are said to have m/z of about {mz:g}. Within 6 Da, with 1.0 to
2.3 Cd for each S and oleate as the only ligand, **{len(found)} compositions** fit, from
{min(cadmium)} to {max(cadmium)} cadmium atoms; {neutral} of them are neutral. Equal masses of two
samples say that the two are alike, not what they are. The first {SHOWN}, closest first:

{markdown(["composition", "mass / Da", "error / Da", "charge"], lines)}"""


def table() -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the worked-out table."""
    claims = entries("claims")
    lines = []
    for row in composition_table():
        claim = claims[row.claim]
        lines.append(
            [
                short(row.claim),
                number_or_dash(row.absorption_nm, 0),
                row.formula,
                f"{row.mass_da:.1f}",
                number_or_dash(own_mass(row), 1),
                str(row.atoms),
                f"{row.diameter_nm:.2f}",
                f"{row.edge_nm:.2f}",
                "—" if row.edge_atoms is None else str(row.edge_atoms),
                row.shape or "—",
                claim.method or "—",
                ", ".join(reference.key for reference in claim.references) or "—",
                "; ".join(short(other) for other in row.excludes) or "—",
            ]
        )
    return [
        "claim",
        "absorption / nm",
        "formula",
        "mass / Da",
        "printed m/z",
        "atoms",
        "sphere Ø / nm",
        "tetrahedron edge / nm",
        "metal atoms on an edge",
        "shape",
        "method",
        "works",
        "cannot be true beside",
    ], lines


def page() -> str:
    """Return the page on Table S1."""
    headings, lines = table()
    worked_out = composition_table()
    at_350 = sorted({row.formula for row in worked_out if row.absorption_nm == 350})
    return f"""{head_of("table-s1.md", "tables.py", "tables")}# Table S1, worked out

What was ever reported about the composition of CdSe clusters, {len(lines)} formulae of
{len({row.claim for row in worked_out})} claims. Claims contradict each other and stand
side by side; the last column says which. For 350 nm alone there are {", ".join(at_350)}.
Two claims exclude each other when they are about the same absorption (within 2 nm;
410 to 419 nm together, as in the comments of the table) and name other
compositions or other shapes.

Sizes are those of a piece of bulk crystal with the volume of the atoms of the formula, ligands left
out: the diameter of a sphere, and the edge of a tetrahedron of the same volume. A composition that
is exactly a tetrahedron ended by metal has its number of metal atoms on an edge. A cluster is no
piece of bulk, so the sizes order the claims and do not judge them. `prenuc list claims` lists
all of them, and `prenuc show` one with its source.

{markdown(headings, lines)}
## Masses against printed m/z

Average masses from standard atomic weights; nothing but the package is needed.

{masses()}
## What a mass leaves open

{many_formulae()}"""
