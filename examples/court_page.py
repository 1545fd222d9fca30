"""The page of the court, from what is shipped: nothing is fitted here, and no number is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages import head_of, markdown

from prenuc.facts.catalogue import entries
from prenuc.facts.row_class import CLASSES
from prenuc.facts.row_surprisal import PRIORS
from prenuc.infer.court.score import log_scores
from prenuc.infer.court.weigh import earned, weighed
from prenuc.infer.experiments.reproduce import experiments_for, reproduce
from prenuc.infer.studies.ablation import is_held_out, weighed_of
from prenuc.infer.studies.left_out import scored_figures
from prenuc.infer.studies.models import OWN, SCREENED, SEEDS, STEPS, standings
from prenuc.infer.studies.refitting import ablate
from prenuc.present.figures.ablations import caption_ablations, ordered
from prenuc.present.figures.kinds import draw
from prenuc.present.files.figures import save
from prenuc.present.tables.studies import standings_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from prenuc.facts.check import Check
    from prenuc.infer.experiments.reproduce import Row
    from prenuc.infer.studies.ablation import Ablations

MECHANISM = "two-pathway/CdS"
BLIND = "two-pathway/CdS-calibrated"
EVALUATIONS = SCREENED + STEPS  # of a search
MOST = 4  # rows that are named; JSON names all
TRIAL = """\
[](where-models-differ.md) maps how far the two-pathway model and others are apart, over
temperature, dilution and additive, with a bench plan for the experiment in which they differ most.
There stand Pathway 2, all steps that are not *required*, and the rivals, as far as they were asked.

Can the spectra of a flask name the mechanism that made them? Blindly, by `make blind-models`
(flask by flask in `benchmarks/BLIND_MODELS.md`):

