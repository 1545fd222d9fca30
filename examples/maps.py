"""Where a step of the mechanism, or a rival, would show: maps of the disagreement of models.

Run ``python examples/maps.py`` (or ``make maps``); it writes ``where-models-differ.md`` into
``docs/reference`` and its figures into ``docs/figures/maps``, and goes on where it stopped. The
steps are direct Pathway 2 and those that the court does not find to be required; the rivals are all
of CdS.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pages import head_of, markdown

from prenuc.circumstances import circumstances
from prenuc.facts.catalogue import get
from prenuc.infer.calibration.candidate import Candidate, with_and_without
from prenuc.infer.selection.disagreement import DILUTIONS, TELLING, TEMPERATURES, disagreements
from prenuc.infer.studies.refitting import ablate
from prenuc.ledger import memory
from prenuc.mechanism.named import mechanism_named
from prenuc.mechanism.rivals import rivals
from prenuc.present.figures.kinds import draw
from prenuc.present.files.figures import save
from prenuc.protocol.protocol import Protocol
from prenuc.quantities import roughly
from prenuc.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# What `prenuc next CdS` begins from.
MECHANISM, RECIPE = "two-pathway/CdS", "cds-msc-311-in-toluene"
PATHWAY_2 = "Pathway 2"


def pairs() -> dict[str, tuple[Candidate, Candidate]]:
    """Return what is asked: the mechanism against the same without a step, and against rivals."""
    ours = mechanism_named(MECHANISM)
    open_steps = [one.step for one in ablate(MECHANISM).steps if one.word != "required"]
    asked = {
        step.partition(":")[0]: with_and_without(ours, step)
        for step in dict.fromkeys([PATHWAY_2, *open_steps])
    }
    return asked | {
        name: (Candidate(ours), Candidate(one)) for name, one in rivals(ours.material).items()
    }


def file_of(name: str) -> str:
    """Return the name of the figure of a pair."""
    return f"{name.replace('/', ' ').replace(' ', '-').lower()}.svg"


@dataclass(frozen=True)
class Told:
    """What is said of two models.

    Args:
        models: Their names.
        sigmas: How far they are apart at most.
        words: The experiment in which they are, in words.
        sentences: The same as a bench plan.
    """

    models: Sequence[str]
    sigmas: float
    words: str
    sentences: Sequence[str]

    @property
    def tells(self) -> bool:
        """Whether any experiment tells them apart."""
        return self.sigmas > TELLING


def told(
    asked: Mapping[str, tuple[Candidate, Candidate]], figures: Path, workers: int
) -> Iterator[tuple[str, Told]]:
    """Yield where the mechanism and each other model differ most; draw the map if they do."""
    protocol = Protocol.from_recipe(get("recipes", RECIPE))
    one, others = Candidate(mechanism_named(MECHANISM)), [other for _, other in asked.values()]
    every = disagreements(one, others, protocol, workers=workers)
    for name, found in zip(asked, every, strict=True):
        plan = found.plan
        said = Told(found.models, found.largest.sigmas, plan.words, plan.sentences)
        if said.tells:
            made = draw("map", found)
            save(made.figure, figures / file_of(name), made.told)
        yield name, said


def section(name: str, found: Told) -> str:
    """Return what is said of a pair in which some experiment tells: its map and its bench plan."""
    one, other = found.models
    steps = "\n".join(found.sentences)
    return (
        f"## {name}\n\n"
        f"```{{image}} ../figures/maps/{file_of(name)}\n:alt: Distance of {one} and {other} over "
        "temperature and dilution of the batch, a map for each additive\n:width: 100%\n```\n\n"
        f"*{one} against {other}. Largest, {roughly(found.sigmas)} σ: {found.words}.* Beside "
        f"the recipe as it stands, do\n\n```text\n{steps}\n```\n"
    )


def page(every: Mapping[str, Told], missing: Sequence[str] = ()) -> str:
    """Return the page.

    Args:
        every: What is said of each pair, by what is asked.
        missing: What was not asked yet.
    """
    wanting = f"\nNot asked yet: {', '.join(missing)}.\n" if missing else ""
    lines = [
        (name, one.models[1], roughly(one.sigmas), one.words if one.tells else "nowhere")
        for name, one in every.items()
    ]
    table = markdown(("asked", "against", "σ at most", "where"), lines)
    sections = [section(name, one) for name, one in every.items() if one.tells]
    mute = [name for name, one in every.items() if not one.tells]
    silent = f"\nNo experiment of these tells about: {', '.join(mute)}.\n" if mute else ""
    return f"""{head_of("where-models-differ.md", "maps.py", "maps")}# Where models differ

{intro()}

{table}{silent}{wanting}
{chr(10).join(sections)}"""


def intro() -> str:
    """Return what was done, and how little it can be trusted."""
    return (
        f"Two flasks, `{RECIPE}` as it stands and the same varied: {len(TEMPERATURES)} "
        f"temperatures from {TEMPERATURES[0]:g} to {TEMPERATURES[-1]:g} °C, {len(DILUTIONS)} "
        f"batches up to {DILUTIONS[-1]:g} times thinner, each additive or none. How far apart are "
        f"{MECHANISM} and another model, in standard deviations of what a photometer reads, once "
        "the constants of the other have been allowed to move? From "
        f"{TELLING:.2g} σ on the log score is expected to move by 5. It is so *if* {MECHANISM} is "
        "right, to first order, and with the spectra of the catalogue; a refit of simulated "
        "spectra finds less, or nothing at a spot beside the brightest: what was found for "
        "Pathway 2 stands in [](../how-to/next-experiment.md). Rivals stand at the constants of "
        "their sets, not where their refits end, and each was set by hand: a large distance says "
        "that the experiment tells if these hold, not that the rival falls. Whether models are "
        "told apart in flasks that nobody chose is tried blindly: `benchmarks/BLIND_MODELS.md`."
    )


def main() -> None:
    """Draw the maps and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).parents[1]
    parser.add_argument("--out", type=Path, default=here / "docs/reference", help="folder")
    parser.add_argument("--page", action="store_true", help="the page alone, of what is done")
    parser.add_argument("--workers", type=int, default=2, help="processes to work with")
    options = parser.parse_args()
    figures, asked = options.out.parent / "figures/maps", pairs()
    with memory(here / f"build/maps-{circumstances()['facts and code']}.sqlite", "maps") as kept:
        known = {name: Told(**one) for name in asked if (one := kept.get(name)) is not None}
        left = {} if options.page else {n: pair for n, pair in asked.items() if n not in known}
        for name, found in told(left, figures, options.workers):
            known[name] = found
            kept.keep(name, asdict(found))
            print(f"{name}: {roughly(found.sigmas)} standard deviations at most")
    every = {name: known[name] for name in asked if name in known}
    missing = [name for name in asked if name not in known]
    print(f"wrote {write_text(options.out / 'where-models-differ.md', page(every, missing))}")


if __name__ == "__main__":
    main()
