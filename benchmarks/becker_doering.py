r"""A burst of nucleation that ripens, class by class, against CVODE and scipy.

Dots of n = 2 … N units take and lose monomers one at a time, diffusion limited (α = n^(1/3)), with
Gibbs-Thomson Γ/T = 10, a solubility of 0.01 mol/m³ and dimers as nuclei, all rate constants 1. The
start is 0.6 mol/m³ of monomer alone, 60 times the solubility: a barrier of 8.8 kT (classical). The
supersaturation falls to 7 within 200 s; then dots ripen. The duration is chosen for each N
so that at the end a millionth of all units lies beyond 0.7 N; since the size in ripening grows as
t^(1/3), its volume as t, that is about in proportion to N, and longer still where N is large.

Every engine runs at rtol 1e-6 and with the absolute tolerance, of a ladder, that makes it fastest
among those whose first four moments lie within 1e-5 of its own run at rtol 1e-10.
"""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from measure import CVODE, ask, attempt, short, table, versions

if TYPE_CHECKING:
    from prenuc.mechanism.mechanism import Mechanism

DURATION = {1_000: 3.7e3, 2_000: 1.05e4, 10_000: 9.4e4, 20_000: 2.2e5, 100_000: 1.45e6}  # s
REPEATS = {1_000: 7, 2_000: 7, 10_000: 5, 20_000: 9, 100_000: 2}
SET = {
    "capillarity": 10.0,
    "attachment": 1.0,
    "detachment": 0.01,
    "nucleation": 1.0,
    "start": 0.6,
}
RTOL, TIGHT, EXACT = 1e-6, (1e-10, 1e-18), 1e-5
LADDER = (
    1e-6,
    3e-7,
    1e-7,
    1e-8,
    1e-9,
    1e-10,
    1e-11,
    1e-12,
    1e-13,
    1e-14,
)  # of the starting concentration
SCIPY = (1_000, 10_000)
PATIENCE = 90.0  # s, for scipy
WANTED = {2_000: 15.0, 20_000: 8.0, 100_000: 25.0}  # times faster than CVODE
ROOM = 298.15  # K
HEAD = ("N", "engine", "atol", "CPU / s", "µs per class", "steps", "moments", "conservation",
        "times ours")  # fmt: skip


def mechanism(classes: int) -> Mechanism:
    """Return the problem in our own words."""
    from prenuc.mechanism.mechanism import Component, Mechanism
    from prenuc.mechanism.population import DiffusionLimited, QuantumDotMoments, SizeClasses
    from prenuc.mechanism.reaction import Arrhenius, Reaction, mass_action

    units, dots = {"unit": 1.0}, QuantumDotMoments()
    parts = {"monomer": units, dots.units: units, dots.number: {}, dots.length: {}}
    parts[dots.surface] = {}
    population = SizeClasses(
        attachment=(
            Reaction(
                "attachment",
                {"monomer": -1.0, dots.units: 1.0},
                Arrhenius(SET["attachment"]),
                mass_action({"monomer": 1.0}),
            ),
        ),
        detachment=(
            Reaction(
                "detachment", {"monomer": 1.0, dots.units: -1.0}, Arrhenius(SET["detachment"])
            ),
        ),
        nuclei={"dimerisation": 2.0},
        profile=DiffusionLimited(),
        capillarity=SET["capillarity"] * ROOM,
        largest=classes,
    )
    dimers = Reaction(
        "dimerisation",
        {"monomer": -2.0, dots.units: 2.0},
        Arrhenius(SET["nucleation"]),
        mass_action({"monomer": 2.0}),
    )
    return Mechanism(
        "becker-doering",
        {name: Component(name, part) for name, part in parts.items()},
        (dimers,),
        initial={"monomer": SET["start"]},
        populations=(population,),
    )


def ours(classes: int) -> dict[str, Any]:
    """Measure our engine on the ladder of absolute tolerances."""
    from prenuc.simulation.evolve import compiled, evolve
    from prenuc.simulation.solvers import Rodas

    model, times = compiled(mechanism(classes)), np.array([DURATION[classes]])

    def run(rtol: float, atol: float, repeats: int) -> dict[str, Any]:
        spent = []
        for _ in range(repeats):
            began = time.process_time()
            found = evolve(model, times, solver=Rodas(rtol=rtol, atol=atol))
            spent.append(time.process_time() - began)
        dots = found.dots[-1]
        monomer = found.concentration[-1, list(found.names).index("monomer")]
        sizes = np.cbrt(found.sizes)
        return {
            "rtol": rtol,
            "atol": atol,
            "cpu": min(spent),
            "steps": found.stats["steps"],
            "moments": [float(dots @ sizes**p) for p in range(4)],
            "conservation": abs(float(found.sizes @ dots + monomer) / SET["start"] - 1.0),
        }

    run(RTOL, LADDER[0], 1)  # compiles, or reads the compiled kernels
    return {"rows": [run(*step) for step in ladder(classes)]}


def ladder(classes: int, rungs: tuple[float, ...] = LADDER) -> list[tuple[float, float, int]]:
    """Return rtol, atol and repeats of all runs, the reference last."""
    return [*((RTOL, atol, REPEATS[classes]) for atol in rungs), (*TIGHT, 1)]


