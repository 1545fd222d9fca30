"""``python tests/minimum.py FOLDER``: does prenuc run with the oldest libraries that it asks for?

The lowest versions in ``pyproject.toml`` are installed with the lowest Python, and the newest ones
with the others, each in an environment of its own below FOLDER; then the commands below are run.
A Python that cannot be had is said and passed over.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent.parent
PYTHONS = {"3.11": "lowest-direct", "3.12": "highest", "3.13": "highest"}
PACKAGE = f"{HERE}[plot,data,mass]"
TRACE = "time / min,signal\n" + "".join(f"{t},{1 - 0.95**t:.6f}\n" for t in range(0, 100, 4))
COMMANDS = (
    "doctor",
    "simulate cds-msc-311-in-toluene --out out --report simulation.html",
    "fit trace.csv 'A -> B' --figure fit.png --report fit.html",
    "fit out/spectra.csv 'A -> B' --window '300 330 nm' --json",
    "analyze out/spectra.csv --material CdS --figures figures",
    "view out/spectra.csv",
    "size CdSe 550",
    "convert out/spectra.csv --to xlsx --out spectra.xlsx",
    "convert out/spectra.csv --to netcdf --out spectra.nc",
    "calibrate CdSe --starts 1 --workers 1 --out CdSe.yaml",
)


def say(line: str) -> None:
    """Say a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(*words: object, folder: Path = HERE) -> tuple[bool, str]:
    """Return whether a program went well, and what it said; 1 is the answer "no"."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in words],
        check=False,
        cwd=folder,
        env=clean | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    return done.returncode in {0, 1} and "Traceback" not in done.stderr, done.stdout + done.stderr


def tried(version: str, resolution: str, folder: Path) -> list[str]:
    """Return what went wrong with a Python."""
    import shlex

    uv = folder / "uv" / "bin" / "uv"
    own = folder / version
    made, why = run(uv, "venv", "--quiet", "--clear", "--python", version, own)
    if not made or not (own / "bin" / "python").exists():
        say(f"Python {version} cannot be had here: {' '.join(why.split())[:150]}")
        return []
    order = ("pip", "install", "--quiet", "--python", own / "bin" / "python")
    _, why = run(uv, *order, "--resolution", resolution, PACKAGE)
    if not (own / "bin" / "prenuc").exists():
        return [f"Python {version}: not installed\n{why[-2000:]}"]
    _, said = run(uv, "pip", "freeze", "--python", own / "bin" / "python")
    say(f"Python {version}, {resolution}: {', '.join(w for w in said.split() if '==' in w)}")
    place = folder / f"run-{version}"
    place.mkdir(exist_ok=True)
    (place / "trace.csv").write_text(TRACE, encoding="utf-8")
    wrong = []
    for command in COMMANDS:
        done, said = run(own / "bin" / "prenuc", *shlex.split(command), folder=place)
        say(f"Python {version}, {resolution}: prenuc {command}: {'ok' if done else 'FAILS'}")
        if not done:
            wrong.append(f"Python {version}: prenuc {command}\n{said[-2000:]}")
    return wrong


def main() -> None:
    """Try every Python, and leave with 1 where something is wrong."""
    folder = Path(sys.argv[1]).resolve()
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--no-deps")
    _, why = run(*pip, "--target", folder / "uv", "uv")
    if not (folder / "uv" / "bin" / "uv").exists():
        sys.exit(f"uv cannot be had here: {' '.join(why.split())[:150]}")
    wrong = [one for version, how in PYTHONS.items() for one in tried(version, how, folder)]
    for one in wrong:
        say(one)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
