"""The pictures of the documentation, each made again by the command that stands on its page.

Run ``make pictures``, or ``PYTHONPATH=tests python examples/pictures.py [PICTURE ...]`` for some. A
command runs in a folder of its own under ``build/pictures``, with what a reader of its page brings
along (``tests/walk_bench.py``); what it writes goes into ``docs/figures``. Measured spectra are no
part of prenuc: ``--measured FOLDER`` says where they lie, and what needs others stays as it is.
``--list`` prints the table. Pictures that come with a page or a walk have targets of their own.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from walk_bench import MAY_SAY_NO, bring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[1]
FIGURES, WORK = ROOT / "docs/figures", ROOT / "build/pictures"
PRENUC = ("-c", "from prenuc.present.cli import main; main()")


@dataclass(frozen=True)
class Maker:
    """What makes pictures.

    Args:
        page: Where the commands stand, below ``docs``.
        commands: What is typed, one after the other.
        pictures: What the commands write, by the names in ``docs/figures``.
        measured: Where measured files lie in the folder of them, by the names on the page.
    """

    page: str
    commands: tuple[str, ...]
    pictures: Mapping[str, str]
    measured: Mapping[str, str] = field(default_factory=dict)


def plot(page: str, said: str) -> Maker:
    """Return what makes the picture that a ``prenuc plot`` of a page writes into its place."""
    picture = said.rpartition(" ")[2]
    return Maker(page, (f"prenuc plot {said}",), {Path(picture).name: picture})


OVERLAY, GALLERY = "how-to/overlay.md", "reference/gallery.md"
MSA = '--vary "30 min into hold flask = 1.75 mmol MSA"'
DOTS = "cds-3b-msa-at-30-min"
REPORT, TABLE = "how-to/from-file-to-report.md", "how-to/table-figure-workbook.md"
PNG = "--figures figures --figure-format png"
RUN_2 = {"cdse-run-2.csv": "cdse_hot_injection/Run 2 UV-Vis.csv"}
RUN_6 = {
    "cdse-run-6.csv": "cdse_hot_injection/Run 6 UV-Vis.csv",
    "cdse-run-6-fl.csv": "cdse_hot_injection/Run 6 FL emission.csv",
}
FADING = "simple-spectro/experiments/kinetic/phenolphthalein/20190419"
MAKERS = (
    plot(
        OVERLAY,
        'examples/batch.yaml --vary "15 min into hold flask = 1.2 mmol TOPO" '
        f"{MSA} --out docs/figures/overlay.svg",
    ),
    plot(OVERLAY, f"examples/batch.yaml {MSA} --what course --out docs/figures/overlay-course.svg"),
    plot(OVERLAY, f"examples/batch.yaml {MSA} --what sizes --out docs/figures/overlay-sizes.svg"),
    plot(GALLERY, f"{DOTS} --out docs/figures/gallery-spectra.svg"),
    plot(GALLERY, f"{DOTS} --what fluxes --out docs/figures/gallery-fluxes.svg"),
    plot(
        GALLERY,
        "cds-msc-311-in-toluene --what protocol --out docs/figures/gallery-protocol.svg",
    ),
    plot(GALLERY, "two-pathway/CdS --what mechanism --out docs/figures/gallery-mechanism.svg"),
    Maker(
        "how-to/map.md",
        ("prenuc sweep examples/map.yaml --out build/map --figure-format png",),
        {"map.png": "build/map/map.png"},
    ),
    Maker(
        "how-to/model-free.md",
        (f'prenuc view spectra.csv --window "350 480 nm" {PNG}',),
        {"model-free-resolution.png": "figures/spectra-resolution.png"},
    ),
    Maker(
        TABLE,
        (f"prenuc analyze weak.csv --material CdSe {PNG}",),
        {"picks-doubted.png": "figures/weak-picks.png"},
    ),
    Maker(
        REPORT,
        (f"prenuc analyze cdse-run-2.csv --material CdSe {PNG}",),
        {
            "cdse-run-2-picks.png": "figures/cdse-run-2-picks.png",
            "cdse-run-2-fits.png": "figures/cdse-run-2-bands.png",
            "cdse-run-2-trend.png": "figures/cdse-run-2-trend.png",
        },
        measured=RUN_2,
    ),
    Maker(
        TABLE,
        (f"prenuc growth cdse-run-2.csv --material CdSe {PNG}",),
        {"cdse-run-2-growth.png": "figures/cdse-run-2-growth.png"},
        measured=RUN_2,
    ),
    Maker(
        TABLE,
        (f"prenuc emission cdse-run-6-fl.csv --absorption cdse-run-6.csv {PNG}",),
        {"cdse-run-6-emission.png": "figures/cdse-run-6-fl-emission.png"},
        measured=RUN_6,
    ),
    Maker(
        "how-to/calibrate-on-spectra.md",
        (
            f"python examples/phenolphthalein.py {FADING} fading",
            "prenuc calibrate --mechanism fading/fading.yaml --data fading --figures fading",
        ),
        {"phenolphthalein.svg": "fading/flasks.svg"},
        measured={FADING: FADING},
    ),
)
TARGETS = {  # of make, by the names of pictures that they make
    "ablations-*.svg": "court",
    "app-*.png": "pictures-app",
    "figure-2*.png": "pictures",
    "first-hour-*.svg": "first-hour",
    "maps/*.svg": "maps",
    "panels/*.svg": "tables",
}


def makers_of(picture: str) -> list[Maker | str]:
    """Return what makes a picture: makers of the table, targets of make; one where all is well."""
    targets = [target for pattern, target in TARGETS.items() if fnmatch(picture, pattern)]
    return [*(maker for maker in MAKERS if picture in maker.pictures), *targets]


def run(command: str, folder: Path) -> None:
    """Run a command of a page in a folder.

    Raises:
        CalledProcessError: It failed; "no" is an answer of some.
    """
    program, *words = shlex.split(command)
    start = PRENUC if program == "prenuc" else ()
    typed = [sys.executable, *start, *words]
    done = subprocess.run(typed, cwd=folder, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
    if done.returncode not in ({0, 1} if words[0] in MAY_SAY_NO else {0}):
        raise subprocess.CalledProcessError(done.returncode, command)


def make(maker: Maker, folder: Path, measured: Path) -> None:
    """Make its pictures in a new folder.

    Args:
        maker: What to do.
        folder: Where; what is there is lost.
        measured: The folder of measured files.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "docs/figures").mkdir(parents=True)
    bring(f"docs/{maker.page}", " ".join(maker.commands), folder)
    for name, path in maker.measured.items():
        copied = shutil.copytree if (measured / path).is_dir() else shutil.copy
        copied(measured / path, folder / name)
    for command in maker.commands:
        run(command, folder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make pictures, all or some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", nargs="*", help="names in docs/figures; all when none is given")
    parser.add_argument("--measured", type=Path, default=ROOT.parent / "shared/data", help="folder")
    parser.add_argument("--list", action="store_true", help="print the table and make nothing")
    asked = parser.parse_args(arguments)
    if unknown := [one for one in asked.pictures if not any(one in m.pictures for m in MAKERS)]:
        parser.error(f"no maker of {', '.join(unknown)}; --list shows all")
    left: list[str] = []
    for maker in MAKERS:
        if asked.pictures and not {*asked.pictures} & {*maker.pictures}:
            continue
        if asked.list:
            print(f"{', '.join(maker.pictures)} ({maker.page})")
            print("".join(f"    {command}\n" for command in maker.commands), end="")
        elif all((asked.measured / path).exists() for path in maker.measured.values()):
            folder = WORK / Path(next(iter(maker.pictures))).stem
            make(maker, folder, asked.measured.resolve())
            for picture, made in maker.pictures.items():
                print(f"wrote {shutil.copy(folder / made, FIGURES / picture)}")
        else:
            left += maker.pictures
    if left:
        print(f"left as they are, for want of files in {asked.measured}: {', '.join(left)}")


if __name__ == "__main__":
    main()