def best(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the fastest run that is exact enough, with its error; or the reason for none."""
    if "error" in answer:
        return answer
    *runs, tight = answer["rows"]
    if "error" in tight:
        return {"error": f"at rtol {TIGHT[0]:g}: {tight['error']}"}
    good = []
    for one in runs:
        if "error" not in one:
            error = np.abs(np.divide(one["moments"], tight["moments"]) - 1.0).max()
            if error <= EXACT:
                good.append(one | {"error of moments": float(error)})
    if not good:
        return {"error": f"no run within {EXACT:g} of its own at rtol {TIGHT[0]:g}"}
    fastest = min(good, key=lambda one: one["cpu"])
    return fastest | {"tight": tight["moments"], "at": {one["atol"]: one["cpu"] for one in good}}


def scipy_bdf(classes: int, atol: float) -> dict[str, Any]:
    """Measure scipy's BDF once; its reference is CVODE's at rtol 1e-10."""
    question = SET | {
        "classes": classes,
        "duration": DURATION[classes],
        "tolerances": [(RTOL, atol, 1)],
    }
    before = _children()
    answer = ask(CVODE, "becker_doering_scipy.py", question, PATIENCE)
    spent = _children() - before
    return answer | {"at least": spent} if "error" in answer else answer["rows"][0]


def _children() -> float:
    """Return the processor time of all finished children in s, those given up included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(classes: int) -> dict[str, dict[str, Any]]:
    """Return what each engine needs for N classes."""
    question = SET | {
        "classes": classes,
        "duration": DURATION[classes],
        # CVODE's looser rungs are far off for the largest N, and it is slow there.
        "tolerances": ladder(classes, LADDER if classes < max(DURATION) else LADDER[-3:]),
    }
    found = {"prenuc": best(attempt(lambda: ours(classes)))}
    found["CVODE"] = best(ask(CVODE, "becker_doering_cvode.py", question))
    if classes in SCIPY:
        bdf = scipy_bdf(classes, found["CVODE"].get("atol", LADDER[-1]))
        if "moments" in bdf and "tight" in found["CVODE"]:
            against = np.divide(bdf["moments"], found["CVODE"]["tight"]) - 1.0
            bdf["error of moments"] = float(np.abs(against).max())
        found["scipy BDF"] = bdf
    return found


def section() -> list[str]:
    """Measure all N and return the section of the page."""
    found = {classes: measure(classes) for classes in DURATION}
    rows = []
    for classes, engines in found.items():
        unit = engines["prenuc"].get("cpu")
        for name, one in engines.items():
            if "error" in one:
                used = f"> {one['at least']:.3g}" if "at least" in one else "–"
                rows.append((f"{classes:g}", name, one["error"], used, *["–"] * 5))
                continue
            ratio = short(one["cpu"] / unit) if unit else "–"
            rows.append(
                (f"{classes:g}", name, f"{one['atol']:.0e}", short(one["cpu"]),
                 short(one["cpu"] / classes * 1e6), one.get("steps", "–"),
                 short(one.get("error of moments"), 2), short(one["conservation"], 2), ratio)
            )  # fmt: skip
    return [
        "## Becker-Döring: a burst of nucleation that ripens",
        "",
        *__doc__.strip().splitlines()[2:],
        "",
        "CVODE is given GMRES and an exact bordered-tridiagonal preconditioner, compiled, with the",
        "exact product J·v; scipy BDF an exact sparse Jacobian, and CVODE's absolute tolerance.",
        "",
        *table(HEAD, rows),
        *judged(found),
        *versions(CVODE),
    ]


def growth(few: dict[str, Any], many: dict[str, Any]) -> list[str]:
    """Return by how much our time grows from a thousand classes to a hundred times as many."""
    both = sorted(set(few.get("at", {})) & set(many.get("at", {})), key=lambda a: many["at"][a])
    if not both:
        return ["- Our time from N = 1e3 to 1e5: no absolute tolerance serves both"]
    same = many["at"][both[0]] / few["at"][both[0]]
    own = many["cpu"] / few["cpu"]
    said = (
        f"- Our time from N = 1e3 to 1e5 grows {same:.0f} times (wanted: at most 100, as N), both"
        f" at the absolute tolerance that is fastest for 1e5, {both[0]:.0e}; {own:.0f} times with"
        " each at its own"
    )
    return [said]


def judged(found: dict[int, dict[str, dict[str, Any]]]) -> list[str]:
    """Return what was wanted and what came out, and whether two engines agree."""
    lines = []
    for classes, wanted in WANTED.items():
        pair = [found[classes][name].get("cpu") for name in ("CVODE", "prenuc")]
        ratio = f"{pair[0] / pair[1]:.1f}" if all(pair) else "not measured"
        lines.append(f"- N = {classes:g}, times faster than CVODE: {ratio} (wanted {wanted:g})")
    bdf, mine = found[10_000].get("scipy BDF", {}), found[10_000]["prenuc"].get("cpu")
    spent, more = bdf.get("cpu", bdf.get("at least")), "" if "cpu" in bdf else "more than "
    ratio = f"{more}{spent / mine:.0f}" if spent and mine else "not measured"
    lines.append(f"- N = 10000, times faster than scipy BDF: {ratio} (wanted 1000)")
    lines += growth(*(found[classes]["prenuc"] for classes in (1_000, 100_000)))
    apart = [
        np.abs(np.divide(one["prenuc"]["tight"], one["CVODE"]["tight"]) - 1.0).max()
        for one in found.values()
        if all("tight" in one[name] for name in ("prenuc", "CVODE"))
    ]
    if apart:
        lines.append(f"- Moments at rtol 1e-10, CVODE against ours: within {max(apart):.1e}")
    return [*lines, ""]
