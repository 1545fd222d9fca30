r"""Multi-step nucleation through dense liquid droplets, on one page.

The precursors make a solute (``shared_steps.py``, eq. S). Above the binodal it condenses to
droplets of a dense liquid, below it droplets dissolve; crystals nucleate only inside droplets, ν of
them in each; a crystal that finds solute grows on as a dot (``seed @ Scheme S4``, middle panel)::

    E + M → solute              k_supply(T) E M                                              (S)
    solute → droplet            k_cond(T) (c − c_b)₊                                         (1)
    droplet → solute            k_diss(T) D (1 − c/c_b)₊, at every stage                     (2)
    droplet → droplet.1 → … → crystals   ν k_cryst(T) D at each of ν stages                  (3)
    crystal → QD                k_leave(T) X (c − c_eq)₊                                     (4)
    solute → QD                 k_grow(T) m₍₂₋q₎ (c − c_eq)₊                                 (G)

Symbols: c solute, D droplets, X crystals, all mol/m³ of chalcogen; c_b the binodal, c_eq the
solubility of the crystal, both mol/m³; ν **nuclei per droplet**, the open question of Scheme S4;
N_d units in a droplet, so that a crystal has N_d/ν. One stage of (3) is the birth of one nucleus;
its rate ν k_cryst keeps the mean time 1/k_cryst whatever ν is. k_cryst may fall with temperature,
since a dense liquid crystallises faster the more it is undercooled.

ν = 1 makes one crystal from one droplet, one to one and first order: then a droplet that outlives
dilution is the precursor compound of the two-pathway model under another name, and no kinetics
alone can tell them apart. ν > 1 makes the rise sigmoid (an Erlang distribution of ν stages, on
which Avrami exponents above one are usually fitted) and the crystals smaller. What dilution does
tells more: every dispersion here lies below c_b, where droplets dissolve by (2).

What crystals show: the cluster of the catalogue that the set names. Their sizes are a number of
the set; a size of another value would need a spectrum that nobody has.

Limits of validity: droplets have one size; no coalescence and no capillarity of their own. Droplets
show no band. c_b does not change with temperature.

References: ``lee2016`` (non-classical paths); ``seed @ Scheme S4`` (its open questions, refs
[14,15] there, which the document at hand does not print).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import MechanismError
from prenuc.mechanism.mechanism import Component
from prenuc.mechanism.reaction import Excess, Power, Reaction, mass_action, total
from prenuc.mechanism.rivals.shared_steps import MONOMER, Rival, clusters, dots_of, growth, supply

if TYPE_CHECKING:
    from prenuc.mechanism.roles import Roles


def _reactions(roles: Roles) -> list[Reaction]:
    stages, (crystal,) = _stages(roles), roles.clusters
    return [
        *supply(roles),
        *_binodal(roles, stages),
        *_crystallisation(roles, stages, crystal),
        _leaving(roles, len(stages), crystal),
        *growth(roles),
    ]


def _stages(roles: Roles) -> list[str]:
    """Return the names of a droplet at its stages, as many as it has nuclei."""
    nuclei = roles.number("nuclei per droplet")
    if nuclei < 1 or nuclei != round(nuclei):
        what = f"{nuclei:g} nuclei per droplet is no count"
        mend = "Give a whole number of 1 or more"
        raise MechanismError(what, mend, where="nuclei per droplet")
    return ["droplet", *(f"droplet.{i + 1}" for i in range(round(nuclei) - 1))]


def _liquid_and_crystals(roles: Roles) -> list[Component]:
    liquid = [Component(name, roles.unit, roles.basis, "droplet") for name in _stages(roles)]
    return [*liquid, *clusters(roles)]


def _binodal(roles: Roles, stages: list[str]) -> list[Reaction]:
    """Return (1) and (2)."""
    binodal = roles.number("binodal")
    return [
        Reaction(
            "condensation",
            {MONOMER: -1.0, stages[0]: 1.0},
            roles.constant("condensation"),
            (Excess({MONOMER: 1.0}, binodal),),
        ),
        *(
            Reaction(
                f"{stage} dissolves",
                {stage: -1.0, MONOMER: 1.0},
                roles.constant("dissolution"),
                (Power({stage: 1.0}), Excess({MONOMER: -1.0 / binodal}, -1.0)),  # 1 − c/c_b
            )
            for stage in stages
        ),
    ]


def _crystallisation(roles: Roles, stages: list[str], crystal: str) -> list[Reaction]:
    """Return (3): ν equal stages, the last of which shows as crystals."""
    each = roles.constant("crystallisation", len(stages))
    return [
        Reaction(f"{old} to {new}", {old: -1.0, new: 1.0}, each, mass_action({old: 1}))
        for old, new in zip(stages, [*stages[1:], crystal], strict=True)
    ]


def _leaving(roles: Roles, nuclei: int, crystal: str) -> Reaction:
    """Return (4): from now on the crystal counts as a dot."""
    size = roles.number("droplet.size") / nuclei
    law = (
        Power({crystal: 1.0}),
        roles.above_solubility(),
        *roles.modulations("leaving"),
    )
    became = total({crystal: -1.0}, dots_of(1.0, size))
    return Reaction("leaving", became, roles.constant("leaving"), law)


droplets = Rival("droplets", _reactions, _liquid_and_crystals)