```{include} ../../benchmarks/BLIND_MODELS.md
:start-after: these spectra?
:end-before: "## Drawn blindly"
```
"""


def page(docs: Path) -> str:
    """Return the page, and draw its figure.

    Args:
        docs: The folder of the documentation.
    """
    found = ablate(MECHANISM)
    name = "ablations-cds.svg"
    made = draw("ablations", found)
    save(made.figure, docs / "figures" / name, made.told)
    rows = reproduce()
    sections = [
        first_paragraph(found, rows),
        "## The rows\n\n" + classes(rows) + "\n" + scores(rows),
        "## What each step is for\n\n" + steps(found, name),
        "## A figure left out\n\n" + figures(),
        "## Other models\n\n" + models(),
        "## Which experiment would tell\n\n" + TRIAL,
        "## How it was made\n\n" + how(found),
    ]
    head = head_of("court.md", "court.py", "court")
    return f"{head}# The court\n\n" + "\n".join(sections)


def first_paragraph(found: Ablations, rows: Sequence[Row]) -> str:
    """Return what a hostile reader would sign."""
    informative = [r for r in rows if r.counted and r.informative]
    asleep = sum(r.known is not None and r.known.kind == "trivial" for r in rows if r.counted)
    return (
        "The rows can convict a set of constants of missing what is printed, and a step of being "
        "missed by rows that were often written with it in view. They cannot show that a model is "
        "true, and they have convicted no other mechanism. "
        f"Of {sum(r.counted for r in rows)} rows {asleep} pass in a flask in which nothing "
        f"happens, and {len(informative)} are such that most random constants miss them; "
        f"{sum(r.verdict == 'pass' for r in informative)} of these pass with the sets that run by "
        "default. These sets saw every row, those of held-out figures too: what passes is "
        f"consistency, not prediction. {blind()} The experiments, the reading of them, the "
        "structure of the model, the limits of words and the constants come from one side. Rows of "
        "one flask are added up as if they were independent, so that every number of bits here is "
        f"too large, for and against. {charges(found)} {contest()}\n"
    )


def blind() -> str:
    """Return what constants earn that saw the calibrated figures alone."""
    answered = [r for r in reproduce(runs=experiments_for(BLIND)) if r.verdict != "silent"]
    one = earned(weighed(answered), informative=True)["predicted"]
    better = "more than" if one.least > 0.0 else "no more than"
    return (
        f"Constants that saw the calibrated figures alone (`{BLIND}`) earn {one.least:+.1f} bits "
        f"on the {one.rows} informative rows that they predict: {better} constants drawn by chance."
    )


def charges(found: Ablations) -> str:
    """Return what each step is charged with, and which charge rests on no informative row."""
    by_word = {
        word: [one.step.partition(":")[0] for one in ordered(found) if one.word == word]
        for word in ("required", "helpful", "not tested", "harmful")
    }
    said = "; ".join(f"{word}: {', '.join(of)}" for word, of in by_word.items() if of)
    hollow = [
        one.step.partition(":")[0]
        for one in ordered(found)
        if one.word == "required" and not informative_of(one.lost)
    ]
    fitted = " and the rest fitted again, as little as is said below" if found.how else ""
    return (
        f"When a step is taken out{fitted}, its lack is charged as follows. {said[0].upper()}"
        f"{said[1:]}. *Required* is required of this structure; *not tested* is an assumption. No "
        f"informative row is lost with these that are *required*: {', '.join(hollow) or 'none'}."
    )


def contest() -> str:
    """Return how rivals do when they are searched by the score."""
    every = [one for one in standings() if not one.outdated]
    ours = [one for one in every if one.model == "two-pathway"]
    rivals = [one for one in every if not one.mechanism.startswith("two-pathway/")]
    if not ours or not rivals:
        return "Rivals have not been searched by the score with today's constants."
    best = max(rivals, key=lambda one: one.score["calibrated"])
    gains = [one.score["calibrated"] - one.ends[OWN] for one in rivals]
    free = [one.free for one in rivals]
    drawn = [f"start {seed}" for seed in SEEDS if seed]
    from_drawn = {one.model: max(one.ends[name] for name in drawn) for one in [ours[0], *rivals]}
    first = max((one.model for one in rivals), key=from_drawn.__getitem__)
    return (
        f"Searched by the score itself, with as many evaluations as ours, rivals gain "
        f"{min(gains):.0f} to {max(gains):.0f} bits on the calibrated rows and the best of them "
        f"({best.model}) stays {ours[0].score['calibrated'] - best.score['calibrated']:.0f} bits "
        f"below ours, which began where every row had been seen. Ours, searched in the same way, "
        f"gains {ours[0].ends[ours[0].where] - ours[0].ends[OWN]:.0f} bits on the calibrated rows "
        f"and goes from {ours[0].predicted[OWN]:.0f} to {ours[0].predicted[ours[0].where]:.0f} on "
        "the held-out ones, which chose nothing: the calibrated rows do not hold the constants on "
        f"which these hang, and from {len(drawn)} random points ours ends at "
        f"{from_drawn[ours[0].model]:.0f} bits at best, where the best rival ({first}) ends at "
        f"{from_drawn[first]:.0f}. {EVALUATIONS} evaluations from each of {len(SEEDS)} starts are "
        f"few for {min(free)} to {max(free)} constants, and many "
        "of the rows ask about a precursor compound, which no rival has: the difference convicts "
        "these constants, and a mechanism only as far as it was searched."
    )


def informative_of(lost: Sequence[str]) -> list[str]:
    """Return those of some rows that are informative."""
    known = entries("row_classes")
    return [one for one in lost if one in known and known[one].kind == "informative"]


def few(rows: Sequence[str]) -> str:
    """Return the first rows, and how many more there are."""
    more = f" and {len(rows) - MOST} more" if len(rows) > MOST else ""
    return ", ".join(f"`{row}`" for row in rows[:MOST]) + more or "none"


def classes(rows: Sequence[Row]) -> str:
    """Return how many rows of each class pass, and what they score."""
    lines = []
    for kind in ("informative", *(kind for kind in CLASSES if kind != "informative")):
        cells = []
        for role in ("calibrated", "held-out"):
            of = [r for r in rows if r.counted and r.role == role and r.known is not None]
            of = [r for r in of if r.known is not None and r.known.kind == kind]
            cells.append(f"{sum(r.verdict == 'pass' for r in of)} of {len(of)}")
        lines.append((kind, *cells))
    return markdown(("class", "calibrated pass", "held-out pass"), lines)


def scores(rows: Sequence[Row]) -> str:
    """Return the log score of the shipped sets."""
    checks = weighed_of([row.check for row in rows])
    parts = {
        "calibrated": [one for one in checks if not is_held_out(one)],
        "held-out": [one for one in checks if is_held_out(one)],
    }
    lines = [("two-pathway sets as shipped", *(f"{_score(of, rows):.1f}" for of in parts.values()))]
    heads = ("model", *(f"{role}, {len(of)} rows" for role, of in parts.items()))
    said = (
        "Score in bits: log₂ of the probability of what is printed, summed over the rows that "
        "neither restate another nor read an input "
        "([decision 34](../decisions/0034-rows-weighed.md)). Nought would be perfect; a row that "
        "is wholly missed costs up to 7.7.\n\n"
    )
    sums = [
        (side, str(one.rows), *(f"{bits:+.1f}" for bits in one.bits.values()))
        for side, one in earned(weighed(rows)).items()
    ]
    bits = markdown(("rows", "how many", *(f"earned, {prior} prior" for prior in PRIORS)), sums)
    return (
        said
        + markdown(heads, lines)
        + "\n*Earned*: the score and the surprisal of the rows, which is what constants that were "
        "drawn leave to be said, in bits under both priors of rows.\n\n" + bits
    )


def _score(checks: Sequence[Check], rows: Sequence[Row]) -> float:
    numbers = {row.check.id: row.simulated for row in rows if row.verdict != "silent"}
    return sum(log_scores(checks, numbers).values())


def steps(found: Ablations, figure: str) -> str:
    """Return the table of steps and its figure."""
    heads = ("without", "so it is", *(f"bits, {p}" for p in found.priors or ("no refit",)))
    lines = [
        (
            one.step,
            f"**{one.word}**" if one.word == "required" else one.word,
            *(f"{bits:+.1f}" for bits in one.changes),
            f"{one.predicted[0]:+.1f}",
            f"{len(one.lost)}, {len(informative_of(one.lost))}",
            few(sorted(one.lost, key=lambda row: row not in informative_of(one.lost))),
            few(one.won),
        )
        for one in ordered(found)
    ]
    rest = ("of held-out rows", "rows lost, of which informative", "such as", "rows won")
    said = caption_ablations(found)
    return (
        f"`prenuc ablate {found.mechanism}`: each step is taken out alone, and the score of "
        f"{found.weighed} rows changes. *Required*: 3 bits or more are lost under both priors and "
        "a row with them; *helpful*: 1 bit or more under both; *harmful*: 1 bit or more is won "
        "under both; *not tested*: anything else.\n\n"
        f"```{{image}} ../figures/{figure}\n:alt: {said}\n:width: 640px\n```\n\n"
        f"*{said} Circles and squares: the two priors.*\n\n" + markdown((*heads, *rest), lines)
    )


def figures() -> str:
    """Return how each figure scores when it was not fitted."""
    lines = [
        (
            f"Figure {one.figure}",
            str(one.rows),
            f"{one.fitted:.1f}",
            f"{one.left_out:.1f}",
            few(one.lost),
        )
        for one in scored_figures(MECHANISM)
    ]
    if not lines:
        return "Not computed for today's constants.\n"
    heads = ("figure", "rows", "score when fitted", "score when left out", "rows lost")
    return (
        f"{MECHANISM}: from the refit to all rows one step of least squares leads on without the "
        "rows of a figure, and these are scored. It flatters: the middle of the prior, and the "
        "structure, were set with every figure in view. `prenuc calibrate CdS --leave-out all` "
        "asks the same panel by panel with draws.\n\n" + markdown(heads, lines)
    )


def models() -> str:
    """Return how models stand that were fitted on equal terms, with today's constants."""
    shipped = standings()
    found = [one for one in shipped if not one.outdated]
    stale = [one.model for one in shipped if one.outdated]
    if not found:
        return (
            "The rivals have not been fitted on equal terms yet; with constants that were set by "
            "hand they are in [](models-and-observations.md), and that table convicts nobody.\n"
        )
    table = standings_table(found)
    said = f"\nOut of date, and left out: {', '.join(stale)}.\n" if stale else ""
    return (
        f"`prenuc compare --refitted`: {len(SEEDS)} searches for each model, from the numbers of "
        "its set and from random points, within bounds that were written before. Each makes the "
        f"calibrated rows as likely as it can in {EVALUATIONS} evaluations, by the same steps "
        "([what this is worth](../story/rivals.md)). A model stands at the end, or at its own "
        "numbers, where the calibrated rows score best. Numbers of two-pathway sets were informed "
        "by every row, those of rivals by few figures. A row is spoken about if its number is not "
        "the same at all ends. A difference in bits is evidence against the lower model as far as "
        "both were searched, and no farther.\n\n" + markdown(table.headings, table.rows) + said
    )


def how(found: Ablations) -> str:
    """Return what was fitted how, and what was not done."""
    fitted = (
        f"Refits of steps and figures: {found.how}, from the shipped constants alone; under the "
        "narrow prior (σ = ln 3 about them), and one step on under a wide one (150 J/mol/K of "
        "entropy of activation are two σ). Energies, orders, sizes and band positions stay. A "
        "longer search may change a word."
        if found.how
        else "Nothing was refitted for today's constants: other constants might do without a step."
    )
    if found.missing:
        fitted += f" Not refitted yet, and not judged: {', '.join(found.missing)}."
    return (
        f"{fitted}\n\n"
        "`make court` makes the refits, this page, [](robustness.md), the maps and the tables "
        "anew, and resumes where it stopped; refits that are of today's constants stay; "
        "`prenuc ablate MECHANISM --refit` makes those of one mechanism. The priors of "
        "the refits lie about the shipped constants; those by which the "
        "[surprisal](../decisions/0034-rows-weighed.md) of a row is counted lie about drawn "
        "points.\n"
    )
