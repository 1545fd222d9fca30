"""Many data sets, and what they are fitted with at once."""

from __future__ import annotations

import numpy as np

from frozen_cases import Case, seed_of
from frozen_data import MINUTES, SD, SHAPES, faster, scaled, spectra, trace
from prenuc.infer.fit.data_set import DataSet, Dilution
from prenuc.infer.fit.laws import ArrheniusLaw, DosePower, Own


def case_of_sets(name, scheme, truth, build, noise="white", **options):
    """Return the case of many data sets, of which ``build`` makes those of a seed."""
    name = f"sets: {name}"
    return Case(
        name=name,
        data=build(100 * seed_of(name)),
        scheme=scheme,
        truth=truth,
        noise=noise,
        options=options,
    )


# fmt: off
def many():
    """Yield the cases of many data sets."""
    warm, energy = ArrheniusLaw("60 degC"), {"k": 0.02, "Ea": 80.0}

    def hot(seed):
        return [
            DataSet(
                data=spectra("A -> B", [0.02 * faster(c, 80.0)], seed=seed + c),
                temperature=f"{c} degC",
            )
            for c in (50, 60, 70)
        ]

    yield case_of_sets("temperatures", "A -> B", energy, hot, laws={"k": warm})
    yield case_of_sets("temperatures, start", "A -> B", energy, hot, laws={"k": warm},
                       start={"k": 0.03})
    own = {f"k (set {i + 1})": 0.02 * faster(c, 80.0) for i, c in enumerate((50, 60, 70))}
    yield case_of_sets("each its own", "A -> B", own, hot, laws={"k": Own()})
    yield case_of_sets("known spectrum", "A <-> B", {"k1": 0.02, "k-1": 0.01}, lambda seed: [
        DataSet(data=spectra("A <-> B", [0.02, 0.01], seed=seed, under=0.0, sd=3e-4),
                background=False)
    ], known={"B": SHAPES[1]})
    yield case_of_sets("temperatures and doses", "A -> B after lag",
                       {**energy, "n": 0.7, "lag": 19.0}, lambda seed: [
        DataSet(
            data=spectra("A -> B after lag", [0.02 * faster(c, 80.0) * d**0.7, 19.0],
                         seed=seed + i, sd=2e-4),
            temperature=f"{c} degC", dose={"MeOH": d},
        )
        for i, (c, d) in enumerate(((50, 1.0), (60, 1.0), (60, 2.5), (70, 0.5)))
    ], laws={"k": (warm, DosePower("MeOH"))})
    yield case_of_sets("rows at temperatures", "A -> B -> C",
                       {"k1": 0.05, "Ea1": 60.0, "k2": 0.012, "Ea2": 90.0}, lambda seed: [
        DataSet(
            data=spectra("A -> B -> C", [0.05 * faster(c, 60.0), 0.012 * faster(c, 90.0)],
                         seed=seed + c, sd=2e-4),
            temperature=f"{c} degC",
        )
        for c in (55, 65)
    ], laws={"k1": warm, "k2": warm})
    yield case_of_sets("lags of their own and one known", "A -> B after lag",
                       {"k": 0.02, "lag (a)": 11.0, "lag (b)": 32.0}, lambda seed: [
        DataSet(data=spectra("A -> B after lag", [0.02, lag], seed=seed + i), label="abc"[i],
                lag=known)
        for i, (lag, known) in enumerate(((11.0, None), (32.0, None), (21.0, 21.0)))
    ], laws={"lag": Own()})
    yield case_of_sets("starting concentrations", "2 A -> B", {"k": 0.03}, lambda seed: [
        DataSet(
            data=scaled(spectra("2 A -> B", [0.03 * c], seed=seed + i, under=0.0, sd=SD / c), c),
            initial=c,
        )
        for i, c in enumerate((0.5, 1.0, 3.0))
    ])
    diluted = np.where(MINUTES >= 100.0, 0.5, 1.0)[:, None]
    yield case_of_sets("dilution on the way", "A -> B", {"k": 0.02}, lambda seed: [
        DataSet(data=scaled(spectra("A -> B", [0.02], seed=seed, under=0.0), diluted),
                dilution=Dilution(2.0, at=100.0)),
        DataSet(data=spectra("A -> B", [0.02], seed=seed + 1, under=0.0)),
    ])
    row = {"k1": 0.05, "k2": 0.012}
    yield case_of_sets("spectra of their own", "A -> B -> C", row, lambda seed: [
        DataSet(data=scaled(spectra("A -> B -> C", row.values(), seed=seed + i), factor))
        for i, factor in enumerate((1.0, -2.0))
    ], shared_spectra=False)
    yield case_of_sets("traces", "A -> B", {"k": 0.02}, lambda seed: [
        DataSet(data=trace("A -> B", [0.02], (0.1, 0.5), seed=seed + i)) for i in (1, 2)
    ])
    yield case_of_sets("no noise", "A -> B", {"k": 0.02, "n": 1.0}, lambda seed: [
        DataSet(data=spectra("A -> B", [0.02 * d], seed=seed, sd=0), dose={"MeOH": d})
        for d in (1.0, 2.0)
    ], "none", laws={"k": DosePower("MeOH")})
# fmt: on
