"""A mass action network for peers: its source code, and the tasks of the benchmarks.

An engine offers ``run(constants, rtol, atol)`` → end state (it raises when it fails), and
``jacobian`` likewise if it has sensitivities of its own. ``main`` reads the question, measures and
prints.
"""

import json
import re
import sys
import time
from pathlib import Path

import numpy as np

PAGE = 4096  # bytes of memory
STEP = 2e-3  # of ln k, for central differences: about the cube root of rtol
WIDE = 0.01  # of ln k, for extrapolated ones
KEYS = "cpu", "jacobian"


def side(text):
    """Return species and numbers of one side of an equation."""
    terms = (re.fullmatch(r"(\d*)\s*(\w+)", term.strip()) for term in text.split("+"))
    return {term[2]: int(term[1] or 1) for term in terms}


def sides(equation):
    """Return both sides of an equation."""
    left, right = equation.split("->")
    return side(left), side(right)


def rate_laws(given):
    """Return the law of every reaction as text in y[i] and k[j], and its net stoichiometry."""
    laws, nets = [], []
    place = {name: i for i, name in enumerate(given["species"])}
    for j, equation in enumerate(given["reactions"]):
        left, right = sides(equation)
        powers = [f"y[{place[name]}]" for name, n in left.items() for _ in range(n)]
        laws.append((f"k[{j}]", powers))
        net = {s: right.get(s, 0) - left.get(s, 0) for s in {**left, **right}}
        nets.append({place[name]: n for name, n in net.items() if n})
    return laws, nets


def source(given):
    """Return Python source of ``change(y, k, out)`` and ``jacobian(y, k, out)``, unrolled."""
    laws, nets = rate_laws(given)
    count = len(given["species"])
    lines = ["def change(y, k, out):"]
    lines += [f"    r{j} = {'*'.join([k, *y])}" for j, (k, y) in enumerate(laws)]
    for i in range(count):
        terms = [f"{net[i]:+d}.0*r{j}" for j, net in enumerate(nets) if i in net]
        lines.append(f"    out[{i}] = {' '.join(terms) or '0.0'}")
    lines.append("def jacobian(y, k, out):")
    cells = {}
    for j, (k, powers) in enumerate(laws):
        for at in dict.fromkeys(powers):
            rest = list(powers)
            rest.remove(at)
            slope = "*".join([f"{powers.count(at)}.0", k, *rest])
            for i, n in nets[j].items():
                cells.setdefault((i, int(at[2:-1])), []).append(f"{n:+d}.0*{slope}")
    for i in range(count):
        for m in range(count):
            lines.append(f"    out[{i},{m}] = {' '.join(cells.get((i, m), ['0.0']))}")
    return "\n".join([*lines, ""])


def compiled(given):
    """Return ``change`` and ``jacobian`` compiled by numba."""
    from numba import njit

    scope = {}
    exec(source(given), scope)  # noqa: S102  # made above
    return njit(scope["change"]), njit(scope["jacobian"])


def antimony(given):
    """Return the network in Antimony."""
    lines = ["model network()", "  compartment vessel = 1;"]
    lines += [f"  species {name} in vessel;" for name in given["species"]]
    for j, equation in enumerate(given["reactions"]):
        left, _ = sides(equation)
        law = "*".join([f"k{j}", *(f"{s}^{n}" if n > 1 else s for s, n in left.items())])
        lines.append(f"  {equation}; {law};")
    lines += [f"  k{j} = {k!r};" for j, k in enumerate(given["constants"])]
    pairs = zip(given["species"], given["initial"], strict=True)
    lines += [f"  {name} = {amount!r};" for name, amount in pairs]
    return "\n".join([*lines, "end"])


def memory():
    """Return resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * PAGE / 1e6


def fastest(run, repeats):
    """Return the shortest processor time of a few calls, a second in all, and the last result."""
    spent = []
    while len(spent) < repeats and sum(spent) < 1.0:
        began = time.process_time()
        found = run()
        spent.append(time.process_time() - began)
    return min(spent), found


def precision(engine, given):
    """Run a ladder of tolerances."""
    k, rows = np.array(given["constants"]), []
    for rtol, atol in given["tolerances"]:
        row = {"rtol": rtol, "atol": atol}
        try:
            engine.run(k, rtol, atol)
            cpu, y = fastest(lambda t=(rtol, atol): engine.run(k, *t), given["repeats"])
            row |= {"cpu": cpu, "final": [float(x) for x in y]}
        except Exception as error:  # noqa: BLE001  # a failure is a row
            row["error"] = str(error)[:200]
        rows.append(row)
    return {"rows": rows}


def ensemble(engine, given):
    """Run many sets of constants."""
    sets = np.load(given["sets"])
    rtol, atol = given["tolerance"]
    for k in sets[:100]:
        engine.run(k, rtol, atol)
    before, failed, ends = memory(), [], np.full((len(sets), len(given["species"])), np.nan)
    began = time.process_time()
    for i, k in enumerate(sets):
        try:
            ends[i] = engine.run(k, rtol, atol)
        except Exception as error:  # noqa: BLE001  # a failure is a row
            failed.append([i, str(error)[:100]])
    spent = time.process_time() - began
    np.save(given["ends"], ends)
    return {"cpu": spent, "failed": failed, "memory": [before, memory()]}


def jacobian(engine, given):
    """Find ∂y/∂ln k at the end, by the engine's own means and by central differences."""
    k = np.array(given["constants"])
    rtol, atol = given["tolerance"]
    engine.run(k, rtol, atol)
    one, _ = fastest(lambda: engine.run(k, rtol, atol), given["repeats"])
    differences = lambda: central(engine, k, rtol, atol)  # noqa: E731
    found = {"one": one, "differences": dict(zip(KEYS, fastest(differences, 3), strict=True))}
    if hasattr(engine, "jacobian"):
        engine.jacobian(k, rtol, atol)
        own = fastest(lambda: engine.jacobian(k, rtol, atol), given["repeats"])
        found["own"] = dict(zip(KEYS, own, strict=True))
    for part in found.values():
        if isinstance(part, dict):
            part["jacobian"] = np.asarray(part["jacobian"]).tolist()
    return found


def central(engine, k, rtol, atol, step=STEP):
    """Return ∂y/∂ln k, shape (species, constants), by central differences."""
    columns = []
    for j in range(len(k)):
        up, down = k.copy(), k.copy()
        up[j] *= np.exp(step)
        down[j] *= np.exp(-step)
        high, low = np.array(engine.run(up, rtol, atol)), np.array(engine.run(down, rtol, atol))
        columns.append((high - low) / (2 * step))
    return np.array(columns).T


def truth(engine, given):
    """Extrapolate central differences of three steps (Richardson) at a tight tolerance."""
    k, rungs = np.array(given["constants"]), (WIDE, 2 * WIDE, 4 * WIDE)
    one, two, four = (central(engine, k, *given["tolerance"], step) for step in rungs)
    fine, coarse = (4 * one - two) / 3, (4 * two - four) / 3
    return {"jacobian": ((16 * fine - coarse) / 15).tolist()}


def main(make):
    """Answer the question of the file on the command line with the engine that ``make`` builds."""
    given = json.loads(Path(sys.argv[1]).read_text())
    tasks = {"precision": precision, "ensemble": ensemble, "jacobian": jacobian, "truth": truth}
    print(json.dumps(tasks[given["task"]](make(given), given)))
