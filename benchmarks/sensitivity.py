"""All twelve end concentrations in all 20 rate constants: what a Jacobian costs in single runs.

The reference is extrapolated (Richardson, three steps) from CVODE at rtol 1e-13. Errors are
relative to the largest sensitivity ∂c/∂ln k of the same species.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from measure import CASADI, CVODE, ROADRUNNER, ask, attempt, cpu, short, table, versions
from network import LARGEST
from network_model import DURATION, SPECIES, mechanism, question

RTOL, ATOL, REPEATS = 1e-8, 1e-14, 7  # atol in mmol/L
PEERS = {
    "casadi (CVODES)": (CASADI, "network_casadi.py"),
    "libroadrunner": (ROADRUNNER, "network_roadrunner.py"),
    "CVODE + numba": (CVODE, "network_cvode.py"),
}
HEAD = ("engine", "how", "one run / ms", "Jacobian / ms", "runs", "error")


def ours() -> dict[str, Any]:
    """Measure our forward tangents.

    Returns:
        ``one``: seconds of a single run; ``own``: ``cpu`` in s and ``jacobian`` ∂c/∂ln k at the
        end in mol/m³, shape (12, 20), rows as ``SPECIES``, columns as the reactions.
    """
    from prenuc.simulation.evolve import compiled, evolve
    from prenuc.simulation.sensitivity import prepared
    from prenuc.simulation.solvers import Rodas

    model, times = mechanism(), np.array([DURATION])
    solver = Rodas(rtol=RTOL, atol=ATOL / LARGEST)
    constants = np.array([law.constant.k for law in model.reactions])
    network = compiled(model)
    ready = prepared(network, [f"{law.name}.k" for law in model.reactions])
    found = evolve(network, times, solver=solver, parameters=ready)
    order = [list(found.names).index(name) for name in SPECIES]
    spent = cpu(lambda: evolve(network, times, solver=solver, parameters=ready), REPEATS)
    one = cpu(lambda: evolve(network, times, solver=solver), REPEATS)
    return {"one": one, "own": {"cpu": spent, "jacobian": found.tangents[-1][order] * constants}}


def section() -> list[str]:
    """Measure all engines and return the section of the page."""
    truth = ask(CVODE, "network_cvode.py", question("truth", tolerance=(1e-13, 1e-20)))
    asked = question("jacobian", tolerance=(RTOL, ATOL), repeats=REPEATS)
    found = {"prenuc": attempt(ours)}
    for name, (peer, script) in PEERS.items():
        found[name] = ask(peer, script, asked)
    exact = np.array(truth["jacobian"]) if "jacobian" in truth else None
    rows = []
    for name, one in found.items():
        if "error" in one:
            rows.append((name, one["error"], *["–"] * 4))
            continue
        for key, how in (("own", "forward"), ("differences", "40 runs, central differences")):
            if key in one:
                spent, error = one[key]["cpu"], _error(one[key]["jacobian"], exact)
                rows.append((name, how, short(one["one"] * 1e3), short(spent * 1e3),
                             short(spent / one["one"]), short(error, 2)))  # fmt: skip
    return [
        "## Jacobian of all observables in 20 parameters",
        "",
        *__doc__.strip().splitlines(),
        f"All run at rtol {RTOL:g} and an absolute tolerance of {ATOL:g} mmol/L.",
        *([f"No reference: {truth['error']}"] if exact is None else []),
        "",
        *table(HEAD, rows),
        *versions(CASADI, ROADRUNNER, CVODE),
    ]


def _error(jacobian: object, exact: np.ndarray | None) -> float | None:
    """Return the largest error relative to the largest entry of its row."""
    if exact is None:
        return None
    scale = np.abs(exact).max(axis=1, keepdims=True)
    return float((np.abs(np.asarray(jacobian) - exact) / scale).max())
