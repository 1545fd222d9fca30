"""``make bench-app``: how soon a dragged constant is seen, in Chromium; writes APP.md.

The page's own script issues pointer events at 120 a second for 5 s over the track of a constant:
from its middle along a sine of three periods, 0.4 of the track to either side. Latency is from
``event.timeStamp`` to the task that the frame which drew its value has posted (a MessageChannel
within requestAnimationFrame). What is left when nothing is simulated stands beside it as the floor.
Every row is of three drags, each with a program of its own.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
]
CONSTANT = "isomerisation.k"
RECIPES = {"2a-b": "cds-msc-311-in-toluene", "3b": "cds-3b-msa-at-30-min"}
SECONDS, RATE, RELEASES = 5, 120, 10
TIMES = 3  # that each drag is done, with a program of its own; a row is of all of them
PROMISES = {"median": 33.0, "95 %": 60.0, "painted a second": 25.0, "release": 120.0}
SERVER = """
import sys
from prenuc.observe.live.experiment import Live
if "--empty" in sys.argv:
    sys.argv.remove("--empty")
    run, kept = Live.run, {}
    def once(self, precision=None, **given):
        key = id(self), precision
        if key not in kept:
            kept[key] = run(self, precision, **given)
        return kept[key]
    Live.run = once
from prenuc.present.app.socket import Waiting
add, most = Waiting.add, [0]
def counted(self, message):
    add(self, message)
    if "drag" in message:
        most[0] = max(most[0], len(self.questions))
        print(most[0], file=sys.stderr, flush=True)
Waiting.add = counted
from prenuc.present.cli import main
main()
"""


@dataclass(frozen=True)
class Measured:
    """What drags of 5 s gave; times in ms."""

    latencies: list[float]
    exact: list[bool]
    releases: list[float]
    issued: int
    most_waiting: int

    @classmethod
    def of_all(cls, drags: list[Measured]) -> Measured:
        """Return several drags as one."""
        return cls(
            [one for drag in drags for one in drag.latencies],
            [one for drag in drags for one in drag.exact],
            [one for drag in drags for one in drag.releases],
            sum(drag.issued for drag in drags),
            max(drag.most_waiting for drag in drags),
        )

    def row(self) -> dict[str, float]:
        """Return the numbers of the table."""
        ordered = sorted(self.latencies)
        return {
            "median": statistics.median(ordered),
            "95 %": ordered[int(0.95 * len(ordered))],
            "painted a second": len(ordered) / (SECONDS * TIMES),
            "exact while dragging / %": 100.0 * sum(self.exact) / len(self.exact),
            "most that waited": self.most_waiting,
            "release": max(self.releases),
            "events": self.issued,
        }


@contextmanager
def served(*more: str) -> Iterator[tuple[str, Path]]:
    """Serve the application; give its address, and a file with how many drags have waited."""
    command = [sys.executable, "-c", SERVER, "app", "--no-browser", "--json", *more]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "waited").open("w") as waited:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=waited, text=True)  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101  it is a pipe
            yield json.loads(process.stdout.readline())["url"], Path(waited.name)
        finally:
            process.terminate()
            process.wait()


def dragged(page: Page, address: str, waited: Path, recipe: str) -> Measured:
    """Return what a drag gives on a page of its own."""
    page.goto(address)
    page.wait_for_selector(".dial [role=slider]")
    page.select_option("select", recipe)
    page.locator("#status[data-status=exact]:not([data-behind])").wait_for(state="attached")
    page.wait_for_timeout(3000)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.wait_for_timeout(500)
    script = (HERE / "app_drag.js").read_text(encoding="utf-8")
    given = {"constant": CONSTANT, "seconds": SECONDS, "rate": RATE, "releases": RELEASES}
    found: dict[str, Any] = page.evaluate(script, given)
    told = (found[name] for name in ("latencies", "exact", "done", "issued"))
    return Measured(*told, most_waiting=int(waited.read_text().split()[-1]))


def measure() -> dict[str, dict[str, float]]:
    """Return the rows of the table."""
    from playwright.sync_api import sync_playwright

    rows = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        for panel, recipe in RECIPES.items():
            for name, more in ((panel, ()), (f"{panel}, nothing simulated", ("--empty",))):
                drags = []
                for _ in range(TIMES):
                    with served(*more) as (address, waited):
                        page = browser.new_page(viewport={"width": 1400, "height": 1000})
                        drags.append(dragged(page, address, waited, recipe))
                        page.close()
                rows[name] = Measured.of_all(drags).row()
                print(name, {key: round(value, 1) for key, value in rows[name].items()})
        browser.close()
    return rows


def weights() -> dict[str, float]:
    """Return what the extra and the page weigh, in kB, and how long until it is ready, in s."""
    import gzip
    from importlib.metadata import files

    from prenuc.present.app.server import PAGE

    packages = ("starlette", "uvicorn", "websockets", "anyio", "h11", "idna")
    installed = [one for name in packages for one in files(name) or () if one.suffix != ".pyc"]
    extra = sum(Path(str(one.locate())).stat().st_size for one in installed)
    own = [one for one in PAGE.parent.rglob("*") if one.is_file() and one.suffix != ".pyc"]
    page = [one for one in own if PAGE in one.parents]
    waits = []
    for _ in range(5):
        began = time.perf_counter()
        with served():
            waits.append(time.perf_counter() - began)
    return {
        "packages of the extra / kB": extra / 1e3,
        "with the application's own files / kB": (extra + sum(o.stat().st_size for o in own)) / 1e3,
        "page, gzipped / kB": sum(len(gzip.compress(one.read_bytes())) for one in page) / 1e3,
        "ready after / s, median of 5": statistics.median(waits),
    }


def write(rows: dict[str, dict[str, float]], weighed: dict[str, float]) -> None:
    """Write APP.md."""
    columns = [*next(iter(rows.values()))]
    made = f"Written by `make bench-app` on {platform.machine()}, {os.cpu_count()} cores, Chromium "
    made += f"without a GPU, load {os.getloadavg()[0]:.1f}; `{CONSTANT}`; times in ms."
    text = [
        "# How soon a dragged constant is seen",
        "",
        (__doc__ or "").partition("\n\n")[2].strip(),
        "",
        made,
        "",
        "| drag | " + " | ".join(columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name, row in rows.items():
        text.append(f"| {name} | " + " | ".join(f"{row[key]:.4g}" for key in columns) + " |")
    promised = ", ".join(f"{name} {most:g}" for name, most in PROMISES.items())
    text += ["", f"Promised: {promised}.", "", "| what | is |", "|---|---|"]
    text += [f"| {name} | {value:.4g} |" for name, value in weighed.items()]
    (HERE / "APP.md").write_text("\n".join(text) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, print and write."""
    weighed = weights()
    for name, value in weighed.items():
        print(f"{name}: {value:.4g}")
    write(measure(), weighed)


if __name__ == "__main__":
    main()
