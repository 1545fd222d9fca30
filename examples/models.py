"""Every model fitted on equal terms: ``src/prenuc/data/refits/models.yaml``; resumes.

Run ``python examples/models.py`` (or ``make models``), then ``prenuc compare --refitted``. What is
of today's constants is not fitted again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from court import entry

from prenuc.circumstances import circumstances
from prenuc.infer.studies.models import model_searches, refits, standings
from prenuc.quantities import percent
from prenuc.writing import write_text

HERE = Path(__file__).parents[1]
FILE = HERE / "src/prenuc/data/refits/models.yaml"
HEAD = """\
# Every model of data/searches/models.yaml where its searches have ended: computed by `make models`,
# never typed. How: infer/studies/models.py. "without additives" is the best end of a model without
# what additives do in it. With another mark than that of today an entry is out of date.

"""


def fresh() -> bool:
    """Return whether all models are there, and of today's constants."""
    found = standings()
    return len(found) == len(model_searches()) and not any(one.outdated for one in found)


def main() -> None:
    """Fit every model unless that is done, and write where it has ended."""
    if fresh():
        print(f"{FILE.name} is of today's constants")
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="processes to work with")
    options = parser.parse_args()
    mark = circumstances()["facts and code"]
    found = refits(
        workers=options.workers,
        ledger=HERE / f"build/models-{mark}.sqlite",
        progress=lambda share: print(f"models: {percent(share)}", end="\r"),
    )
    print(f"wrote {write_text(FILE, HEAD + ''.join(map(entry, found)))}")


if __name__ == "__main__":
    main()
